import { assertEquals } from "@std/assert";
import { LOGIN, onStage, PASSWORD_MD5, type Stage, tail } from "./stage.ts";

const HEAD = (cmd: string, uin = "10001") =>
  `VER=1.1&CMD=${cmd}&SEQ=7&UIN=${uin}`;

/** Bodies whose answer is NULL, although 10001 is logged in. */
const NULLS: [why: string, body: string | Uint8Array][] = [
  ["nothing", ""],
  ["no pairs", "hello"],
  ["version 1.3", `VER=1.3&CMD=List&SEQ=7&UIN=10001`],
  ["no version", `CMD=List&SEQ=7&UIN=10001`],
  ["an unknown command", HEAD("Hello")],
  ["a number that is none", HEAD("List", "1000a")],
  ["an empty number", HEAD("List", "")],
  ["a TN that is no number", `${HEAD("List")}&TN=x&UN=0`],
  ["an UN that is no number", `${HEAD("List")}&TN=1&UN=x`],
  ["a TN of Query_Stat that is no number", `${HEAD("Query_Stat")}&TN=-1`],
  ["an LV that is no number", `${HEAD("GetInfo")}&LV=x&UN=10001`],
  ["no LV", `${HEAD("GetInfo")}&UN=10001`],
  ["an UN of GetInfo that is no number", `${HEAD("GetInfo")}&LV=1&UN=x`],
  ["an UN of AddToList that is no number", `${HEAD("AddToList")}&UN=x`],
  ["an UN of DelFromList that is no number", `${HEAD("DelFromList")}&UN=`],
  ["a CD that is no number", `${HEAD("Ack_AddToList")}&UN=10002&CD=x&RS=`],
  ["no CD", `${HEAD("Ack_AddToList")}&UN=10002&RS=`],
  ["an UN beside CD=3", `${HEAD("Ack_AddToList")}&UN=x&CD=3&RS=`],
  ["an ST that does not exist", `${HEAD("Change_Stat")}&ST=50`],
  ["no ST", HEAD("Change_Stat")],
  ["an UN of CLTMSG that is no number", `${HEAD("CLTMSG")}&UN=x&MG=a`],
  ["no text", `${HEAD("CLTMSG")}&UN=10002`],
  ["an UN of Finger that is no number", `${HEAD("Finger")}&UN=x`],
  ["Logout of a number that is none", HEAD("Logout", "x")],
  ["a wrong licence", `${HEAD("Login")}&PS=${PASSWORD_MD5}&M5=1&LC=0`],
  ["no licence", `${HEAD("Login")}&PS=${PASSWORD_MD5}&M5=1`],
  ["an empty password", `${HEAD("Login")}&PS=&M5=1&LC=9326B87B234E7235`],
  ["a blank password", `${HEAD("Login")}&PS= &M5=1&LC=9326B87B234E7235`],
  ["Login of a number that is none", `${HEAD("Login", "x")}&${LOGIN}`],
  [
    "text that is not UTF-8",
    new Uint8Array([...new TextEncoder().encode(HEAD("List")), 0xc4, 0xe3]),
  ],
  ["a body beyond the limit", `${HEAD("List")}&X=${"x".repeat(70_000)}`],
];

for (const [why, body] of NULLS) {
  onStage(`${why} gets NULL`, async (stage) => {
    await stage.accounts("10001", "10002");
    assertEquals(tail(await stage.post(body)), "NULL");
    await stage.login("10001");
    assertEquals(tail(await stage.post(body)), "NULL");
  });
}

for (const method of ["GET", "PUT", "HEAD", "OPTIONS"]) {
  onStage(`${method} gets NULL`, async (stage) => {
    await stage.accounts("10001");
    assertEquals(
      tail(await stage.post(HEAD("Logout"), { method })),
      "NULL",
    );
  });
}

onStage("the faulty small h gets NULL where that is chosen", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10001&MG=oh"), "NULL");
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10001&MG=OH"), "RES=0&");
}, { smallH: true });

/** Commands that need a session: request fields, and the answer of 10001 in the cast below. */
const ROWS: [cmd: string, fields: string, answer: string][] = [
  ["List", "", "RES=0&FN=3"],
  ["List", "TN=0&UN=0", "RES=0&FN=3"],
  ["List", "TN=160&UN=0", "RES=0&FN=1&SN=3&UN=10002,10003,100000,"],
  ["List", "TN=160", "RES=0&FN=1&SN=3&UN=10002,10003,100000,"],
  ["List", "TN=2&UN=0", "RES=0&FN=0&SN=2&UN=10002,10003,"],
  ["List", "TN=2&UN=10003", "RES=0&FN=1&SN=1&UN=100000,"],
  ["List", "TN=2&UN=100000", "RES=0&FN=1&SN=0&UN="],
  ["LIST", "TN=1&UN=10002", "RES=0&FN=0&SN=1&UN=10003,"],
  [
    "Query_Stat",
    "TN=50&UN=0",
    "RES=0&FC=270,0,&FN=1&SN=2&ST=10,30,&UN=10002,100000,&NK=a%252cb,n100000,",
  ],
  [
    "Query_Stat",
    "TN=1&UN=10002",
    "RES=0&FC=0,&FN=1&SN=1&ST=30,&UN=100000,&NK=n100000,",
  ],
  ["Query_Stat", "", "RES=0&FN=2|RES=0&FC=&FN=1&SN=0&ST=&UN=&NK="],
  ["Query_Stat", "TN=0", "RES=0&FN=2|RES=0&FC=&FN=1&SN=0&ST=&UN=&NK="],
  ["GetInfo", "LV=0&UN=10002", "RES=0&LV=0&UN=10002&NK=a%252cb"],
  ["GetInfo", "LV=1&UN=10002", "RES=0&LV=1&UN=10002&NK=a%252cb"],
  [
    "GetInfo",
    "LV=2&UN=10002",
    "RES=0&AD=云南昆明&AG=19&EM=a@b.c&FC=270&HP=&JB=&LV=2&PC=&PH=&PR=x%0d%0ay&PV=云南省&RN=&SC=&SX=1&UN=10002&NK=a%252cb",
  ],
  [
    "GetInfo",
    "LV=3&UN=10002",
    "RES=0&AD=云南昆明&AG=19&BT=0&CO=6&CT=&CV=%01&CY=&EM=a@b.c&FC=270&HP=&ID=-&JB=&LV=3&MO=&MT=0&MV=&PC=&PH=&PR=x%0d%0ay&PV=云南省&RN=&SC=&SH=3&SX=1&UN=10002&NK=a%252cb",
  ],
  [
    "getinfo",
    "LV=9&UN=10003",
    "RES=0&AD=&AG=0&BT=0&CO=0&CT=&CV=%01&CY=&EM=&FC=0&HP=&ID=-&JB=&LV=9&MO=&MT=0&MV=&PC=&PH=&PR=&PV=&RN=&SC=&SH=0&SX=&UN=10003&NK=n10003",
  ],
  ["GetInfo", "LV=2&UN=99999", "RES=3"],
  ["Finger", "AG=19&SX=1&PV=云南省", "RES=0&FN=1&SN=1&UN=10002,&NK=a%252cb,"],
  ["Finger", "AG=19&SX=0&PV=", "RES=0&FN=1&SN=0&UN=&NK="],
  [
    "Finger",
    "UN=10002",
    "RES=0&FN=1&SN=3&UN=10003,10004,100000,&NK=n10003,n10004,n100000,",
  ],
  ["AddToList", "UN=10004", "RES=0&CD=1&UN=10004"],
  ["AddToList", "UN=10002", "RES=0&CD=0&UN=10002"],
  ["AddToList", "UN=10001", "RES=0&CD=2&UN=10001"],
  ["AddToList", "UN=99999", "RES=3"],
  ["Ack_AddToList", "UN=10004&CD=2&RS=", "RES=0&"],
  ["Ack_AddToList", "UN=10004&CD=0&RS=", "RES=3"],
  ["Ack_AddToList", "UN=10001&CD=2&RS=", "RES=3"],
  ["Ack_AddToList", "UN=99999&CD=2&RS=", "RES=3"],
  ["DelFromList", "UN=10002", "RES=0&"],
  ["Change_stat", "ST=30", "RES=0&"],
  ["GetMsgEx", "", "RES=0&MN=0&MT=&UN=&MG="],
  ["CLTMSG", "UN=10002&MG=hi", "RES=0&"],
  ["CLTMSG", "UN=10001&MG=", "RES=0&"],
  ["CLTMSG", "UN=99999&MG=hi", "RES=3"],
  ["Logout", "", "RES=0"],
];

async function cast(stage: Stage): Promise<void> {
  await stage.accounts("10001", "10003", "10004", "100000");
  await stage.server.createAccount({
    uin: "10002",
    passwordMd5: PASSWORD_MD5,
    nickname: "a,b",
    profile: {
      address: "云南昆明",
      age: 19,
      email: "a@b.c",
      face: 270,
      introduction: "x\r\ny",
      province: "云南省",
      sex: "female",
      zodiac: "cancer",
      animal: "tiger",
    },
  });
  for (const friend of ["10002", "10003", "100000"]) {
    await stage.server.befriend("10001", friend);
  }
  await stage.login("10002", "10003", "100000");
  await stage.ask("10003", "Change_Stat", "ST=40");
  await stage.ask("100000", "Change_Stat", "ST=30");
  await stage.login("10001");
}

for (const [cmd, fields, answer] of ROWS) {
  onStage(`${cmd} ${fields} -> ${answer.slice(0, 60)}`, async (stage) => {
    await cast(stage);
    assertEquals(await stage.ask("10001", cmd, fields), answer);
  });
  if (cmd === "Logout") continue;
  onStage(`${cmd} ${fields} without a session -> RES=20`, async (stage) => {
    await cast(stage);
    const asking = { address: "10.0.0.9" };
    assertEquals(await stage.ask("10001", cmd, fields, asking), "RES=20");
    assertEquals(await stage.ask("10004", cmd, fields), "RES=20");
  });
}

/** Whole bodies, in and out. */
const BODIES: [body: string, answer: string][] = [
  [
    `VER=1.2&CMD=login&SEQ=-1&UIN=10001&${LOGIN}`,
    "VER=1.2&CMD=Login&SEQ=-1&UIN=10001&RES=0&RS=0&HI=60&LI=300",
  ],
  [
    `VER=1.0&CMD=LOGIN&SEQ=1%2c&UIN=10001&PS=${PASSWORD_MD5.toUpperCase()} &M5=1&LC=9326B87B234E7235`,
    "VER=1.0&CMD=Login&SEQ=1%2c&UIN=10001&RES=0&RS=0&HI=60&LI=300",
  ],
  [
    `${HEAD("Login")}&${LOGIN.replace(/PS=./, "PS=x")}`,
    `${HEAD("Login")}&RES=0&RS=1&RA=登录失败`,
  ],
  [
    `${HEAD("Login", "99999")}&${LOGIN}`,
    `${HEAD("Login", "99999")}&RES=0&RS=1&RA=登录失败`,
  ],
  [`${HEAD("Login", "100")}&${LOGIN}`, `${HEAD("Login", "100")}&RES=5`],
  [`${HEAD("Login", "0009999")}&${LOGIN}`, `${HEAD("Login", "0009999")}&RES=5`],
  [HEAD("Logout"), "VER=1.1&CMD=LOGOUT&SEQ=7&UIN=10001&RES=0"],
  [HEAD("Logout", "100"), "VER=1.1&CMD=LOGOUT&SEQ=7&UIN=100&RES=0"],
  [HEAD("list"), "VER=1.1&CMD=LIST&SEQ=7&UIN=10001&RES=20"],
  [
    HEAD("change_STAT") + "&ST=10",
    "VER=1.1&CMD=Change_Stat&SEQ=7&UIN=10001&RES=20",
  ],
];

for (const [body, answer] of BODIES) {
  onStage(`${body.slice(0, 60)} is answered to the byte`, async (stage) => {
    await stage.accounts("10001");
    assertEquals(await stage.post(body), {
      type: "reply",
      bodies: [answer],
      headers: {},
    });
  });
}

onStage(
  "form encoding is read where the Content-Type says so",
  async (stage) => {
    await stage.accounts("10001");
    await stage.login("10001");
    const fields = "UN=10001&MG=a+b%20c%E4%BD%A0";
    const form = "application/x-www-form-urlencoded; charset=UTF-8";
    await stage.ask("10001", "CLTMSG", fields, { contentType: form });
    assertEquals(await stage.mail("10001"), "9, 10001, a b c你 ,");
    await stage.clock.advance(800);
    await stage.ask("10001", "CLTMSG", fields, { contentType: "text/plain" });
    assertEquals(await stage.mail("10001"), "9, 10001, a+b c你 ,");
  },
);

onStage("300 friends come in pages of 120", async (stage) => {
  const uins = Array.from({ length: 300 }, (_, index) => String(20000 + index));
  await stage.accounts("10001", ...uins);
  for (const uin of uins) await stage.server.befriend("10001", uin);
  await stage.login("10001", ...uins);
  const list = (from: number, to: number) =>
    uins.slice(from, to).map((uin) => `${uin},`).join("");
  for (
    const [after, from, to, last] of [
      ["0", 0, 120, 0],
      ["20119", 120, 240, 0],
      ["20239", 240, 300, 1],
    ] as const
  ) {
    const fields = `TN=160&UN=${after}`;
    assertEquals(
      await stage.ask("10001", "List", fields),
      `RES=0&FN=${last}&SN=${to - from}&UN=${list(from, to)}`,
    );
    const online = await stage.ask("10001", "Query_Stat", fields);
    assertEquals(
      online.replace(/&NK=.*/, "").replace(/FC=[^&]*&/, "").replace(
        /ST=[^&]*&/,
        "",
      ),
      `RES=0&FN=${last}&SN=${to - from}&UN=${list(from, to)}`,
    );
  }
  const found = await stage.ask("10001", "Finger", "UN=20000");
  assertEquals(found.slice(0, 24), "RES=0&FN=0&SN=120&UN=200");
});

onStage("AddToList says nobody as 3 where that is chosen", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10001"),
    "RES=0&CD=3&UN=10001",
  );
}, { refusedCode: 3 });

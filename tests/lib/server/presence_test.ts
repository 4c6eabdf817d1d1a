import { assertEquals } from "@std/assert";
import { LOGIN, onStage, onStages, type Stage } from "./stage.ts";

async function friends(stage: Stage): Promise<void> {
  await stage.accounts("10001", "10002", "10003");
  await stage.server.befriend("10001", "10002");
  await stage.server.befriend("10001", "10003");
  await stage.login("10002");
}

/** As `friends`, with 10001 logged in, which 10002 knows. */
async function online(stage: Stage): Promise<void> {
  await friends(stage);
  await stage.login("10001");
  await stage.mail("10002");
}

onStages(friends, [
  [
    "Login: is reported to friends that are logged in",
    `10001 login
    10002 mail -> 99, 10001, 10,
    10003 login
    10003 mail ->
    10001 mail -> 99, 10003, 10,`,
  ],
  [
    "Login: one that is refused leaves the session as it is",
    `10002@10.0.0.2 Login PS=x&M5=1&LC=9326B87B234E7235 -> RES=0&RS=1&RA=登录失败
    10002 List -> RES=0&FN=1`,
  ],
  [
    "Login: many numbers share an address",
    `10001 login
    10003 login
    10001 List -> RES=0&FN=2
    10002 List -> RES=0&FN=1
    10003 List -> RES=0&FN=1`,
  ],
  [
    "presence: goes to those who have the account on their list",
    `10002 DelFromList UN=10001
    10001 login
    10002 mail ->
    10001 Change_Stat ST=30
    10002 mail ->`,
  ],
  [
    "session: any request keeps it",
    `${"wait 299999\n10002 List -> RES=0&FN=1\n".repeat(5)}wait 1`,
  ],
]);

onStages(
  online,
  ([
    ["10", "", "1"],
    ["20", "99, 10001, 20,", "0"],
    ["30", "99, 10001, 30,", "1"],
    ["40", "99, 10001, 20,", "0"],
  ] as const).map(([status, mail, seen]) => [
    `Change_Stat: friends see status ${status} as ${mail || "before"}`,
    `10001 Change_Stat ST=${status} -> RES=0&
    10002 mail -> ${mail}
    10002 Query_Stat TN=50&UN=0 -> RES=0&FC=${
      seen === "1" ? "0," : ""
    }&FN=1&SN=${seen}&ST=${seen === "1" ? `${status},` : ""}&UN=${
      seen === "1" ? "10001," : ""
    }&NK=${seen === "1" ? "n10001," : ""}
    10001 online -> ${seen === "1"}`,
  ]),
);

onStages(online, [
  [
    "Logout: is reported once",
    `10001 Logout -> RES=0
    10001 Logout -> RES=0
    10002 mail -> 99, 10001, 20,`,
  ],
  [
    "Logout: from another address changes nothing",
    `10001@10.0.0.9 Logout -> RES=0
    10002 mail ->
    10001 online -> true`,
  ],
  [
    "Logout: of an invisible account is not reported",
    `10001 Change_Stat ST=40
    10002 mail -> 99, 10001, 20,
    10001 Logout
    10002 mail ->`,
  ],
  [
    "session: ends after LI without a request, which is reported",
    `wait 150000
    10002 mail ->
    wait 149999
    10001 online -> true
    wait 1
    10001 online -> false
    10002 mail -> 99, 10001, 20,
    10001 List -> RES=20`,
  ],
  [
    "Login: from another address ends the session of the first",
    `10001@10.0.0.2 login
    10001 List -> RES=20
    10001@10.0.0.2 List -> RES=0&FN=2
    10001 Logout -> RES=0
    10001@10.0.0.2 List -> RES=0&FN=2`,
  ],
]);

onStages(async (stage) => void await stage.accounts("10001"), [
  [
    "session: idle time and heartbeat are those of the options",
    `10001 login -> RES=0&RS=0&HI=7&LI=9
    wait 9000
    10001 List -> RES=20`,
    { heartbeatSeconds: 7, idleSeconds: 9 },
  ],
]);

onStage(
  "presence: 100 logins and a repeated Change_Stat of one holder are one event",
  async (stage) => {
    await friends(stage);
    for (let n = 0; n < 100; n++) {
      assertEquals(
        await stage.late(stage.ask("10001", "Login", LOGIN)),
        [0, "RES=0&RS=0&HI=60&LI=300"],
      );
    }
    await stage.ask("10001", "Change_Stat", "ST=10");
    assertEquals(await stage.mail("10002"), "99, 10001, 10,");
  },
);

onStage(
  "presence: acts of one commit send each change once, in order",
  async (stage) => {
    await friends(stage);
    await Promise.all([
      stage.ask("10001", "Login", LOGIN),
      stage.ask("10001", "Login", LOGIN),
    ].map((answer) => stage.late(answer)));
    assertEquals(await stage.mail("10002"), "99, 10001, 10,");
    await Promise.all([
      stage.ask("10001", "Logout"),
      stage.ask("10001", "Logout"),
    ]);
    assertEquals(await stage.mail("10002"), "99, 10001, 20,");
  },
);

onStage(
  "Login: the holder's session stays and becomes online, a held poll included",
  async (stage) => {
    await friends(stage);
    await stage.login("10001");
    await stage.ask("10001", "Change_Stat", "ST=40");
    assertEquals(await stage.mail("10002"), "99,99, 10001,10001, 10,20,");
    const poll = stage.mail("10001", { key: "k", prefer: "wait=30" });
    await stage.login("10001");
    assertEquals(await stage.mail("10002"), "99, 10001, 10,");
    await stage.server.deliver("10001", {
      type: "message",
      from: "10002",
      text: "hi",
    });
    assertEquals(await poll, "9, 10002, hi ,");
  },
);

onStage(
  "Login: ten addresses open one session a second, in turn",
  async (stage) => {
    await friends(stage);
    const answers: number[] = [];
    const from = stage.clock.now();
    for (let n = 0; n < 10; n++) {
      const address = `10.0.1.${n}`;
      void stage.ask("10001", "Login", LOGIN, { address })
        .then((answer) => {
          assertEquals(answer, "RES=0&RS=0&HI=60&LI=300");
          answers.push(stage.clock.now() - from);
        });
    }
    await stage.clock.advance(20_000);
    assertEquals(answers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 1000));
    // A login elsewhere changes nothing that friends see.
    assertEquals(await stage.mail("10002"), "99, 10001, 10,");
    // Another number has a pace of its own.
    assertEquals((await stage.late(stage.ask("10003", "Login", LOGIN)))[0], 0);
  },
);

onStage(
  "Login: after a logout a new session waits for its second",
  async (stage) => {
    await friends(stage);
    await stage.login("10001");
    await stage.ask("10001", "Logout");
    const gone = new AbortController();
    const first = stage.ask("10001", "Login", LOGIN, { signal: gone.signal });
    await stage.clock.advance(400);
    gone.abort();
    assertEquals(await first, "NULL");
    assertEquals(stage.server.isOnline("10001"), false);
    const [waitedMs] = await stage.late(stage.ask("10001", "Login", LOGIN));
    assertEquals(waitedMs, 600);
  },
);

onStage(
  "Login: beyond 16 waiting of a number the answer is NULL, and an end of the server ends all",
  async (stage) => {
    await friends(stage);
    await stage.login("10001");
    const answers = Array.from(
      { length: 17 },
      (_, n) => stage.ask("10001", "Login", LOGIN, { address: `10.0.1.${n}` }),
    );
    assertEquals(await answers[16], "NULL");
    await stage.server.close();
    assertEquals(await Promise.all(answers), Array(17).fill("NULL"));
    assertEquals(stage.clock.pending, 0);
  },
);

onStage(
  "Login: a password changed while the login waited is refused",
  async (stage) => {
    await friends(stage);
    await stage.login("10001");
    const elsewhere = { address: "10.0.0.2" };
    const waiting = stage.ask("10001", "Login", LOGIN, elsewhere);
    await stage.server.setPassword("10001", "0".repeat(32));
    assertEquals((await stage.late(waiting))[1], "RES=0&RS=1&RA=登录失败");
    assertEquals(await stage.ask("10001", "List"), "RES=0&FN=2");
  },
);

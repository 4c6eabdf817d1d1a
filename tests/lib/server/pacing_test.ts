import { assertEquals } from "@std/assert";
import { onStage, tail } from "./stage.ts";

/** Commands that are paced, with fields that can be repeated. */
const PACED: [cmd: string, fields: string][] = [
  ["CLTMSG", "UN=10002&MG=hi"],
  ["Change_Stat", "ST=30"],
  ["Ack_AddToList", "UN=10002&CD=2&RS="],
];

for (const [cmd, fields] of PACED) {
  onStage(`${cmd} within the gap is refused 20 s late`, async (stage) => {
    await stage.accounts("10001", "10002");
    await stage.login("10001");
    const ask = () => stage.late(stage.ask("10001", cmd, fields));
    assertEquals(await ask(), [0, "RES=0&"]);
    await stage.clock.advance(799);
    assertEquals(await ask(), [20_000, "RES=3"]);
    assertEquals(await ask(), [0, "RES=0&"]);
    await stage.clock.advance(800);
    assertEquals(await ask(), [0, "RES=0&"]);
  });

  onStage(`${cmd} has gap and penalty as chosen`, async (stage) => {
    await stage.accounts("10001", "10002");
    await stage.login("10001");
    const ask = () => stage.late(stage.ask("10001", cmd, fields));
    assertEquals(await ask(), [0, "RES=0&"]);
    await stage.clock.advance(99);
    assertEquals(await ask(), [500, "RES=3"]);
  }, { sendGapMs: 100, penaltyMs: 500 });
}

for (const [cmd, fields] of PACED) {
  onStage(
    `${cmd}: five at once are accepted, then one each gap`,
    async (stage) => {
      await stage.accounts("10001", "10002");
      await stage.login("10001");
      const ask = () => stage.late(stage.ask("10001", cmd, fields));
      for (let nth = 0; nth < 5; nth++) {
        assertEquals(await ask(), [0, "RES=0&"]);
      }
      assertEquals(await ask(), [500, "RES=3"]);
      // 500 ms have passed: the first comes back 300 ms later.
      await stage.clock.advance(299);
      assertEquals(await ask(), [500, "RES=3"]);
      assertEquals(await ask(), [0, "RES=0&"]);
      assertEquals(await ask(), [500, "RES=3"]);
      await stage.clock.advance(60_000);
      for (let nth = 0; nth < 5; nth++) {
        assertEquals(await ask(), [0, "RES=0&"]);
      }
      assertEquals((await ask())[1], "RES=3");
    },
    { sendBurst: 5, penaltyMs: 500 },
  );
}

onStage(
  "VER=1.4 has no pace, and takes nothing of that of the other versions",
  async (stage) => {
    await stage.accounts("10001", "10002");
    await stage.login("10001");
    for (let nth = 0; nth < 20; nth++) {
      const answer = await stage.post(
        `VER=1.4&CMD=CLTMSG&SEQ=${nth}&UIN=10001&UN=10002&MG=hi`,
      );
      assertEquals(tail(answer), "RES=0&\r\n");
    }
    assertEquals(
      await stage.ask("10001", "CLTMSG", "UN=10002&MG=hi"),
      "RES=0&",
    );
  },
);

onStage("what was refused does not count for the gap", async (stage) => {
  await stage.accounts("10001", "10002");
  await stage.login("10001", "10002");
  await stage.ask("10001", "CLTMSG", "UN=10002&MG=1");
  await stage.clock.advance(700);
  const refused = stage.ask("10001", "CLTMSG", "UN=10002&MG=2");
  await stage.clock.advance(100);
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10002&MG=3"), "RES=0&");
  await stage.clock.advance(20_000);
  assertEquals(await refused, "RES=3");
  assertEquals(await stage.mail("10002"), "10,10, 10001,10001, 1,3,");
});

onStage(
  "one account's pace is not another's, nor one command's",
  async (stage) => {
    await stage.accounts("10001", "10002");
    await stage.login("10001", "10002");
    for (const uin of ["10001", "10002"]) {
      for (const [cmd, fields] of PACED.slice(0, 2)) {
        assertEquals(await stage.ask(uin, cmd, fields), "RES=0&");
      }
    }
  },
);

onStage("a gap of 0 is none", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  for (let round = 0; round < 50; round++) {
    assertEquals(await stage.ask("10001", "CLTMSG", "UN=10001&MG=x"), "RES=0&");
  }
}, { sendGapMs: 0 });

onStage(
  "a late answer ends when its client goes away",
  async (stage) => {
    await stage.accounts("10001");
    await stage.login("10001");
    await stage.ask("10001", "CLTMSG", "UN=10001&MG=x");
    const gone = new AbortController();
    const answer = stage.ask("10001", "CLTMSG", "UN=10001&MG=x", {
      signal: gone.signal,
    });
    await stage.clock.advance(1);
    assertEquals(stage.clock.pending, 2);
    gone.abort();
    assertEquals(await answer, "NULL");
    assertEquals(stage.clock.pending, 1);
  },
);

onStage("an account has so many late answers under way", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  await stage.ask("10001", "CLTMSG", "UN=10001&MG=x");
  const held = [1, 2].map(() => stage.ask("10001", "CLTMSG", "UN=10001&MG=x"));
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10001&MG=x"), "NULL");
  await stage.clock.advance(20_000);
  assertEquals(await Promise.all(held), ["RES=3", "RES=3"]);
}, { limits: { lateAnswers: 2 } });

onStage("the end of the server ends late answers", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  const late = stage.ask("10001", "DelFromList", "UN=10001");
  await stage.clock.advance(1);
  await stage.server.close();
  assertEquals(await late, "RES=3");
  assertEquals(await stage.ask("10001", "List"), "NULL");
  assertEquals(stage.clock.pending, 0);
});

import { assertEquals } from "../../deps.ts";
import { LOGIN, onStage, type Stage } from "./stage.ts";

async function friends(stage: Stage): Promise<void> {
  await stage.accounts("10001", "10002", "10003");
  await stage.server.befriend("10001", "10002");
  await stage.server.befriend("10001", "10003");
  await stage.login("10002");
}

onStage("friends that are logged in are told of a login", async (stage) => {
  await friends(stage);
  await stage.login("10001");
  assertEquals(await stage.mail("10002"), "99, 10001, 10,");
  await stage.login("10003");
  assertEquals(await stage.mail("10003"), "");
  assertEquals(await stage.mail("10001"), "99, 10003, 10,");
});

for (
  const [status, told, seen] of [
    ["10", "10", "1"],
    ["20", "20", "0"],
    ["30", "30", "1"],
    ["40", "20", "0"],
  ] as const
) {
  onStage(`status ${status} is told as ${told}`, async (stage) => {
    await friends(stage);
    await stage.login("10001");
    await stage.mail("10002");
    assertEquals(
      await stage.ask("10001", "Change_Stat", `ST=${status}`),
      "RES=0&",
    );
    // What friends see already is not sent again.
    const sent = told === "10" ? "" : `99, 10001, ${told},`;
    assertEquals(await stage.mail("10002"), sent);
    assertEquals(
      (await stage.ask("10002", "Query_Stat")).split("|")[0],
      `RES=0&FN=${seen}`,
    );
    assertEquals(stage.server.isOnline("10001"), seen === "1");
  });
}

onStage("a logout is told, and only once", async (stage) => {
  await friends(stage);
  await stage.login("10001");
  await stage.mail("10002");
  assertEquals(await stage.ask("10001", "Logout"), "RES=0");
  assertEquals(await stage.ask("10001", "Logout"), "RES=0");
  assertEquals(await stage.mail("10002"), "99, 10001, 20,");
});

onStage("a logout from elsewhere changes nothing", async (stage) => {
  await friends(stage);
  await stage.login("10001");
  await stage.mail("10002");
  assertEquals(
    await stage.ask("10001", "Logout", "", { address: "10.0.0.9" }),
    "RES=0",
  );
  assertEquals(await stage.mail("10002"), "");
  assertEquals(stage.server.isOnline("10001"), true);
});

onStage("who was invisible leaves without a word", async (stage) => {
  await friends(stage);
  await stage.login("10001");
  await stage.ask("10001", "Change_Stat", "ST=40");
  await stage.mail("10002");
  await stage.ask("10001", "Logout");
  assertEquals(await stage.mail("10002"), "");
});

onStage(
  "a session without requests lapses after LI, and friends are told",
  async (stage) => {
    await friends(stage);
    await stage.login("10001");
    await stage.mail("10002");
    await stage.clock.advance(150_000);
    await stage.mail("10002");
    await stage.clock.advance(149_999);
    assertEquals(stage.server.isOnline("10001"), true);
    await stage.clock.advance(1);
    assertEquals(stage.server.isOnline("10001"), false);
    assertEquals(await stage.mail("10002"), "99, 10001, 20,");
    assertEquals(await stage.ask("10001", "List"), "RES=20");
  },
);

onStage("any request keeps a session alive", async (stage) => {
  await friends(stage);
  for (let round = 0; round < 5; round++) {
    await stage.clock.advance(299_999);
    assertEquals(await stage.ask("10002", "List"), "RES=0&FN=1");
  }
  assertEquals(stage.clock.pending, 1);
});

onStage("a login elsewhere throws the old address out", async (stage) => {
  await friends(stage);
  await stage.login("10001");
  const elsewhere = { address: "10.0.0.2" };
  await stage.late(stage.ask("10001", "Login", LOGIN, elsewhere));
  assertEquals(await stage.ask("10001", "List"), "RES=20");
  assertEquals(await stage.ask("10001", "List", "", elsewhere), "RES=0&FN=2");
  assertEquals(await stage.ask("10001", "Logout"), "RES=0");
  assertEquals(await stage.ask("10001", "List", "", elsewhere), "RES=0&FN=2");
});

onStage("many numbers share an address", async (stage) => {
  await friends(stage);
  await stage.login("10001", "10003");
  for (const uin of ["10001", "10002", "10003"]) {
    assertEquals((await stage.ask(uin, "List")).slice(0, 5), "RES=0");
  }
});

onStage("a refused login leaves the session as it is", async (stage) => {
  await friends(stage);
  await stage.ask("10002", "Login", LOGIN.replace(/PS=.{32}/, "PS=x"), {
    address: "10.0.0.2",
  });
  assertEquals(await stage.ask("10002", "List"), "RES=0&FN=1");
});

onStage(
  "presence goes to who has one on the list, not to whom one has",
  async (stage) => {
    await friends(stage);
    await stage.ask("10002", "DelFromList", "UN=10001");
    await stage.login("10001");
    assertEquals(await stage.mail("10002"), "");
    await stage.ask("10001", "Change_Stat", "ST=30");
    assertEquals(await stage.mail("10002"), "");
  },
);

onStage("idle time and heartbeat are what was chosen", async (stage) => {
  await stage.accounts("10001");
  assertEquals(
    await stage.ask("10001", "Login", LOGIN),
    "RES=0&RS=0&HI=7&LI=9",
  );
  await stage.clock.advance(9_000);
  assertEquals(await stage.ask("10001", "List"), "RES=20");
}, { heartbeatSeconds: 7, idleSeconds: 9 });

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

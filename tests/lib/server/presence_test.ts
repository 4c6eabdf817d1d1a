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
    assertEquals(await stage.mail("10002"), `99, 10001, ${told},`);
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
  await stage.ask("10001", "Login", LOGIN, elsewhere);
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

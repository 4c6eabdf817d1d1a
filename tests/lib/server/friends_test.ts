import { assertEquals } from "../../deps.ts";
import { onStage, PASSWORD_MD5, type Stage } from "./stage.ts";

async function pair(
  stage: Stage,
  policy: "anybody" | "verify" | "nobody",
): Promise<void> {
  await stage.accounts("10001");
  await stage.server.createAccount({
    uin: "10002",
    passwordMd5: PASSWORD_MD5,
    policy,
  });
  await stage.login("10001", "10002");
}

const list = async (stage: Stage, uin: string) =>
  (await stage.ask(uin, "List", "TN=160&UN=0")).replace(/.*UN=/, "");

onStage("anybody is added at once, and told", async (stage) => {
  await pair(stage, "anybody");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10002"),
    "RES=0&CD=0&UN=10002",
  );
  assertEquals(await stage.mail("10002"), "1, 10001, ,");
  assertEquals(await list(stage, "10001"), "10002,");
  assertEquals(await list(stage, "10002"), "10001,");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10002"),
    "RES=0&CD=0&UN=10002",
  );
  assertEquals(await stage.mail("10002"), "");
});

onStage("nobody can be added or asked", async (stage) => {
  await pair(stage, "nobody");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10002"),
    "RES=0&CD=2&UN=10002",
  );
  assertEquals(
    await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=x"),
    "RES=3",
  );
  assertEquals(await stage.mail("10002"), "");
});

onStage("a request is asked, accepted, and both are friends", async (stage) => {
  await pair(stage, "verify");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10002"),
    "RES=0&CD=1&UN=10002",
  );
  assertEquals(
    await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=我是小明"),
    "RES=0&",
  );
  assertEquals(await stage.mail("10002"), "2, 10001, 我是小明,");
  assertEquals(await list(stage, "10001"), "");
  assertEquals(
    await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=0&RS="),
    "RES=0&",
  );
  assertEquals(await stage.mail("10001"), "3, 10002, ,");
  assertEquals(await list(stage, "10001"), "10002,");
  assertEquals(await list(stage, "10002"), "10001,");
  await stage.clock.advance(800);
  assertEquals(
    await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=0&RS="),
    "RES=3",
  );
  assertEquals(
    await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS="),
    "RES=3",
  );
});

onStage("a request is refused with a reason, once", async (stage) => {
  await pair(stage, "verify");
  await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=");
  await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=1&RS=no,no");
  assertEquals(await stage.mail("10001"), "4, 10002, no%252cno,");
  assertEquals(await list(stage, "10001"), "");
  await stage.clock.advance(800);
  assertEquals(
    await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=1&RS="),
    "RES=3",
  );
  assertEquals(await stage.mail("10001"), "");
});

onStage("both ask, one answer settles it", async (stage) => {
  await pair(stage, "verify");
  await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=a");
  await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=2&RS=b");
  await stage.clock.advance(800);
  await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=0&RS=");
  await stage.clock.advance(800);
  assertEquals(
    await stage.ask("10002", "Ack_AddToList", "UN=10001&CD=0&RS="),
    "RES=3",
  );
});

onStage("deleting is one-sided, and late when repeated", async (stage) => {
  await pair(stage, "verify");
  await stage.server.befriend("10001", "10002");
  assertEquals(await stage.ask("10001", "DelFromList", "UN=10002"), "RES=0&");
  assertEquals(await list(stage, "10001"), "");
  assertEquals(await list(stage, "10002"), "10001,");
  assertEquals(
    await stage.late(stage.ask("10001", "DelFromList", "UN=10002")),
    [30_000, "RES=3"],
  );
  await stage.ask("10002", "CLTMSG", "UN=10001&MG=still there?");
  assertEquals(await stage.mail("10001"), "10, 10002, still there?,");
  await stage.ask("10001", "CLTMSG", "UN=10002&MG=no");
  assertEquals(await stage.mail("10002"), "9, 10001, no ,");
});

onStage("requests wait for who is not logged in", async (stage) => {
  await stage.accounts("10001", "10002");
  await stage.login("10001");
  await stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=hi");
  await stage.clock.advance(3_600_000);
  await stage.login("10002");
  assertEquals(await stage.mail("10002"), "2, 10001, hi,");
});

onStage("a CD of 3 and more is late", async (stage) => {
  await pair(stage, "verify");
  for (const code of ["3", "7", "99999999999999999999"]) {
    assertEquals(
      await stage.late(
        stage.ask("10001", "Ack_AddToList", `UN=10002&CD=${code}&RS=`),
      ),
      [20_000, "RES=3"],
    );
  }
  assertEquals(await stage.mail("10002"), "");
});

onStage("asking works the second time where that is chosen", async (stage) => {
  await pair(stage, "verify");
  const ask = () =>
    stage.late(stage.ask("10001", "Ack_AddToList", "UN=10002&CD=2&RS=hi"));
  assertEquals(await ask(), [20_000, "RES=3"]);
  assertEquals(await stage.mail("10002"), "");
  assertEquals(await ask(), [0, "RES=0&"]);
  assertEquals(await stage.mail("10002"), "2, 10001, hi,");
}, { ackTwice: true });

onStage("lists and requests have their limits", async (stage) => {
  await pair(stage, "anybody");
  await stage.accounts("10003", "10004");
  await stage.login("10003", "10004");
  await stage.server.befriend("10002", "10003");
  assertEquals(
    await stage.ask("10001", "AddToList", "UN=10002"),
    "RES=0&CD=2&UN=10002",
  );
  assertEquals(
    await stage.ask("10001", "Ack_AddToList", "UN=10004&CD=2&RS="),
    "RES=0&",
  );
  assertEquals(
    await stage.ask("10003", "Ack_AddToList", "UN=10004&CD=2&RS="),
    "RES=3",
  );
  await stage.server.befriend("10001", "10003");
  assertEquals(
    await stage.ask("10004", "Ack_AddToList", "UN=10001&CD=0&RS="),
    "RES=3",
  );
}, { limits: { friends: 1, requests: 1 } });

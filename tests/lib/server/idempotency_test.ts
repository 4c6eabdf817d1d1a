import { assertEquals } from "@std/assert";
import { onStage, type Stage, tail } from "./stage.ts";

/** Commands that act: fields, the first answer, and what it would be without a key, again. */
const ACTING: [cmd: string, fields: string, first: string, again: string][] = [
  ["CLTMSG", "UN=10002&MG=hi", "RES=0&", "RES=3"],
  ["Change_Stat", "ST=30", "RES=0&", "RES=3"],
  ["Ack_AddToList", "UN=10003&CD=2&RS=x", "RES=0&", "RES=3"],
  ["DelFromList", "UN=10002", "RES=0&", "RES=3"],
];

async function people(stage: Stage): Promise<void> {
  await stage.accounts("10001", "10002", "10003");
  await stage.server.befriend("10001", "10002");
  await stage.login("10001", "10002", "10003");
  await stage.mail("10001");
  await stage.mail("10002");
}

for (const [cmd, fields, first, again] of ACTING) {
  onStage(`${cmd} with a key acts once`, async (stage) => {
    await people(stage);
    const ask = (key?: string) =>
      stage.late(
        stage.ask("10001", cmd, fields, key === undefined ? {} : { key }),
      );
    assertEquals(await ask("k"), [0, first]);
    assertEquals(await ask("k"), [0, first]);
    assertEquals((await ask())[1], again);
    assertEquals(await ask("k"), [0, first]);
  });

  onStage(`${cmd} with another's key is refused at once`, async (stage) => {
    await people(stage);
    const ask = (fields: string) =>
      stage.late(stage.ask("10001", cmd, fields, { key: "k" }));
    assertEquals(await ask(fields), [0, first]);
    assertEquals(await ask(`${fields}&X=1`), [0, "RES=3"]);
    assertEquals(await ask(fields), [0, first]);
  });
}

onStage("AddToList with a key acts once", async (stage) => {
  await people(stage);
  await stage.server.updateAccount("10003", { policy: "anybody" });
  const ask = () => stage.ask("10001", "AddToList", "UN=10003", { key: "k" });
  assertEquals(await ask(), "RES=0&CD=0&UN=10003");
  await stage.server.updateAccount("10003", { policy: "nobody" });
  await stage.ask("10001", "DelFromList", "UN=10003");
  assertEquals(await ask(), "RES=0&CD=0&UN=10003");
  assertEquals(await stage.mail("10003"), "1, 10001, ,");
});

onStage(
  "a repeated message arrives once, under the repeating SEQ",
  async (stage) => {
    await people(stage);
    const post = (seq: string) =>
      stage.post(`VER=1.1&CMD=CLTMSG&SEQ=${seq}&UIN=10001&UN=10002&MG=a`, {
        key: "k",
      });
    const reply = (seq: string) => ({
      type: "reply" as const,
      bodies: [`VER=1.1&CMD=CLTMSG&SEQ=${seq}&UIN=10001&RES=0&`],
      headers: { "Idempotency-Key": "k" },
    });
    assertEquals(await post("1"), reply("1"));
    assertEquals(await post("$'2"), reply("$'2"));
    assertEquals(await post("3"), reply("3"));
    assertEquals(await stage.mail("10002"), "9, 10001, a ,");
  },
);

onStage("keys of one account are not another's", async (stage) => {
  await people(stage);
  await stage.ask("10001", "CLTMSG", "UN=10003&MG=a", { key: "k" });
  await stage.ask("10002", "CLTMSG", "UN=10003&MG=b", { key: "k" });
  assertEquals(await stage.mail("10003"), "10,10, 10001,10002, a,b,");
});

onStage("an answer is kept for ten minutes", async (stage) => {
  await stage.accounts("10001");
  await stage.login("10001");
  const ask = () => stage.ask("10001", "CLTMSG", "UN=10001&MG=a", { key: "k" });
  await ask();
  for (let minute = 1; minute < 10; minute++) {
    await stage.clock.advance(60_000);
    assertEquals(await ask(), "RES=0&");
  }
  assertEquals(await stage.mail("10001"), "9, 10001, a ,");
  await stage.clock.advance(60_000);
  assertEquals(await ask(), "RES=0&");
  assertEquals(await stage.mail("10001"), "9, 10001, a ,");
});

onStage("so many answers of an account are kept", async (stage) => {
  await people(stage);
  const ask = (key: string) =>
    stage.ask("10001", "CLTMSG", "UN=10001&MG=a", { key });
  for (const key of ["k1", "k2", "k3"]) await ask(key);
  await stage.mail("10001");
  await ask("k3");
  assertEquals(await stage.mail("10001"), "");
  await ask("k1");
  assertEquals(await stage.mail("10001"), "9, 10001, a ,");
}, { limits: { keptAnswers: 2 }, sendGapMs: 0 });

onStage("a key repeated during the penalty joins it", async (stage) => {
  await people(stage);
  await stage.ask("10001", "CLTMSG", "UN=10002&MG=a");
  const ask = () => stage.ask("10001", "CLTMSG", "UN=10002&MG=b", { key: "k" });
  const from = stage.clock.now();
  const first = ask();
  await stage.clock.advance(5_000);
  const [late, second] = await stage.late(ask());
  assertEquals([late, await first, second], [15_000, "RES=3", "RES=3"]);
  assertEquals(stage.clock.now() - from, 20_000);
  assertEquals(await stage.late(ask()), [0, "RES=3"]);
  assertEquals(await stage.mail("10002"), "9, 10001, a ,");
});

onStage("what never came to the command is not kept", async (stage) => {
  await people(stage);
  await stage.ask("10001", "Logout");
  const ask = () => stage.ask("10001", "CLTMSG", "UN=10002&MG=a", { key: "k" });
  assertEquals(await ask(), "RES=20");
  await stage.login("10001");
  assertEquals(await ask(), "RES=0&");
});

onStage("the key comes back with every answer but NULL", async (stage) => {
  await people(stage);
  for (
    const fields of ["List", "Logout", "List", "Login"].map((cmd) =>
      `VER=1.1&CMD=${cmd}&SEQ=1&UIN=10001&PS=x&LC=9326B87B234E7235`
    )
  ) {
    const answer = await stage.post(fields, { key: "k" });
    assertEquals(answer.type === "reply" && answer.headers, {
      "Idempotency-Key": "k",
    });
  }
  assertEquals(tail(await stage.post("x", { key: "k" })), "NULL");
});

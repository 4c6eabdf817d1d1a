import { JournalLimitError } from "../../../bridge/journal/limits.ts";
import { assert, assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { assertKind, EVENTS } from "./field_lists.ts";
import { Client, type Frame, Stage } from "./stage.ts";

const ECHOES = [
  "1",
  "-0",
  "1.0",
  "12345678901234567890",
  "1e400",
  '"12345678901234567890"',
  '""',
  '"\\u4f60\\"\\\\"',
  "true",
  "false",
  "null",
  "[]",
  "{}",
  '[1.50,{"a":[null,"1",12345678901234567890]},""]',
  '{"seq":1,"__proto__":2}',
];

for (const echo of ECHOES) {
  Deno.test(`calls: the echo ${echo} comes back as it was`, async () => {
    const client = await new Stage().client("/onebot/v11/10001/api");
    for (const action of ["get_status", "nothing"]) {
      client.peer.onText(`{"echo": ${echo}, "action": "${action}"}`);
    }
    client.peer.onText(
      `{"echo":${echo},"action":"get_status","params":{"echo":7}}`,
    );
    client.peer.onText(`{"echo":${echo},"action":7}`);
    await client.stage.settle();
    for (const text of client.socket.sent) {
      const expected = echo.replace("\\u4f60", "你");
      assert(text.endsWith(`,"echo":${expected}}`), text);
    }
    assertEquals(client.socket.sent.length, 4);
  });
}

Deno.test("calls: no echo, none in the answer", async () => {
  const client = await new Stage().client("/onebot/v11/10001/api");
  for (const action of ["get_status", "nothing"]) {
    const [answer] = await client.say({ action, params: {} });
    assert(!("echo" in answer));
  }
});

const BAD: [frame: string, echo: unknown][] = [
  ["{}", undefined],
  ['{"action":7,"echo":"a"}', "a"],
  ['{"echo":1.0}', 1],
];

for (const [frame, echo] of BAD) {
  Deno.test(`calls: ${frame.slice(0, 40)} is 1400`, async () => {
    const client = await new Stage().client("/onebot/v11/10001/api");
    const [answer, ...others] = await client.say(frame);
    assertEquals(others, []);
    assertEquals([answer.status, answer.retcode, answer.data, answer.echo], [
      "failed",
      1400,
      null,
      echo,
    ]);
    assertEquals("echo" in answer, echo !== undefined);
    assertEquals(client.closeCode, undefined);
  });
}

const PATHS: [path: string, sendsEvents: boolean, answers: boolean][] = [
  ["/onebot/v11", true, true],
  ["/onebot/v11/", true, true],
  ["/onebot/v11/api", false, true],
  ["/onebot/v11/api/", false, true],
  ["/onebot/v11/event", true, false],
  ["/onebot/v11/event/", true, false],
  ["/onebot/v11/10001", true, true],
  ["/onebot/v11/10001/", true, true],
  ["/onebot/v11/10001/api/", false, true],
  ["/onebot/v11/10001/event", true, false],
];

for (const [path, sendsEvents, answers] of PATHS) {
  Deno.test(`roles: ${path}`, async () => {
    const stage = new Stage();
    const client = await stage.client(path);
    await stage.bridge.push();
    await stage.pass(15_000, client);
    const kinds = (await client.frames()).map((frame) =>
      frame.meta_event_type ?? frame.post_type
    );
    assertEquals(
      kinds,
      sendsEvents ? ["lifecycle", "message", "heartbeat"] : [],
    );
    const answer = await client.call("get_status");
    assertEquals(answer.retcode, answers ? 0 : 1404);
  });
}

Deno.test("accounts: a grant reaches only the account of its connection", async () => {
  const stage = new Stage();
  stage.bridge.script("send", () => ({ seq: 1 }));
  const client = await stage.client("/onebot/v11/10001");
  await client.call("send_private_msg", { user_id: 1, message: "x" });
  const { grant, request } = stage.bridge.ran[0]!;
  assertEquals([grant.name, request.account], ["all", "10001"]);
  assertEquals([...grant.accounts], ["10001"]);
});

const SINCE: [since: string, seqs: number[], gap?: Frame][] = [
  ["2", [3, 4]],
  ["0", [1, 2, 3, 4]],
  ["4", []],
  ["k3f9:3", [4]],
  ["other:3", [1, 2, 3, 4], { from: 1, to: 0, reason: "epoch" }],
  ["9", [], { from: 5, to: 9, reason: "ahead" }],
];

for (const [since, seqs, gap] of SINCE) {
  Deno.test(`resume: since=${since}`, async () => {
    const stage = new Stage();
    for (let n = 0; n < 4; n++) await stage.bridge.push();
    const client = await stage.client(`/onebot/v11/10001?since=${since}`);
    const frames = await client.frames();
    assertEquals(frames.shift().meta_event_type, "lifecycle");
    if (gap !== undefined) {
      const frame = frames.shift();
      assertKind(frame, { fields: EVENTS.gap });
      for (const [field, value] of Object.entries(gap)) {
        assertEquals(frame[field], value, field);
      }
    }
    assertEquals(frames.map(({ seq }) => seq), seqs);
    await stage.bridge.push();
    assertEquals(await client.seqs(), [5]);
  });
}

Deno.test("resume: every event has the epoch and the seq that since takes", async () => {
  const stage = new Stage();
  const first = await stage.client();
  await first.frames();
  await stage.bridge.push();
  await stage.bridge.push("10001", "presence", { from: "1", status: "busy" });
  await stage.bridge.push();
  const [{ epoch, seq }, ...more] = await first.frames();
  const second = await stage.client(
    `/onebot/v11/10001?since=${epoch}:${seq}`,
  );
  const [lifecycle, ...again] = await second.frames();
  assertEquals(lifecycle.epoch, undefined);
  assertEquals(again, more);
});

Deno.test("resume: the message_id is the same when it comes again", async () => {
  const stage = new Stage();
  await stage.bridge.push();
  const ids: number[] = [];
  for (let round = 0; round < 2; round++) {
    const onebot = stage.restart();
    const client = await stage.client("/onebot/v11/10001?since=0", { onebot });
    const [, event] = await client.frames();
    ids.push(event.message_id);
  }
  assertEquals(ids, [1, 1]);
});

const NAMED = "/onebot/v11/10001?consumer=bot";

Deno.test("consumer: what was received is not sent again, what was missed is, after lifecycle", async () => {
  const stage = new Stage();
  let client = await stage.client(NAMED);
  await client.frames();
  await stage.bridge.push();
  await stage.bridge.push();
  assertEquals(await client.seqs(), [1, 2]);
  await client.pong();
  // A second ping asks about what came behind the first.
  await client.pong();
  client.peer.onClose();
  for (let n = 0; n < 3; n++) await stage.bridge.push();
  client = await stage.client(NAMED, { onebot: stage.restart() });
  const [first, ...events] = await client.frames();
  assertEquals(first.sub_type, "connect");
  assertEquals(events.map(({ seq }) => seq), [3, 4, 5]);
});

Deno.test("consumer: what no pong has confirmed comes again", async () => {
  const stage = new Stage();
  let client = await stage.client(NAMED);
  await stage.bridge.push();
  await client.frames();
  await stage.bridge.push();
  assertEquals(client.socket.pinged, ["1"]);
  await client.pong();
  assertEquals(client.socket.pinged, ["2"]);
  client.peer.onClose();
  client = await stage.client(NAMED);
  assertEquals(await client.seqs(), [2]);
});

Deno.test("consumer: a pong that answers another ping confirms nothing, and is asked for again", async () => {
  const stage = new Stage();
  let client = await stage.client(NAMED);
  client.pongs = false;
  await stage.bridge.push();
  await client.frames();
  for (const data of ["", "2", "x"]) client.peer.onPong(data);
  client.peer.onClose();
  client = await stage.client(NAMED);
  assertEquals(await client.seqs(), [1]);
  client.socket.pinged.length = 0;
  await stage.pass(5000, client);
  await client.pong();
  client.peer.onClose();
  client = await stage.client(NAMED);
  assertEquals(await client.seqs(), []);
});

Deno.test("consumer: a second connection of the name takes over, one of another account does not", async () => {
  const stage = new Stage();
  const first = await stage.client(NAMED);
  const other = await stage.client("/onebot/v11/10002?consumer=bot");
  const second = await stage.client(NAMED);
  assertEquals(first.closeCode, 4009);
  assertEquals(other.closeCode, undefined);
  first.peer.onClose();
  await stage.bridge.push();
  await second.frames();
  await second.pong();
  assertEquals(second.closeCode, undefined);
});

Deno.test("consumer: a name is its token's own", async () => {
  const stage = new Stage();
  stage.grants.other = grantOf({ name: "other" });
  const first = await stage.client(NAMED);
  const second = await stage.client(NAMED, { token: "other" });
  assertEquals([first.closeCode, second.closeCode], [undefined, undefined]);
});

Deno.test("consumer: since goes before the kept position", async () => {
  const stage = new Stage();
  let client = await stage.client(NAMED);
  for (let n = 0; n < 3; n++) await stage.bridge.push();
  await client.frames();
  await client.pong();
  await client.pong();
  client.peer.onClose();
  client = await stage.client(`${NAMED}&since=1`);
  assertEquals(await client.seqs(), [2, 3]);
});

Deno.test("consumer: what was not for it does not become a gap", async () => {
  const stage = new Stage();
  let client = await stage.client(NAMED);
  for (let n = 0; n < 5; n++) await stage.bridge.push("10002");
  await stage.pass(15_000, client);
  client.peer.onClose();
  await stage.settle();
  stage.bridge.journal.trimTo(6);
  client = await stage.client(NAMED);
  assertEquals((await client.frames()).length, 1);
});

Deno.test("consumer: a new name over the quota is refused, and not logged", async () => {
  const stage = new Stage();
  const { promise, reject } = Promise.withResolvers<void>();
  stage.bridge.journal.setPosition = () => promise;
  const client = await stage.client(NAMED);
  await stage.bridge.push();
  await client.frames();
  assertEquals(client.socket.pinged.length, 1);
  reject(new JournalLimitError("consumers", "at most so many"));
  const { status, retcode, message } = (await client.frames())
    .find((frame) => frame.retcode !== undefined);
  assertEquals([status, retcode, message], [
    "failed",
    36001,
    "at most so many",
  ]);
  assertEquals(client.closeCode, 1013);
  // The answer to the ping that was under way asks for no place again.
  await client.pong();
  assertEquals(stage.failures, []);
});

Deno.test("consumer: a new name whose position cannot be kept is closed, and logged", async () => {
  const stage = new Stage();
  const gone = new Error("the disk is gone");
  stage.bridge.journal.setPosition = () => Promise.reject(gone);
  const client = await stage.client(NAMED);
  await client.frames();
  assertEquals(client.closeCode, 1013);
  assertEquals(stage.failures, [gone]);
});

Deno.test("slow: a reader that stands still is sent nothing more, then closed, and resumes", async () => {
  const stage = new Stage();
  const data = { from: "10002", text: "x".repeat(4000) };
  let client = await stage.client(NAMED);
  await stage.bridge.push();
  await client.frames();
  await client.pong();
  client.socket.reads = false;
  for (let n = 0; n < 200; n++) {
    await stage.bridge.push("10001", "message", data);
  }
  const sent = await client.seqs();
  assert(sent.length < 100 && client.socket.bufferedAmount < 300_000);
  client.pongs = false;
  await stage.pass(15_000, client);
  // Not even heartbeats are put on top.
  assertEquals(await client.frames(), []);
  await stage.pass(17_000, client);
  assertEquals(client.closeCode, 1013);
  assert(client.socket.terminated);
  client.peer.onClose();
  client = await stage.client(NAMED);
  assertEquals(
    await client.seqs(),
    Array.from({ length: 200 }, (_, index) => index + 2),
  );
});

Deno.test("dial: a client is what the front is given", async () => {
  assert(await new Stage().dial() instanceof Client);
});

Deno.test("read: a reader of a journal that cannot be read is closed with 1011, and logged", async () => {
  const stage = new Stage({ tailEvents: 0 });
  for (let count = 0; count < 3; count++) await stage.bridge.push();
  const error = new Error("database disk image is malformed");
  stage.bridge.journal.damage = { seq: 3, error };
  const client = await stage.client("/onebot/v11/10001?since=0");
  await stage.pass(1000);
  assertEquals(await client.seqs(), [1, 2]);
  assertEquals([client.closeCode, stage.failures], [1011, [error]]);
});

import { assert, assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeGateway } from "../../support/fake_socket.ts";

Deno.test("pings every 25 s, and closes with 1013 without a pong within 8 s", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  client.pongs = false;
  await gateway.pass(24_000, client);
  assertEquals(client.socket.pings, 0);
  await gateway.pass(1000, client);
  assertEquals(client.socket.pings, 1);
  await gateway.pass(7000, client);
  client.connection.onPong();
  await gateway.pass(18_000, client);
  assertEquals(client.socket.pings, 2);
  await gateway.pass(7000, client);
  assertEquals(client.closeCode, undefined);
  await gateway.pass(1000, client);
  assertEquals(client.closeCode, 1013);
});

Deno.test("a connection is closed with 4003 within 4 s after its token was revoked, whenever it was opened", async () => {
  const gateway = new FakeGateway();
  const grant = grantOf();
  const client = gateway.open({}, { grant });
  grant.revoke();
  // Right before a second is over, so that each check comes as late as it can.
  await gateway.pass(999, client);
  await gateway.pass(3000, client);
  assertEquals(client.closeCode, 4003);
});

Deno.test("a reader that stalls is sent 64 KiB, then nothing, and is closed with 1013 within 31 s", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  client.socket.reads = false;
  const text = "字".repeat(1000);
  for (let n = 0; n < 300; n++) {
    await gateway.bridge.push("10001", "message", { from: "10002", text });
  }
  const held = client.socket.bufferedAmount;
  assert(held >= 64 * 1024 && held < 68 * 1024, `${held} bytes wait`);
  await gateway.pass(29_000, client);
  assertEquals(client.closeCode, undefined);
  await gateway.pass(2000, client);
  assertEquals(client.closeCode, 1013);
  assert(client.socket.terminated);
});

Deno.test("a reader whose system takes everything and who reads nothing is sent 64 KiB, then closed with 1013 and ended", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  // What it sends is no proof that it reads.
  client.socket.onPong = () => client.connection.onPong("w0000000");
  const text = "字".repeat(1000);
  const push = async (events: number) => {
    for (let n = 0; n < events; n++) {
      await gateway.bridge.push("10001", "message", { from: "10002", text });
    }
    return (await client.seqs()).length;
  };
  const sent = await push(400);
  assert(sent > 20 && sent < 25, `${sent} events of 3 KB were sent`);
  assertEquals(client.socket.bufferedAmount, 0);
  await gateway.pass(29_000, client);
  assertEquals([await push(10), client.closeCode], [0, undefined]);
  await gateway.pass(2000, client);
  assertEquals(client.closeCode, 1013);
  // Nothing waits, but it would not answer the close either.
  assert(client.socket.terminated);
});

Deno.test("the window of a reader grows to 512 KiB while it answers within a second, and shrinks to 64 KiB while it does not", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  const pongs: string[] = [];
  client.socket.onPong = (data) => pongs.push(data);
  /** KiB that are sent before the reader must answer, when it then answers after a time. */
  const windowOf = async (answerMs: number) => {
    const first = gateway.bridge.journal.head;
    while (client.connection.isReady()) {
      await gateway.bridge.push("10001", "message", {
        from: "10002",
        text: "x".repeat(900),
      });
    }
    const { bufferedAmount } = client.socket;
    assertEquals(bufferedAmount, 0);
    await gateway.clock.advance(answerMs);
    for (const pong of pongs.splice(0).slice(-1)) {
      client.connection.onPong(pong);
    }
    return gateway.bridge.journal.head - first;
  };
  const windows: number[] = [];
  for (const ms of [10, 10, 10, 10, 10, 2000, 2000, 2000, 2000, 10]) {
    windows.push(await windowOf(ms));
  }
  // What was sent after the ping that was answered is a part of the next window.
  assertEquals(windows.map((kib) => 64 * Math.round(kib / 64)), [
    64,
    128,
    256,
    512,
    384,
    384,
    128,
    128,
    64,
    64,
  ]);
});

Deno.test("a reader that answers only the last of several pings is sent everything", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  let last = "";
  client.socket.onPong = (data) => last = data;
  const text = "字".repeat(1000);
  for (let n = 0; n < 600; n++) {
    await gateway.bridge.push("10001", "message", { from: "10002", text });
  }
  for (let answered = ""; answered !== last;) {
    client.connection.onPong(answered = last);
    await gateway.clock.advance(0);
  }
  assertEquals((await client.seqs()).length, 600);
});

Deno.test("a slow reader that makes progress gets everything in order", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  client.socket.reads = false;
  const text = "字".repeat(1000);
  const total = 600;
  for (let n = 0; n < total; n++) {
    await gateway.bridge.push("10001", "message", { from: "10002", text });
  }
  const seqs = await client.seqs();
  for (let turns = 0; seqs.length < total; turns++) {
    assert(turns < 200, "it goes on");
    client.socket.read(20);
    await gateway.pass(5000, client);
    seqs.push(...await client.seqs());
  }
  assertEquals(client.closeCode, undefined);
  assertEquals(seqs, Array.from({ length: total }, (_, n) => n + 1));
});

Deno.test("a buffer that drains between two checks counts as progress, even if it is as full at each", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  client.socket.reads = false;
  for (let second = 0; second < 90; second++) {
    client.socket.read();
    await gateway.bridge.push();
    await gateway.pass(1000, client);
  }
  assertEquals(client.closeCode, undefined);
  await gateway.pass(31_000, client);
  assertEquals(client.closeCode, 1013);
});

Deno.test("a buffer that pings filled is noticed when it drains", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  await client.frames();
  client.socket.reads = false;
  // As pongs are, without the connection.
  client.socket.send("x".repeat(300_000));
  await gateway.bridge.push();
  client.socket.take = () => [];
  client.socket.sent.length = 0;
  client.socket.reads = true;
  client.socket.read();
  await gateway.pass(1000, client);
  assertEquals(client.socket.sent.length, 1);
});

Deno.test("a client that sends commands and does not read is closed with 1013", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  client.socket.reads = false;
  gateway.bridge.script("profile", () => ({ profile: "x".repeat(100_000) }));
  for (let id = 0; id < 10; id++) {
    await client.say({
      type: "command",
      id,
      account: "10001",
      command: "profile",
      params: { uin: "10002" },
    });
  }
  assertEquals(client.closeCode, 1013);
  assert(client.socket.terminated);
});

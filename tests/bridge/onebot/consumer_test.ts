import { assert, assertEquals } from "@std/assert";
import { Stage } from "./stage.ts";

Deno.test("consumer: the position moves over a gap once a pong has confirmed it, and no heartbeat moves it before", async () => {
  const stage = new Stage({ uins: ["10001"] });
  const path = "/onebot/v11/10001?consumer=bot";
  const first = await stage.client(path);
  await first.frames();
  first.peer.onClose();
  for (let count = 0; count < 4; count++) await stage.bridge.push();
  stage.bridge.journal.trimTo(5);
  for (const pongs of [false, true]) {
    const client = await stage.client(path);
    client.pongs = pongs;
    const gaps = (await client.frames()).filter(({ meta_event_type }) =>
      meta_event_type === "gap"
    );
    assertEquals(gaps.map(({ from, to }) => [from, to]), [[1, 4]]);
    await stage.pass(16_000, client);
    assertEquals(stage.bridge.journal.kept(), [pongs ? 4 : 0]);
    client.peer.onClose();
  }
});

for (const [confirmAfter, again] of [["0", []], ["5", [1, 2, 3]]] as const) {
  Deno.test(`consumer: a client that is killed within confirmAfter=${confirmAfter} is given ${again.length} of 3 events again`, async () => {
    const stage = new Stage({ uins: ["10001"] });
    const path = `/onebot/v11/10001?consumer=bot&confirmAfter=${confirmAfter}`;
    const killed = await stage.client(path);
    for (let count = 0; count < 3; count++) await stage.bridge.push();
    // Its library answers pings, but the client handles no event.
    await stage.pass(4000, killed);
    assertEquals(await killed.seqs(), [1, 2, 3]);
    killed.peer.onClose();
    const client = await stage.client(path);
    assertEquals(await client.seqs(), [...again]);
    // What was sent long enough ago is confirmed, without another event.
    await stage.pass(7000, client);
    assertEquals(stage.bridge.journal.kept(), [3]);
    client.peer.onClose();
  });
}

Deno.test("consumer: a pong moves the position only to what was sent confirmAfter ago", async () => {
  const stage = new Stage({ uins: ["10001"] });
  const client = await stage.client(
    "/onebot/v11/10001?consumer=bot&confirmAfter=10",
  );
  const kept: number[] = [];
  for (let second = 0; second < 16; second++) {
    await stage.bridge.push();
    await stage.pass(1000, client);
    kept.push(stage.bridge.journal.kept()[0]!);
  }
  assertEquals(kept, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
});

for (const value of ["", "-1", "3601", "1.5", "1e3", "five", "0x10", "00000"]) {
  Deno.test(`consumer: confirmAfter=${value} is refused with 400 before the upgrade`, async () => {
    const stage = new Stage({ uins: ["10001"] });
    const answer = await stage.dial(
      `/onebot/v11/10001?consumer=bot&confirmAfter=${value}`,
    );
    assert(answer instanceof Response);
    const { message } = await answer.json();
    assertEquals([answer.status, message], [
      400,
      "Cannot open a WebSocket: confirmAfter must be a whole number of seconds from 0 to 3600",
    ]);
  });
}

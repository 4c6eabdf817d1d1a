import type { ConsumerHolds } from "../../../bridge/journal/journal.ts";
import { JournalWriteError } from "../../../bridge/journal/limits.ts";
import { assertEquals } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";
import { type Client, FakeGateway } from "../../support/fake_socket.ts";

/** A gateway on a node of a cluster, whose log answers when the test wants. */
class Node extends FakeGateway {
  /** Names that connections want to take. */
  readonly taking: string[] = [];
  answer: PromiseWithResolvers<void> = Promise.withResolvers();
  #count = 0;

  constructor() {
    super();
    const holds: ConsumerHolds = {
      take: async (consumer) => {
        this.taking.push(consumer);
        const hold = `node/${++this.#count}`;
        await this.answer.promise;
        return hold;
      },
      watch: () => () => {},
      isOwn: (hold) => hold.startsWith("node/"),
    };
    const settle = () => this.answer.promise;
    Object.assign(this.bridge.journal, { holds, settle });
  }
}

const types = async (client: Client) =>
  (await client.frames()).map(({ type }) => type);

for (const query of [{ after: "k3f9:0" }, { consumer: "bot" }]) {
  const name = Object.keys(query)[0];
  Deno.test(`a connection with ${name} is welcomed when its node has caught up, and its frames wait`, async () => {
    const node = new Node();
    const client = node.open(query);
    assertEquals(await types(client), []);
    assertEquals(
      await client.say({ type: "command", id: 1, command: "ping" }),
      [],
    );
    await node.bridge.push();
    node.answer.resolve();
    const frames = await types(client);
    assertEquals(frames[0], "welcome");
    assertEquals(frames.filter((type) => type === "result").length, 1);
    assertEquals(node.taking, "consumer" in query ? ["test/bot"] : []);
    assertEquals(node.failures, []);
  });

  Deno.test(`a connection with ${name} ends with 1013 after 10 seconds without the log`, async () => {
    const node = new Node();
    const client = node.open(query);
    await node.pass(9_999, client);
    assertEquals(client.closeCode, undefined);
    await node.pass(1, client);
    assertEquals(client.closeCode, 1013);
    node.answer.resolve();
    assertEquals(await types(client), []);
  });

  Deno.test(`a connection with ${name} ends with 1013 when the log refuses`, async () => {
    const node = new Node();
    const client = node.open(query);
    node.answer.reject(new JournalWriteError(new Error("lost")));
    await client.frames();
    assertEquals(client.closeCode, 1013);
    assertEquals(node.failures.length, 1);
  });
}

Deno.test("a connection that starts from now on waits for nothing", async () => {
  assertEquals(await types(new Node().open()), ["welcome"]);
});

Deno.test("sse: a stream that resumes waits until its node has caught up, 10 seconds at most", async () => {
  const app = new FakeApp();
  await app.bridge.push();
  const settled = Promise.withResolvers<void>();
  Object.assign(app.bridge.journal, {
    holds: { take: () => Promise.reject(), isOwn: () => true },
    settle: () => settled.promise,
  });
  const query = { token: "all", headers: { "last-event-id": "k3f9:0" } };
  const late = app.ask("/events", query);
  await app.clock.advance(10_000);
  const refused = await late;
  assertEquals([refused.status, refused.headers.get("retry-after")], [
    503,
    "10",
  ]);
  await refused.body?.cancel();
  const waiting = app.ask("/events", query);
  await app.clock.advance(1000);
  assertEquals(app.streams, 0);
  settled.resolve();
  const response = await waiting;
  assertEquals([response.status, app.streams], [200, 1]);
  await response.body?.cancel();
});

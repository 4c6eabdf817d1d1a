import { Consumers } from "../../../bridge/hub/consumers.ts";
import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import { assertEquals } from "@std/assert";
import { openNode, turnClock } from "../../support/cluster_nodes.ts";
import { idleHolder } from "../../support/fake_socket.ts";

const BOT = "t1/bot";

/** @param delayMs How long messages of the first node take. */
async function twoNodes(delayMs = 0) {
  const stream = new MemoryStream({ clock: turnClock });
  const opened = [delayMs, 0].map(async (delayMs) => {
    const log = new MemoryLog(stream, { delayMs: () => delayMs });
    const journal = await openNode(log);
    return { log, journal, consumers: new Consumers(journal) };
  });
  const [a, b] = await Promise.all(opened);
  return {
    a: a!,
    b: b!,
    async close() {
      for (const { journal, log } of [a!, b!]) {
        await journal.close();
        await log.close();
      }
    },
  };
}

/** Connects to a consumer, as a connection does. */
async function connect(
  consumers: Consumers,
  name: string,
  replaced: string[],
): Promise<number | undefined> {
  const { hold, isReplaced } = (await consumers.prepare(BOT, false))!;
  const holder = { ...idleHolder(), onReplaced: () => replaced.push(name) };
  if (!isReplaced) return consumers.acquire(BOT, holder, hold);
  holder.onReplaced();
  return undefined;
}

Deno.test("a consumer resumes on one node where it was acknowledged on another, 500 times", async () => {
  const { a, b, close } = await twoNodes();
  const nodes = [a, b];
  for (let seq = 1; seq <= 500; seq++) {
    const [one, other] = seq % 2 === 0 ? [a, b] : [b, a];
    await one.journal.setPosition(BOT, seq);
    assertEquals(await connect(other.consumers, "any", []), seq);
  }
  assertEquals(nodes.map(({ journal }) => journal.position(BOT)), [500, 500]);
  await close();
});

Deno.test("a connection of a name ends when one on another node takes it", async () => {
  const { a, b, close } = await twoNodes();
  const replaced: string[] = [];
  await connect(a.consumers, "first", replaced);
  await connect(b.consumers, "second", replaced);
  await a.journal.settle();
  assertEquals(replaced, ["first"]);
  await connect(a.consumers, "third", replaced);
  await b.journal.settle();
  assertEquals(replaced, ["first", "second"]);
  await close();
});

Deno.test("of connections that take a name on two nodes at once, one stays", async () => {
  const { a, b, close } = await twoNodes();
  for (let round = 0; round < 20; round++) {
    const replaced: string[] = [];
    const names = ["a1", "b1", "a2", "b2"];
    await Promise.all(
      names.map((name) =>
        connect((name < "b" ? a : b).consumers, name, replaced)
      ),
    );
    await Promise.all([a.journal.settle(), b.journal.settle()]);
    assertEquals(
      names.filter((name) => !replaced.includes(name)).length,
      1,
      `${replaced}`,
    );
  }
  await close();
});

Deno.test("what a connection acknowledged after it was replaced on another node moves nothing", async () => {
  const { a, b, close } = await twoNodes(20);
  await a.journal.setPosition(BOT, 5);
  await connect(a.consumers, "first", []);
  // The acknowledgement is on its way when the other node takes the name.
  a.consumers.setPosition(BOT, 9, () => {});
  await connect(b.consumers, "second", []);
  await a.journal.settle();
  a.consumers.setPosition(BOT, 9, () => {});
  await a.journal.settle();
  assertEquals(a.journal.position(BOT), 5);
  await close();
});

import { delay } from "@std/async";
import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { mailParts } from "../../../bridge/upstream/mail_parts.ts";
import { Upstream } from "../../../bridge/upstream/upstream.ts";
import type { Batch } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import type { MailItem } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { demoAccount, Frames } from "../../support/bridge_fixture.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const text = (length: number): MailItem => ({
  type: "message",
  from: "10002",
  text: "x".repeat(length),
});

/** The lengths of texts, and how many items each part has. */
const PARTS: [what: string, lengths: number[], parts: number[]][] = [
  ["nothing", [], [0]],
  ["one", [1], [1]],
  ["500", Array(500).fill(1), [500]],
  ["501", Array(501).fill(1), [500, 1]],
  ["1,200", Array(1200).fill(1), [500, 500, 200]],
  ["long texts", Array(6).fill(100_000), [2, 2, 2]],
  ["a text longer than a part", [1, 300_000, 1], [1, 1, 1]],
];

for (const [what, lengths, expected] of PARTS) {
  Deno.test(`mailParts() cuts ${what} into parts of 500 items and 262144 characters`, () => {
    const items = lengths.map(text);
    const parts = [...mailParts(items)];
    assertEquals(parts.map((part) => part.items.length), expected);
    assertEquals(parts.flatMap((part) => part.items), items);
    assertEquals(parts.map(({ part }) => part), [...expected.keys()]);
    assertEquals(parts.map(({ last }) => last), [
      ...expected.slice(1).map(() => false),
      true,
    ]);
  });
}

Deno.test("Upstream: a large batch is journalled in parts, other work runs in between, and a repetition continues where it stopped", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock, limits: { mailPerReply: 2000 } });
  await addDemo(server);
  const texts = Array.from({ length: 1200 }, (_, nth) => String(nth));
  for (const text of texts) {
    await server.deliver("10001", { type: "message", from: "10002", text });
  }
  const journal = new MemoryJournal({ clock });
  const append = journal.append.bind(journal);
  const polls: (Batch["poll"] & { turn: number; stored: number })[] = [];
  let turn = 0;
  const turns = setInterval(() => turn++);
  /** Of the first process; then it is dead, and nothing more is stored. */
  let partsLeft = 2;
  journal.append = async (batch) => {
    if (batch.poll === undefined) return await append(batch);
    if (partsLeft-- <= 0) return await new Promise<never>(() => {});
    const stored = await append(batch);
    polls.push({ ...batch.poll, turn, stored: stored.length });
    return stored;
  };
  const start = () => {
    const upstream = new Upstream({
      account: demoAccount("10001"),
      journal,
      clock,
      random: () => 0.5,
      transport: new AnswerTransport(server.answer),
    });
    upstream.start();
    return upstream;
  };
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await clock.advance(0);
      await delay(1);
    }
  };
  const first = start();
  await until(() => partsLeft < 0);
  partsLeft = Infinity;
  // The server opens one session of a number a second.
  await clock.advance(1000);
  const second = start();
  await until(() => journal.polls("10001") === 1);
  assertEquals(
    polls.map(({ number, part, last, stored }) => [number, part, last, stored]),
    [
      [1, 0, false, 500],
      [1, 1, false, 500],
      [1, 0, false, 0],
      [1, 1, false, 0],
      [1, 2, true, 200],
    ],
  );
  for (const [before, after] of [[0, 1], [2, 3], [3, 4]] as const) {
    assert(polls[after]!.turn > polls[before]!.turn, "no turn in between");
  }
  assertEquals(
    new Frames(journal).all("message").map(({ data }) => data.text),
    texts,
  );
  clearInterval(turns);
  const closing = [first.close(), second.close()];
  await clock.advance(11_000);
  await Promise.all(closing);
  await server.close();
});

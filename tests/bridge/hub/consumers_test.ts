import { Consumers } from "../../../bridge/hub/consumers.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { TestJournal } from "../../support/test_journal.ts";
import { idleHolder } from "../../support/fake_socket.ts";
import { settle } from "../../support/fake_clock.ts";

/** A journal whose positions become durable when the test says so. */
class SlowJournal extends TestJournal {
  readonly writes: { seq: number; end(error?: Error): void }[] = [];
  override setPosition(consumer: string, seq: number): Promise<void> {
    return this.#write(seq, () => super.setPosition(consumer, seq));
  }
  override resetPosition(consumer: string, seq: number): Promise<void> {
    return this.#write(seq, () => super.resetPosition(consumer, seq));
  }
  #write(seq: number, store: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.writes.push({
      seq,
      end: (error) => {
        if (error !== undefined) return reject(error);
        void store();
        resolve();
      },
    });
    return promise;
  }
}

const holder = idleHolder();
const noError = (error: unknown) => {
  throw error;
};

Deno.test("Consumers: only the latest position is written after a pending write", async () => {
  const journal = new SlowJournal();
  const consumers = new Consumers(journal);
  for (const seq of [1, 2, 5, 3]) consumers.setPosition("c", seq, noError);
  assertEquals(journal.writes.map(({ seq }) => seq), [1]);
  journal.writes[0]!.end();
  await settle();
  assertEquals(journal.writes.map(({ seq }) => seq), [1, 5]);
  journal.writes[1]!.end();
  await settle();
  consumers.setPosition("c", 6, noError);
  assertEquals(journal.writes.at(-1)?.seq, 6);
});

Deno.test("Consumers: a new holder resumes after the position that is being written", async () => {
  const journal = new SlowJournal();
  const consumers = new Consumers(journal);
  consumers.setPosition("c", 4, noError);
  assertEquals(consumers.acquire("c", holder), 4);
  consumers.setPosition("c", 7, noError);
  assertEquals(consumers.acquire("c", holder), 7);
  journal.writes[0]!.end();
  await settle();
  assertEquals(consumers.acquire("c", holder), 7);
  journal.writes[1]!.end();
  await settle();
  assertEquals(consumers.acquire("c", holder), 7);
});

Deno.test("Consumers: a move at any moment around the end of a write is not lost", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const journal = new SlowJournal();
    const consumers = new Consumers(journal);
    consumers.setPosition("c", 1, noError);
    journal.writes[0]!.end();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    consumers.setPosition("c", 2, noError);
    await settle();
    for (const write of journal.writes.slice(1)) write.end();
    await settle();
    assertEquals(journal.position("c"), 2, `after ${turns} turns`);
  }
});

Deno.test("Consumers: a failed write is reported, and the next position is written", async () => {
  const journal = new SlowJournal();
  const consumers = new Consumers(journal);
  const errors: unknown[] = [];
  const error = new Error("full disk");
  consumers.setPosition("c", 1, (error) => errors.push(error));
  journal.writes[0]!.end(error);
  await settle();
  assertEquals(errors, [error]);
  consumers.setPosition("c", 2, noError);
  journal.writes[1]!.end();
  await settle();
  assertEquals(journal.position("c"), 2);
});

Deno.test("Consumers.reset(): moves back in spite of pending writes, and later moves continue from there", async () => {
  const journal = new SlowJournal();
  const consumers = new Consumers(journal);
  consumers.setPosition("c", 9, noError);
  consumers.setPosition("c", 12, noError);
  const reset = consumers.reset("c", 3);
  assertEquals([consumers.acquire("c", holder), consumers.isUncertain("c")], [
    3,
    true,
  ]);
  for (let nth = 0; nth < 2; nth++) {
    await settle();
    journal.writes[nth]!.end();
  }
  await reset;
  // The position 12 of the connection before is not written any more.
  assertEquals(journal.writes.map(({ seq }) => seq), [9, 3]);
  assertEquals([journal.position("c"), consumers.isUncertain("c")], [3, false]);
  consumers.setPosition("c", 4, noError);
  journal.writes[2]!.end();
  await settle();
  assertEquals(journal.position("c"), 4);
  const failing = consumers.reset("c", 1);
  await settle();
  journal.writes[3]!.end(new Error("full disk"));
  await assertRejects(() => failing, Error, "full disk");
  assertEquals([consumers.acquire("c", holder), consumers.isUncertain("c")], [
    4,
    false,
  ]);
});

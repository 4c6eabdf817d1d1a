import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import { LogTimeoutError } from "../../../bridge/cluster/replicated_log.ts";
import { collect } from "../../contract/replicated_log_suite.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("MemoryLog.append: rejects after 5 s when the acknowledgement is lost, although the record is stored", async () => {
  const clock = new FakeClock();
  const stream = new MemoryStream({ clock });
  const log = new MemoryLog(stream, { isAckLost: () => true });
  const failed = assertRejects(
    () => log.append(bytes("1"), "a.1"),
    LogTimeoutError,
  );
  await clock.advance(4999);
  assertEquals(stream.records.length, 1);
  await clock.advance(1);
  await failed;
});

Deno.test("MemoryLog.append: a record that is on its way arrives after the node closed", async () => {
  const clock = new FakeClock();
  const stream = new MemoryStream({ clock });
  const log = new MemoryLog(stream, { delayMs: () => 30_000 });
  log.append(bytes("late"), "a.1").catch(() => {});
  await clock.advance(1000);
  await log.close();
  assertEquals(stream.records.length, 0);
  await clock.advance(30_000);
  assertEquals(stream.records.map(({ id }) => id), ["a.1"]);
});

Deno.test("MemoryStream.store: takes an id again after two minutes", async () => {
  const clock = new FakeClock();
  const stream = new MemoryStream({ clock });
  stream.store(bytes("1"), "a.1");
  await clock.advance(119_999);
  stream.store(bytes("1"), "a.1");
  assertEquals(stream.records.length, 1);
  await clock.advance(1);
  stream.store(bytes("1"), "a.1");
  assertEquals(stream.records.length, 2);
});

for (
  const [what, lose] of [
    ["rolled back", (stream) => stream.rollBack(1)],
    ["created anew", (stream) => stream.recreate()],
    ["rolled back and then written by another node", (stream) => {
      stream.rollBack(1);
      stream.store(bytes("other"), "b.1");
    }],
  ] as [string, (stream: MemoryStream) => void][]
) {
  Deno.test(`MemoryLog.follow: reports the loss once when the log is ${what}`, async () => {
    const clock = new FakeClock();
    const stream = new MemoryStream({ clock });
    const follower = await collect(new MemoryLog(stream));
    stream.store(bytes("1"), "a.1");
    stream.store(bytes("2"), "a.2");
    await clock.advance(10);
    assertEquals(follower.texts, ["1", "2"]);
    lose(stream);
    await clock.advance(10);
    stream.store(bytes("3"), "c.1");
    await clock.advance(10);
    assertEquals([follower.lost.length, follower.texts], [1, ["1", "2"]]);
  });
}

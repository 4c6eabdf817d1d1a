import { LineWriter, WAITING_CHARS } from "../../../bridge/ops/line_writer.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

/** Accepts a write only when the test allows it. */
class Reader {
  readonly clock = new FakeClock();
  readonly read: string[] = [];
  readonly lost: number[] = [];
  readonly lines: LineWriter;
  #next = Promise.withResolvers<void>();

  constructor() {
    this.lines = new LineWriter({
      write: async (bytes) => {
        await this.#next.promise;
        this.read.push(new TextDecoder().decode(bytes));
        return bytes.length;
      },
      lost: (count) => {
        this.lost.push(count);
        this.lines.write(`lost ${count}\n`);
      },
      clock: this.clock,
    });
  }

  go(): void {
    this.#next.resolve();
  }

  stop(): void {
    this.#next = Promise.withResolvers();
  }
}

Deno.test("lines: in their order, and together where they waited", async () => {
  const reader = new Reader();
  for (const line of ["a\n", "b\n", "c\n"]) reader.lines.write(line);
  reader.go();
  await reader.lines.flush();
  assertEquals(reader.read, ["a\n", "b\nc\n"]);
  reader.lines.write("d\n");
  await reader.lines.flush();
  assertEquals(reader.read.join(""), "a\nb\nc\nd\n");
  assertEquals(reader.lost, []);
});

Deno.test("LineWriter: a reader that stops costs a bounded number of lines, and then sees how many are missing", async () => {
  const reader = new Reader();
  const line = `${"x".repeat(1023)}\n`;
  const kept = WAITING_CHARS / line.length;
  for (let n = 0; n < kept + 7; n++) reader.lines.write(line);
  reader.go();
  await reader.lines.flush();
  assertEquals(reader.read.join(""), `${line.repeat(kept)}lost 7\n`);
  assertEquals(reader.lost, [7]);
  // There is room again, for as much as before.
  reader.stop();
  for (let n = 0; n < kept; n++) reader.lines.write(line);
  reader.go();
  await reader.lines.flush();
  assertEquals(reader.lost, [7]);
});

Deno.test("lines: the end does not wait for who does not read", async () => {
  const reader = new Reader();
  reader.lines.write("a\n");
  const flushed = reader.lines.flush();
  await reader.clock.advance(1000);
  await flushed;
  assertEquals(reader.read, []);
  reader.go();
  await reader.lines.flush();
});

Deno.test("lines: a pipe that breaks, or takes bytes one by one", async () => {
  const written: number[] = [];
  let fails = true;
  const lines = new LineWriter({
    write: (bytes) => {
      if (fails) return Promise.reject(new Deno.errors.BrokenPipe());
      written.push(bytes[0]!);
      return Promise.resolve(1);
    },
    lost: () => assert(false),
    clock: new FakeClock(),
  });
  lines.write("lost\n");
  await lines.flush();
  fails = false;
  lines.write("号\n");
  await lines.flush();
  assertEquals(new TextDecoder().decode(new Uint8Array(written)), "号\n");
});

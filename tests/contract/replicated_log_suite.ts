import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  digestOf,
  LogClosedError,
  LogFullError,
  type LogLostError,
  type LogMark,
  type LogRecord,
  LogTimeoutError,
  type ReplicatedLog,
} from "../../bridge/cluster/replicated_log.ts";

/** A log with the connections of some nodes. */
export interface LogStage {
  /** Connects one more node. */
  connect(): Promise<ReplicatedLog>;
  /** Lets time pass until a promise settles. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass until a condition holds. */
  until(isDone: () => boolean): Promise<void>;
  /** Lets time pass in which something must not happen. */
  pass(): Promise<void>;
  /** Cuts all nodes off the log, or connects them again. */
  setCut(isCut: boolean): void;
  /** Makes the log refuse records, or take them again. */
  setFull(isFull: boolean): Promise<void>;
  close(): Promise<void>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (record: LogRecord) => new TextDecoder().decode(record.bytes);

/** Collects what a follower receives. */
export async function collect(
  log: ReplicatedLog,
  after: number | LogMark = 0,
) {
  const records: LogRecord[] = [];
  const lost: LogLostError[] = [];
  const stop = await log.follow(
    after,
    (some) => void records.push(...some),
    (error) => lost.push(error),
  );
  return {
    records,
    lost,
    stop,
    get texts() {
      return records.map(text);
    },
  };
}

/** Appends texts one after the other under the ids `a.1`, `a.2` and so on. */
async function appendAll(stage: LogStage, log: ReplicatedLog, texts: string[]) {
  for (const [index, value] of texts.entries()) {
    await stage.run(log.append(bytes(value), `a.${index + 1}`));
  }
}

const CASES: Record<string, (stage: LogStage) => Promise<void>> = {
  "follow: delivers what was appended before and afterwards, in one order at all nodes":
    async (
      stage,
    ) => {
      const [a, b] = [await stage.connect(), await stage.connect()];
      await appendAll(stage, a, ["1", "2", "3"]);
      const [atA, atB] = [await collect(a), await collect(b)];
      await stage.until(() => atA.records.length === 3);
      await stage.run(Promise.all(
        Array.from(
          { length: 40 },
          (_, number) =>
            (number % 2 ? a : b).append(bytes(`x${number}`), `b.${number}`),
        ),
      ));
      await stage.until(() =>
        atA.records.length === 43 && atB.records.length === 43
      );
      assertEquals(atA.records, atB.records);
      assertEquals(atA.texts.slice(0, 3), ["1", "2", "3"]);
      assertEquals(atA.records.slice(0, 3).map(({ id }) => id), [
        "a.1",
        "a.2",
        "a.3",
      ]);
      const indexes = atA.records.map(({ index }) => index);
      assertEquals(indexes, indexes.toSorted((x, y) => x - y));
      assertEquals(new Set(atA.records.map(text)).size, 43);
    },
  "follow: starts after an index, also inside a hole": async (stage) => {
    const log = await stage.connect();
    await appendAll(stage, log, ["1", "2", "3", "4"]);
    const all = await collect(log);
    await stage.until(() => all.records.length === 4);
    const two = all.records[1]!.index;
    await stage.run(log.purge(two));
    const [rest, fromHole] = [await collect(log, two), await collect(log, 1)];
    await stage.until(() =>
      rest.records.length === 2 && fromHole.records.length === 2
    );
    assertEquals([rest.texts, fromHole.texts], [["3", "4"], ["3", "4"]]);
  },
  "follow: waits while what it delivered is being applied": async (stage) => {
    const log = await stage.connect();
    const taken: string[] = [];
    let apply = () => {};
    let isBusy = false;
    await log.follow(0, (records) => {
      assert(!isBusy, "delivered while the former records are being applied");
      isBusy = true;
      taken.push(...records.map(text));
      return new Promise<void>((resolve) => {
        apply = () => {
          isBusy = false;
          resolve();
        };
      });
    }, () => {});
    await appendAll(stage, log, ["1"]);
    await stage.until(() => taken.length === 1);
    await stage.run(log.append(bytes("2"), "a.2"));
    await stage.run(log.append(bytes("3"), "a.3"));
    await stage.until(() => log.lag() === 3);
    assertEquals(taken, ["1"]);
    apply();
    await stage.until(() => taken.length > 1);
    apply();
    await stage.until(() => {
      apply();
      return taken.length === 3;
    });
    await stage.until(() => log.lag() === 0);
    assertEquals(taken, ["1", "2", "3"]);
  },
  "follow: delivers nothing once it is stopped": async (stage) => {
    const log = await stage.connect();
    const follower = await collect(log);
    await appendAll(stage, log, ["1"]);
    await stage.until(() => follower.records.length === 1);
    await stage.run(follower.stop());
    await stage.run(log.append(bytes("2"), "a.2"));
    await stage.pass();
    assertEquals(follower.texts, ["1"]);
  },
  "append: stores a record once when it is repeated under its id": async (
    stage,
  ) => {
    const [a, b] = [await stage.connect(), await stage.connect()];
    await stage.run(a.append(bytes("1"), "a.1"));
    await stage.run(b.append(bytes("1"), "a.1"));
    await stage.run(a.append(bytes("2"), "a.2"));
    const follower = await collect(b);
    await stage.until(() => follower.texts.includes("2"));
    assertEquals(follower.texts, ["1", "2"]);
  },
  "append: stores a record again as another attempt": async (stage) => {
    const log = await stage.connect();
    const indexes: number[] = [];
    for (const attempt of [0, 1, 0, 1]) {
      const appended = log.append(bytes("1"), "a.1", attempt);
      indexes.push(await stage.run(appended));
    }
    const follower = await collect(log);
    await stage.until(() => follower.records.length === 2);
    assertEquals(follower.records.map(({ id }) => id), ["a.1", "a.1"]);
    const stored = follower.records.map(({ index }) => index);
    assertEquals(indexes, [...stored, ...stored]);
  },
  "append: rejects when cut off, and the record is there once after it is repeated":
    async (
      stage,
    ) => {
      const log = await stage.connect();
      const follower = await collect(log);
      await appendAll(stage, log, ["1"]);
      await stage.until(() => follower.records.length === 1);
      stage.setCut(true);
      const failed = log.append(bytes("2"), "a.2");
      await assertRejects(() => stage.run(failed), LogTimeoutError);
      stage.setCut(false);
      let isStored = false;
      const repeat = async () => {
        while (!isStored) {
          try {
            await log.append(bytes("2"), "a.2");
            isStored = true;
          } catch { /* cut off until the connection is back */ }
        }
      };
      await stage.run(repeat());
      await stage.run(log.append(bytes("3"), "a.3"));
      await stage.until(() => follower.texts.includes("3"));
      assertEquals(follower.texts, ["1", "2", "3"]);
      assertEquals(follower.lost, []);
    },
  "append: rejects with LogFullError when the log is full, and goes on when there is space":
    async (
      stage,
    ) => {
      const log = await stage.connect();
      const follower = await collect(log);
      await appendAll(stage, log, ["1"]);
      await stage.setFull(true);
      await assertRejects(
        () => stage.run(log.append(bytes("2".repeat(5000)), "a.2")),
        LogFullError,
      );
      await stage.setFull(false);
      await stage.run(log.append(bytes("2"), "a.2", 1));
      await stage.until(() => follower.records.length === 2);
      assertEquals(follower.texts, ["1", "2"]);
    },
  "found: is stored once, delivered, and survives a purge": async (stage) => {
    const [a, b] = [await stage.connect(), await stage.connect()];
    assertEquals(await stage.run(a.readFound()), undefined);
    assertEquals(await stage.run(a.found(bytes("first"))), true);
    assertEquals(await stage.run(b.found(bytes("second"))), false);
    await appendAll(stage, a, ["1", "2"]);
    const follower = await collect(b);
    await stage.until(() => follower.records.length === 3);
    assertEquals(follower.texts, ["first", "1", "2"]);
    assertEquals(follower.records[0]!.id, "found");
    const last = follower.records[2]!.index;
    assertEquals(await stage.run(a.first()), follower.records[1]!.index);
    await stage.run(a.purge(last));
    assertEquals(await stage.run(a.first()), last + 1);
    const found = await stage.run(b.readFound());
    assertEquals(found && text(found), "first");
    assertEquals((await stage.run(a.info())).last, last);
  },
  "follow: reports a log that no longer has what was taken from it": async (
    stage,
  ) => {
    const log = await stage.connect();
    await appendAll(stage, log, ["1", "2"]);
    const all = await collect(log);
    await stage.until(() => all.records.length === 2);
    const { index, bytes: last } = all.records[1]!;
    const { created } = await stage.run(log.info());
    const digest = digestOf(last);
    const marks: [mark: LogMark, isLost: boolean][] = [
      [{ index, digest, created }, false],
      [{ index: index + 9 }, true],
      [{ index, digest: digestOf(bytes("other")) }, true],
      [{ index, digest, created: "before" }, true],
    ];
    for (const [mark, isLost] of marks) {
      const follower = await collect(log, mark);
      if (isLost) {
        await stage.until(() => follower.lost.length === 1);
      } else {
        await stage.run(log.append(bytes("3"), "a.3"));
        await stage.until(() => follower.records.length === 1);
      }
      assertEquals(follower.lost.length, isLost ? 1 : 0);
      if (isLost) assertEquals(follower.records, []);
      await stage.run(follower.stop());
    }
  },
  "close: rejects what is pending and what comes later": async (stage) => {
    const log = await stage.connect();
    await appendAll(stage, log, ["1"]);
    stage.setCut(true);
    const pending = assertRejects(
      () => log.append(bytes("2"), "a.2"),
      LogClosedError,
    );
    await stage.run(log.close());
    await stage.run(pending);
    await assertRejects(
      () => stage.run(log.append(bytes("3"), "a.3")),
      LogClosedError,
    );
  },
};

/** Runs the contract of a replicated log over one implementation. */
export function testReplicatedLog(
  name: string,
  open: () => Promise<LogStage>,
  test: (name: string, run: () => Promise<void>) => void = Deno.test,
): void {
  for (const [title, run] of Object.entries(CASES)) {
    test(`${name}: ${title}`, async () => {
      const stage = await open();
      try {
        await run(stage);
      } finally {
        await stage.close();
      }
    });
  }
}

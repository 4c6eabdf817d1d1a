import { assert } from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";
import { MemoryLog, MemoryStream } from "../../bridge/cluster/memory_log.ts";
import { type LogStage, testReplicatedLog } from "./replicated_log_suite.ts";

testReplicatedLog("MemoryLog", () => Promise.resolve(memoryStage()));

function memoryStage(): LogStage {
  const clock = new FakeClock();
  const stream = new MemoryStream({ clock });
  const logs: MemoryLog[] = [];
  return {
    connect() {
      const log = new MemoryLog(stream, { delayMs: () => 3 });
      logs.push(log);
      return Promise.resolve(log);
    },
    async run(promise) {
      let isSettled = false;
      const settled = () => isSettled = true;
      promise.then(settled, settled);
      await this.until(() => isSettled);
      return promise;
    },
    async until(isDone) {
      for (let ms = 0; !isDone(); ms++) {
        assert(ms < 20_000, "it did not happen within 20 s");
        await clock.advance(1);
      }
    },
    pass: () => clock.advance(1000),
    setCut(isCut) {
      for (const log of logs) log.isCut = isCut;
    },
    setFull(isFull) {
      stream.maxBytes = isFull ? 100 : Infinity;
      return Promise.resolve();
    },
    async close() {
      for (const log of logs) await log.close();
    },
  };
}

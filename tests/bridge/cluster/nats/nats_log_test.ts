import { assertEquals, assertRejects } from "@std/assert";
import type { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../../../bridge/cluster/nats/nats_log.ts";
import { LogTimeoutError } from "../../../../bridge/cluster/replicated_log.ts";

/** What servers answer while they hold a message for one that is being stored. */
const UNDER_WAY = {
  "2.10": { error: { err_code: 10158, description: "duplicate in process" } },
  "2.9": { seq: 0, duplicate: true },
};

for (const [version, answer] of Object.entries(UNDER_WAY)) {
  Deno.test(`NatsLog.append: gives a message up that NATS ${version} says is under way, and sends the next attempt under another id`, async () => {
    const ids: string[] = [];
    const link = {
      request(
        _subject: string,
        _payload: Uint8Array,
        _timeoutMs: number,
        head: Record<string, string>,
      ) {
        const id = head["Nats-Msg-Id"]!;
        ids.push(id);
        const reply = id === "a.1" ? answer : { seq: 7 };
        return Promise.resolve({ json: () => reply });
      },
    };
    const log = new NatsLog(link as unknown as NatsLink, "test");
    const record = new Uint8Array(1);
    await assertRejects(() => log.append(record, "a.1"), LogTimeoutError);
    // One every 100 ms, for 1.5 s instead of the 5 s without any answer.
    assertEquals(ids.length > 1 && ids.length < 20, true, `${ids.length}`);
    assertEquals(await log.append(record, "a.1", 1), 7);
    assertEquals([...new Set(ids)], ["a.1", "a.1~1"]);
  });
}

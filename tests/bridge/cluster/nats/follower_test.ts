import { assertEquals } from "@std/assert";
import { Follower } from "../../../../bridge/cluster/nats/follower.ts";
import type { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import type { LogRecord } from "../../../../bridge/cluster/replicated_log.ts";
import { until } from "../../../support/nats_stage.ts";

const never = new Promise<never>(() => {});
const record = (index: number): LogRecord => ({
  index,
  id: `a.${index}`,
  bytes: new Uint8Array([index]),
});

/** A follower of a stream whose servers leave the first questions of a kind unanswered. */
function follow(unanswered: { infos: number; consumers: number }) {
  const left = { ...unanswered };
  const records = [record(1), record(3)];
  const taken: number[] = [];
  const link = {
    isConnected: true,
    createInbox: () => "inbox",
    subscribe: () => () => {},
    publish: () => {},
    api(name: string) {
      if (name.startsWith("CONSUMER.CREATE") && left.consumers-- > 0) {
        return never;
      }
      return Promise.resolve({ name: "consumer" });
    },
  };
  const follower = new Follower({
    link: link as unknown as NatsLink,
    stream: "TQQ_test",
    reader: {
      info: () =>
        left.infos-- > 0
          ? never
          : Promise.resolve({ created: "x", first: 1, last: 3, bytes: 9 }),
      read: () => Promise.resolve(undefined),
      next: (after) =>
        Promise.resolve(records.find(({ index }) => index > after)),
    },
    after: { index: 0 },
    onRecords: (some) => void taken.push(...some.map(({ index }) => index)),
    onLost: (error) => {
      throw error;
    },
  });
  return { follower, records, taken };
}

Deno.test("Follower: reads records one by one while the servers make no consumer", async () => {
  const { follower, records, taken } = follow({ infos: 0, consumers: 1 });
  await until(() => taken.length === 2, "what was there");
  records.push(record(4));
  await until(() => taken.length === 3, "what comes later");
  assertEquals(taken, [1, 3, 4]);
  follower.stop();
});

Deno.test("Follower: asks again when a question that was sent during an election has no answer", async () => {
  const { follower } = follow({ infos: 1, consumers: 0 });
  await until(() => follower.renewals === 1, "a consumer");
  follower.stop();
});

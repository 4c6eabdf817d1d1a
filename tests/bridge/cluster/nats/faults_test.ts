import { delay } from "@std/async";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { NatsServers, natsTest } from "../../../support/nats_servers.ts";
import {
  appendUntilStored,
  NatsStage,
  until,
} from "../../../support/nats_stage.ts";
import { collect } from "../../../contract/replicated_log_suite.ts";
import { Follower } from "../../../../bridge/cluster/nats/follower.ts";
import { LogFullError } from "../../../../bridge/cluster/replicated_log.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const wait = (ms: number) => delay(ms);

/** Appends numbers until it is stopped, each until it is acknowledged. Returns how many were. */
function appendNumbers(log: Parameters<typeof appendUntilStored>[0]) {
  let isStopped = false;
  let count = 0;
  const done = (async () => {
    while (!isStopped) {
      const number = count + 1;
      await appendUntilStored(log, bytes(`${number}`), `a.${number}`);
      count = number;
      await wait(2);
    }
  })();
  return {
    get count() {
      return count;
    },
    async stop() {
      isStopped = true;
      await done;
      return count;
    },
  };
}

const numbersTo = (count: number) =>
  Array.from({ length: count }, (_, index) => `${index + 1}`);

natsTest(
  "NatsLog: nothing is lost, doubled or out of order when the stream's leader is killed",
  async () => {
    await using servers = await NatsServers.start();
    const stage = await NatsStage.open(servers);
    const [writer, reader] = [await stage.connect(), await stage.connect()];
    const follower = await collect(reader);
    const numbers = appendNumbers(writer);
    await until(() => numbers.count > 50);
    const leader = await writer.leader();
    await servers.kill(leader!);
    const before = numbers.count;
    await until(() => numbers.count > before + 50, "append after the kill");
    const ackedAt = performance.now();
    await until(() => follower.records.length > before + 50, "delivery");
    assert(performance.now() - ackedAt < 15_000, "delivery lags behind");
    servers.start(leader!);
    await until(() => numbers.count > before + 100);
    const count = await numbers.stop();
    await until(() => follower.records.length >= count);
    assertEquals(follower.texts, numbersTo(count));
    assertEquals(follower.lost, []);
    await stage.close();
  },
);

natsTest(
  "NatsLog: goes on when all servers were killed and started again",
  async () => {
    await using servers = await NatsServers.start();
    const stage = await NatsStage.open(servers);
    const [writer, reader] = [await stage.connect(), await stage.connect()];
    const follower = await collect(reader);
    const numbers = appendNumbers(writer);
    await until(() => numbers.count > 50);
    await Promise.all(servers.names.map((name) => servers.kill(name)));
    await until(() => !writer.isConnected);
    const before = numbers.count;
    for (const name of servers.names) servers.start(name);
    await until(() => numbers.count > before + 50, "append after the restart");
    const count = await numbers.stop();
    await until(() => follower.records.length >= count);
    assertEquals(follower.texts, numbersTo(count));
    assertEquals(follower.lost, []);
    await stage.close();
  },
);

natsTest(
  "Follower: is renewed behind the last record when its connection is cut off and comes back",
  async () => {
    await using servers = await NatsServers.start({ count: 1 });
    const stage = await NatsStage.open(servers);
    const writer = await stage.connectDirectly();
    const link = await stage.link();
    const reader = stage.logs[0]!;
    const taken: string[] = [];
    const follower = new Follower({
      link,
      stream: `TQQ_${stage.name}`,
      reader,
      after: { index: 0 },
      onRecords: (records) =>
        void taken.push(
          ...records.map((record) => new TextDecoder().decode(record.bytes)),
        ),
      onLost: (error) => {
        throw error;
      },
    });
    await appendUntilStored(writer, bytes("1"), "a.1");
    await until(() => taken.length === 1 && follower.renewals === 1);
    stage.setCut(true);
    await appendUntilStored(writer, bytes("2"), "a.2");
    await wait(200);
    stage.setCut(false);
    await until(() => taken.length === 2);
    assertEquals(taken, ["1", "2"]);
    // While a consumer is being made, records are read without it.
    await until(() => follower.renewals === 2, "its renewal");
    follower.stop();
    await link.close();
    await stage.close();
  },
);

natsTest(
  "Follower: drops its consumer when too much waits to be applied, and gets the rest afterwards",
  async () => {
    await using servers = await NatsServers.start({ count: 1 });
    const stage = await NatsStage.open(servers);
    const log = stage.logs[0]!;
    const link = await stage.link();
    const size = 200_000;
    const count = 60;
    for (let number = 1; number <= count; number++) {
      const record = new Uint8Array(size);
      record[0] = number;
      await appendUntilStored(log, record, `a.${number}`);
    }
    const taken: number[] = [];
    let apply: (() => void) | undefined;
    let most = 0;
    const follower: Follower = new Follower({
      link,
      stream: `TQQ_${stage.name}`,
      reader: log,
      after: { index: 0 },
      maxWaitingBytes: 10 * size,
      onRecords(records) {
        taken.push(...records.map((record) => record.bytes[0]!));
        return new Promise<void>((resolve) => apply = resolve);
      },
      onLost: (error) => {
        throw error;
      },
    });
    await until(() => follower.waitingBytes > 10 * size, "the queue is full");
    await wait(500);
    most = follower.waitingBytes;
    assert(most <= 11 * size, `${most} bytes wait`);
    await until(() => {
      most = Math.max(most, follower.waitingBytes);
      apply?.();
      return taken.length === count;
    }, "the rest");
    assertEquals(
      taken,
      Array.from({ length: count }, (_, index) => index + 1),
    );
    assert(most <= 11 * size, `${most} bytes waited`);
    assert(follower.renewals > 1, "it dropped no consumer");
    follower.stop();
    await link.close();
    await stage.close();
  },
);

natsTest(
  "NatsLog: a full stream refuses records until it is purged, and loses none",
  async () => {
    await using servers = await NatsServers.start({ count: 1 });
    const stage = await NatsStage.open(servers, 100_000);
    const log = stage.logs[0]!;
    const follower = await collect(log);
    let count = 0;
    await assertRejects(async () => {
      for (;;) {
        await log.append(new Uint8Array(5000), `a.${count + 1}`);
        count++;
      }
    }, LogFullError);
    assert(count > 10 && count < 20, `${count} records`);
    await until(() => follower.records.length === count);
    await log.purge(follower.records[count - 2]!.index);
    await log.append(new Uint8Array(5000), `a.${count + 1}`, 1);
    await until(() => follower.records.length === count + 1);
    assertEquals(
      follower.records.map(({ id }) => id),
      Array.from({ length: count + 1 }, (_, index) => `a.${index + 1}`),
    );
    await stage.close();
  },
);

natsTest(
  "Follower: reports records that the stream lost because an older folder was put back",
  async () => {
    await using servers = await NatsServers.start({ count: 1 });
    const [name] = servers.names;
    const stage = await NatsStage.open(servers);
    const log = stage.logs[0]!;
    await log.append(bytes("1"), "a.1");
    await servers.kill(name!, "SIGTERM");
    await new Deno.Command("cp", {
      args: ["-a", servers.storeDirOf(name!), `${servers.folder}/older`],
    }).output();
    servers.start(name!);
    const follower = await collect(log);
    await appendUntilStored(log, bytes("2"), "a.2");
    await until(() => follower.records.length === 2);
    await servers.kill(name!, "SIGTERM");
    await Deno.remove(servers.storeDirOf(name!), { recursive: true });
    await Deno.rename(`${servers.folder}/older`, servers.storeDirOf(name!));
    servers.start(name!);
    await until(() => follower.lost.length > 0, "the loss");
    assert(/it ends at 1, but record 2/.test(follower.lost[0]!.message));
    assertEquals(follower.texts, ["1", "2"]);
    await stage.close();
  },
);

for (
  const [what, isCreated, message] of [
    ["created anew", true, /it was created anew/],
    ["deleted", false, /was deleted/],
  ] as const
) {
  natsTest(`Follower: reports a stream that was ${what}`, async () => {
    await using servers = await NatsServers.start({ count: 1 });
    const stage = await NatsStage.open(servers);
    const log = stage.logs[0]!;
    const follower = await collect(log);
    await log.append(bytes("1"), "a.1");
    await until(() => follower.records.length === 1);
    await log.delete();
    if (isCreated) {
      await log.create({ replicas: 1, maxBytes: 1_000_000 });
      await log.append(bytes("1"), "b.1");
    }
    await until(() => follower.lost.length > 0, "the loss");
    assert(message.test(follower.lost[0]!.message), follower.lost[0]!.message);
    assertEquals(follower.texts, ["1"]);
    await stage.close();
  });
}

import {
  MemoryLog,
  MemoryStream,
} from "../../../../bridge/cluster/memory_log.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../../bridge/cluster/memory_rpc.ts";
import {
  copyReplica,
  type ReplicaCopyOptions,
} from "../../../../bridge/cluster/upkeep/replica_copy.ts";
import {
  COPY_PIECE_BYTES,
  ReplicaSource,
} from "../../../../bridge/cluster/upkeep/replica_source.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import type { Clock } from "../../../../lib/clock.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  openMemoryLog,
  openNode,
  openOwner,
  turnClock,
} from "../../../support/cluster_nodes.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { PlainCodec } from "../../../support/plain_codec.ts";

/** A clock a hundred times as fast: a copy that heard no beat asks again. */
const fastClock: Clock = {
  now: () => turnClock.now(),
  after: (delayMs, run) => turnClock.after(Math.ceil(delayMs / 100), run),
};

/** A node with a replica on disk, which beats; and what a new node needs. */
async function stage() {
  const folder = await Deno.makeTempDir();
  const stream = new MemoryStream({ clock: turnClock });
  const network = new MemoryNetwork(turnClock);
  const log = new MemoryLog(stream);
  const database = openJournal(`${folder}/journal.db`);
  const journal = await openOwner(log, { node: "aaaaaaaa", database });
  await journal.append({
    events: Array.from({ length: 300 }, (_, index) => ({
      account: "10001",
      at: 0,
      event: "message",
      data: { from: "10002", text: `${index} ${"x".repeat(3000)}` },
    })),
  });
  await journal.setPosition("t1/bot", 7);
  // A copy that nobody asks for ends when the test says so, however slow the machine is.
  const sourceClock = new FakeClock();
  const source = new ReplicaSource(`${folder}/journal.db`, sourceClock);
  const served = new MemoryRpc(network).serve("aaaaaaaa", (request) => {
    const { copy } = JSON.parse(new TextDecoder().decode(request));
    return source.answer(copy);
  });
  const beats = setInterval(() => {
    const control = { op: "beat", node: "aaaaaaaa", applied: 1 } as const;
    journal.control(control).catch(() => {});
  }, 10);
  const copied: number[] = [];
  const options: ReplicaCopyOptions = {
    log,
    codec: new PlainCodec(),
    rpc: new MemoryRpc(network),
    epoch: journal.epoch,
    path: `${folder}/other.db`,
    clock: fastClock,
    signal: new AbortController().signal,
    onCopy: (_, bytes) => copied.push(bytes),
  };
  return {
    folder,
    stream,
    log,
    journal,
    source,
    sourceClock,
    options,
    copied,
    async end() {
      clearInterval(beats);
      served();
      source.close();
      await journal.close();
      await log.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("copyReplica() gives a new node what the log no longer holds, and it follows from there", async () => {
  const { stream, log, journal, options, copied, end } = await stage();
  stream.purge(journal.applied);
  // Of the log before a rebuild that gave a new epoch.
  const former = await openNode(openMemoryLog(), {
    epoch: "zzzzzzzzzzzz",
    database: openJournal(options.path),
  });
  await former.close();
  await copyReplica(options);
  assert(copied[0]! > 2 * COPY_PIECE_BYTES);
  const kept = openJournal(`${options.path}.former`);
  assertEquals(
    { ...kept.prepare("SELECT value FROM meta WHERE name = 'epoch'").get() },
    { value: "zzzzzzzzzzzz" },
  );
  kept.close();
  await journal.append({
    events: [{
      account: "10001",
      at: 0,
      event: "message",
      data: { from: "10002", text: "later" },
    }],
  });
  const database = openJournal(options.path);
  const other = await openNode(log, { database });
  await other.settle();
  const all = { limit: 1000 };
  assertEquals(other.read(0, all).events.length, 301);
  assertEquals(other.read(0, all), journal.read(0, all));
  assertEquals(other.position("t1/bot"), 7);
  assertEquals(other.replica.seen.chain, other.replica.chainAt(other.applied));
  await other.close();
  await end();
});

Deno.test("copyReplica() waits while another node gets a copy", async () => {
  const { source, sourceClock, options, end } = await stage();
  await source.answer({ id: "another" });
  const waits: string[] = [];
  await copyReplica({
    ...options,
    onWait: (errors) => {
      waits.push(...errors.map(String));
      if (errors.length > 0) sourceClock.advance(60_000);
    },
  });
  assertEquals(
    waits[0],
    "Error: Cannot copy from node aaaaaaaa: another node gets a copy",
  );
  await end();
});

Deno.test("copyReplica() refuses a replica of another cluster, and ends with its signal", async () => {
  const { options, folder, end } = await stage();
  const ending = new AbortController();
  const waits: string[] = [];
  await assertRejects(
    () =>
      copyReplica({
        ...options,
        epoch: "zzzzzzzzzzzz",
        signal: ending.signal,
        onWait: (errors) => {
          waits.push(...errors.map(String));
          if (errors.length > 0) ending.abort(new Error("enough"));
        },
      }),
    Error,
    "enough",
  );
  assertEquals(waits, [
    "Error: Cannot use a copied replica: it must be whole and of epoch zzzzzzzzzzzz, got k3f9k3f9k3f9",
  ]);
  await assertRejects(() => Deno.stat(`${folder}/other.db`));
  await end();
});

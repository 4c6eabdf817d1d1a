import { assert, assertEquals, assertThrows } from "@std/assert";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { Replica } from "../../../../bridge/cluster/replica/replica.ts";
import {
  readFounding,
  toFoundingRecord,
  toSuccessor,
} from "../../../../bridge/cluster/sealing/founding.ts";
import {
  compareReplicas,
  keepsEpoch,
  type MemberVerdict,
  readReplicaFounding,
  type ReplicaState,
  restartReplicaFile,
} from "../../../../bridge/cluster/upkeep/rebuild.ts";
import { systemClock } from "../../../../lib/clock.ts";
import {
  openMemoryLog,
  openNode,
  openOwner,
} from "../../../support/cluster_nodes.ts";
import { PlainCodec } from "../../../support/plain_codec.ts";

const STATE: ReplicaState = { epoch: "e", index: 9, seq: 4, chain: "c9" };

Deno.test("compareReplicas() keeps the epoch only of members that have the same or less on the same chain", async () => {
  const log = openMemoryLog();
  const journal = await openNode(log);
  const source = {
    epoch: "e",
    seen: STATE,
    membership: journal.membership,
    chainAt: (index: number) => index > 5 ? `c${index}` : undefined,
  };
  const cases: [Partial<ReplicaState> | undefined, MemberVerdict, boolean][] = [
    [{}, "same", true],
    [{ index: 7, chain: "c7" }, "behind", true],
    [{ index: 7, chain: "other" }, "differs", false],
    [{ chain: "other" }, "differs", false],
    [{ epoch: "f" }, "differs", false],
    [{ index: 3, chain: "c3" }, "unknown", false],
    [{ index: 10, chain: "c10" }, "ahead", false],
    [undefined, "silent", false],
  ];
  for (const [change, verdict, keeps] of cases) {
    const state = change && { ...STATE, ...change };
    assertEquals(compareReplicas(source, state), verdict);
    const member = { node: "a", state, verdict };
    const other = { node: "b", state: STATE, verdict: "same" as const };
    assertEquals(keepsEpoch([other, member]), keeps, verdict);
  }
  assert(keepsEpoch([]));
  await journal.close();
  await log.close();
});

Deno.test("restartReplicaFile() keeps what the cluster has, knows what was applied, and compares with what was applied last", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/journal.db`;
  try {
    assertEquals(readReplicaFounding(path), undefined);
    const log = openMemoryLog();
    const journal = await openOwner(log, {
      node: "aaaaaaaa",
      database: openJournal(path),
    });
    const events = [{
      account: "10001",
      at: 0,
      event: "message" as const,
      data: { from: "10002", text: "x" },
    }];
    await journal.append({ events });
    const early = journal.replica.seen;
    await journal.append({ events });
    await journal.write([{ type: "value", name: "v/1", value: "1" }]);
    await journal.setPosition("t1/bot", 2);
    const { epoch } = journal;
    await journal.close();
    await log.close();

    const open = () =>
      new Replica(openJournal(path), {
        epoch,
        codec: new PlainCodec(),
        clock: systemClock,
      });
    const stopped = open();
    assertEquals(stopped.chainAt(early.index), early.chain);
    await stopped.journal.close();
    for (let nth = 0; nth < 2; nth++) {
      restartReplicaFile(path, "new");
      assertEquals(readReplicaFounding(path), "new");
    }
    const replica = open();
    const { membership, mark, journal: kept } = replica;
    assertEquals([membership.members().length, mark], [0, { index: 0 }]);
    assertEquals([kept.head, kept.position("t1/bot")], [2, 2]);
    assertEquals(replica.shared.get("v/1"), "1");
    assert(replica.knowsWriter("aaaaaaaa"));
    await kept.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("toSuccessor() keeps keys and limits, and names the logs before it", () => {
  const limits = { ttlMs: 3000, replicas: 1 };
  const key = "the-secret-key-of-a-cluster";
  let record = toFoundingRecord(
    { epoch: "e", head: 3, ...limits },
    key,
    "tqq",
  );
  const first = readFounding(record, key, "tqq");
  assertEquals(first.formers, []);
  const digests: string[] = [];
  for (let nth = 0; nth < 20; nth++) {
    digests.push(readFounding(record, key, "tqq").digest);
    record = toSuccessor(record, { epoch: "f", head: 5 + nth }, key, "tqq");
  }
  const { keys, digest: _, ...last } = readFounding(record, key, "tqq");
  const formers = digests.slice(-16);
  assertEquals(last, { epoch: "f", head: 24, ...limits, formers });
  assertEquals(keys.sign("x"), first.keys.sign("x"));
  const forged = new TextDecoder().decode(record).replace("formers", "others");
  assertThrows(
    () => readFounding(new TextEncoder().encode(forged), key, "tqq"),
    Error,
    "TQQ_SECRET_KEY",
  );
});

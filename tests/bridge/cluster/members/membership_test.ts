import {
  type Control,
  Membership,
} from "../../../../bridge/cluster/members/membership.ts";
import {
  hashOf,
  shardOf,
  SHARDS,
  wantedOwners,
} from "../../../../bridge/cluster/members/shards.ts";
import { assert, assertEquals } from "@std/assert";

const A = "aaaaaaaa", B = "bbbbbbbb";

const join = (node: string, folder = node, edge = false): Control => ({
  op: "join",
  node,
  folder,
  version: 1,
  edge,
});
const ALL = Array.from({ length: SHARDS }, (_, shard) => shard);
const take = (node: string, shards = ALL): Control => ({
  op: "take",
  node,
  shards,
});

/** Applies controls with the indexes 1, 2, 3. */
function after(...controls: Control[]): Membership {
  const membership = new Membership();
  for (const [place, control] of controls.entries()) {
    membership.apply(control, place + 1);
  }
  return membership;
}

function counts(membership: Membership): Record<string, number> {
  const found: Record<string, number> = {};
  for (const shard of ALL) {
    const owner = membership.owner(shard) ?? "free";
    found[owner] = (found[owner] ?? 0) + 1;
  }
  return found;
}

/** Shards that each node shall own. */
const OF = (node: string, ...nodes: string[]) =>
  wantedOwners(nodes).filter((one) => one === node).length;

const CASES: [
  name: string,
  controls: Control[],
  owned: Record<string, number>,
][] = [
  ["take without join owns nothing", [take(A)], { free: 256 }],
  ["a single node takes all", [join(A), take(A)], { [A]: 256 }],
  ["take moves only free shards", [join(A), take(A), join(B), take(B)], {
    [A]: 256,
  }],
  [
    "release frees only the node's own shards",
    [join(A), take(A), join(B), { op: "release", node: B, shards: ALL }],
    { [A]: 256 },
  ],
  [
    "take gives a node only the shards that it shall own",
    [
      join(A),
      take(A),
      join(B),
      { op: "release", node: A, shards: ALL },
      take(B),
    ],
    { [B]: OF(B, A, B), free: 256 - OF(B, A, B) },
  ],
  ["an edge node takes nothing", [join(A, A, true), take(A)], { free: 256 }],
  [
    "dead frees the shards of a node that has not beaten since",
    [
      join(A),
      take(A),
      { op: "beat", node: A, applied: 2 },
      { op: "dead", node: A, beat: 3 },
    ],
    { free: 256 },
  ],
  [
    "dead is void after a later beat",
    [
      join(A),
      take(A),
      { op: "beat", node: A, applied: 2 },
      { op: "dead", node: A, beat: 1 },
    ],
    { [A]: 256 },
  ],
  ["leave frees the shards", [join(A), take(A), { op: "leave", node: A }], {
    free: 256,
  }],
  [
    "a join of the same folder removes its former process",
    [join(A, "f"), take(A), join(B, "f")],
    { free: 256 },
  ],
];

for (const [name, controls, owned] of CASES) {
  Deno.test(`membership: ${name}`, () => {
    const membership = after(...controls);
    assertEquals(counts(membership), owned);
    assertEquals(
      new Membership(membership.toText()).toText(),
      membership.toText(),
    );
  });
}

Deno.test("membership: apply() reports who is gone, and nothing for a beat", () => {
  const membership = after(join(A, "f"), take(A));
  assertEquals(
    membership.apply({ op: "beat", node: A, applied: 2 }, 3),
    { gone: [], isChanged: false },
  );
  assertEquals(membership.member(A)?.beat, 3);
  assertEquals(membership.apply(join(B, "f"), 4), {
    gone: [A],
    isChanged: true,
  });
  assertEquals(membership.member(B)?.joined, 4);
});

Deno.test("membership: a join that comes late, behind that of the folder's next process, is void", () => {
  const membership = after(join(B, "f"), take(B));
  assertEquals(membership.apply(join(A, "f"), 3, 0), {
    gone: [],
    isChanged: false,
  });
  assertEquals(counts(membership), { [B]: 256 });
});

Deno.test("membership: the version is the lowest of all members", () => {
  assertEquals(after().version, undefined);
  const old: Control = { ...join(B), version: 3 } as Control;
  assertEquals(after({ ...join(A), version: 5 } as Control, old).version, 3);
});

Deno.test("shards: the hash is the same in every version", () => {
  assertEquals(
    ["", "10001", "a91c22d0 255"].map(hashOf),
    // A change here would move accounts between nodes of two versions.
    [2872998923, 2434829144, 3439704941],
  );
  assertEquals(shardOf("10001"), hashOf("10001") % 256);
});

Deno.test("shards: a node that leaves moves only its own shards, and all have some", () => {
  const nodes = ["n1", "n2", "n3", "n4"];
  const before = wantedOwners(nodes);
  const later = wantedOwners(nodes.slice(1));
  for (const shard of ALL) {
    if (before[shard] !== "n1") assertEquals(later[shard], before[shard]);
  }
  for (const node of nodes) {
    assert(before.filter((one) => one === node).length > 32);
  }
  assertEquals(wantedOwners([...nodes].reverse()), before);
});

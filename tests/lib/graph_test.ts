import { assert, assertEquals } from "@std/assert";
import { loadedWith, moduleGraph } from "../support/module_graph.ts";
import { findCycles } from "../support/cycles.ts";

const root = new URL("../../", import.meta.url);

/**
 * The layer of each folder, counted separately for `lib` and `bridge`. A folder
 * imports only from lower layers, and from its own subfolders and parent; two
 * folders of one layer do not import each other.
 */
const LAYERS: Readonly<Record<string, number>> = {
  "lib": 0,
  "lib/protocol": 1,
  "lib/client": 2,
  "lib/frames": 2,
  "lib/bridge_client": 3,
  "lib/server/store": 2,
  "lib/server/rules": 3,
  "lib/server/http": 4,
  "lib/server/lines": 5,
  "lib/server/listener": 6,
  "lib/server": 4,
  "lib/server/mod.ts": 7,
  "mod.ts": 5,
  "bridge": 0,
  "bridge/sqlite": 1,
  "bridge/config": 1,
  "bridge/errors": 1,
  "bridge/console": 1,
  "bridge/console/dist": 1,
  "bridge/schemas": 2,
  "bridge/access": 2,
  "bridge/journal": 2,
  "bridge/journal/sqlite": 2,
  "bridge/hub": 3,
  "bridge/upstream": 3,
  "bridge/targets": 3,
  "bridge/inbox": 3,
  "bridge/people": 3,
  "bridge/commands": 4,
  "bridge/commands/local": 4,
  "bridge/commands/rows": 4,
  "bridge/storage": 4,
  "bridge/storage/backup": 4,
  "bridge/storage/stores": 4,
  "bridge/core": 5,
  "bridge/cluster": 5.5,
  "bridge/cluster/members": 5.5,
  "bridge/cluster/nats": 5.5,
  "bridge/cluster/replica": 5.5,
  "bridge/cluster/sealing": 5.5,
  "bridge/cluster/upkeep": 5.5,
  "bridge/ops": 6,
  "bridge/endpoint": 7,
  "bridge/endpoint/outbound": 7,
  "bridge/gateway": 8,
  "bridge/gateway/console": 8,
  "bridge/gateway/documents": 8,
  "bridge/onebot": 8,
  "bridge/onebot/actions": 8,
  "bridge/onebot/outbound": 8,
  "bridge/satori": 8,
  "bridge/hook": 8,
  "bridge/http_server": 8,
  "bridge/compose.ts": 9,
  "bridge/edge": 10,
  "bridge/cli": 10,
  "bridge/cli/program": 10,
  "bridge/cli/commands": 10,
  "bridge/cli/clients": 10,
  "bridge/mod.ts": 11,
  "bridge/metrics.ts": 11,
  "bridge/cloudflare": 12,
  "bridge/main.ts": 11,
};

/** What `bridge` may import of the core: its public modules and the leaf modules. */
const CORE = /^(mod\.ts|lib\/server\/mod\.ts|lib\/[a-z0-9_]+\.ts)$/;

/** The largest number of files in a folder. */
const MAX_FILES = 16;

const graphs = await Promise.all(
  [
    "mod.ts",
    "lib/server/mod.ts",
    "bridge/mod.ts",
    "bridge/metrics.ts",
    "bridge/cloudflare/mod.ts",
    "bridge/main.ts",
    "bridge/cluster/memory_log.ts",
    "bridge/cluster/memory_rpc.ts",
    "bridge/cluster/nats/program.ts",
  ].map((entry) => moduleGraph(root, entry)),
);
const imports = new Map(graphs.flatMap((graph) => [...graph.imports]));
const edges = [...imports].flatMap(([module, targets]) =>
  targets.map(({ target, specifier }) => ({ module, target, specifier }))
);

Deno.test("module graph: each module belongs to a layer", () => {
  assertEquals(
    [...imports.keys()].filter((module) =>
      LAYERS[partOf(module)] === undefined
    ),
    [],
  );
  assert(imports.size > 200, "the graph is empty");
});

Deno.test("module graph: imports point to lower layers", () => {
  assertEquals(
    edges.filter(({ module, target }) => !mayImport(module, target))
      .map(({ module, target }) => `${module} -> ${target}`),
    [],
  );
});

Deno.test("module graph: endpoints reach events only through a reader made from a grant", () => {
  const endpoint = /^bridge\/(endpoint|gateway|onebot|satori|hook)\//;
  // `Hub` and the journals read without a grant; `filterOf` is the reader's.
  const ungranted =
    /^bridge\/(hub\/(hub|event_reader)\.ts|journal\/(memory|sqlite\/.*)\.ts)$/;
  const found = edges.filter(({ module, target }) =>
    endpoint.test(module) && ungranted.test(target)
  ).map(({ module, target }) => `${module} -> ${target}`);
  // Its type only: the bridge makes the reader.
  const typeOnly =
    /^bridge\/gateway\/event_(route|stream)\.ts -> .*event_reader\.ts$/;
  assertEquals(found.filter((one) => !typeOnly.test(one)), []);
});

Deno.test("module graph: no file cycle, of type imports neither", () => {
  assertEquals(findCycles(imports), []);
});

Deno.test("module graph: no bare specifier, and local ones name their file", () => {
  assertEquals(
    edges.filter(({ specifier }) =>
      !/^(\.{1,2}\/.*\.(ts|json)|node:.*|npm:.*@\d.*)$/.test(specifier)
    ).map(({ module, specifier }) => `${module}: ${specifier}`),
    [],
  );
});

Deno.test("module graph: third parties come only through the bridge's deps files", () => {
  assertEquals(
    edges.filter(({ module, target }) =>
      target.startsWith("npm:") &&
      !/^bridge\/(deps(_[a-z]+)?|cluster\/nats\/deps)\.ts$/.test(module)
    ).map(({ module, target }) => `${module} -> ${target}`),
    [],
  );
});

Deno.test("module graph: one file below the journal knows the runtime's SQLite", () => {
  const below = /^bridge\/(sqlite|journal)\//;
  assertEquals(
    edges.filter(({ module, target }) =>
      below.test(module) && target === "node:sqlite"
    ).map(({ module }) => module),
    ["bridge/sqlite/database.ts"],
  );
});

Deno.test("module graph: a start without a cluster loads nothing of it", () => {
  const main = graphs.find(({ imports }) => imports.has("bridge/main.ts"))!;
  const loaded = [...loadedWith("bridge/main.ts", main)];
  assert(loaded.length > 100);
  assertEquals(
    loaded.filter((module) => /^bridge\/cluster\/|nats/.test(module)),
    [],
  );
});

Deno.test("folders: at most 16 files", async () => {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "lib", "bridge"],
    cwd: root,
  }).output();
  const counts = new Map<string, number>();
  for (const file of new TextDecoder().decode(stdout).trim().split("\n")) {
    if (!/\.tsx?$/.test(file)) continue;
    const folder = file.slice(0, file.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  assertEquals([...counts].filter(([, count]) => count > MAX_FILES), []);
});

function partOf(module: string): string {
  return module in LAYERS ? module : module.slice(0, module.lastIndexOf("/"));
}

function mayImport(module: string, target: string): boolean {
  if (target.startsWith("npm:")) return true;
  const [from, to] = [partOf(module), partOf(target)];
  const isCore = !module.startsWith("bridge/");
  if (target.startsWith("node:")) return !isCore;
  if (!isCore && !target.startsWith("bridge/")) return CORE.test(target);
  if (isFamily(from, to)) return true;
  return (LAYERS[to] ?? 99) < (LAYERS[from] ?? -1);
}

/** Whether two folders of `bridge` or `lib` lie in one, or are the same. */
function isFamily(a: string, b: string): boolean {
  if (a === b) return true;
  const [side, folder] = a.split("/");
  return (side === "bridge" || folder === "server") && folder !== undefined &&
    !folder.includes(".") &&
    b.split("/")[1] === folder;
}

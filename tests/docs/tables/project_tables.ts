/** The tables of the project itself: folders by layer, tasks. */

import { RUNTIMES } from "../../runtimes/runtimes.ts";
import { runtimeTable } from "../../runtimes/table.ts";
import config from "../../../deno.json" with { type: "json" };
import { moduleGraph } from "../../support/module_graph.ts";
import { type Language, root } from "../pages.ts";
import type { Table } from "../markdown.ts";
import { code, headRow, textFor } from "./texts.ts";

/** What each folder holds. */
const FOLDER_TEXTS: Readonly<Record<string, string>> = {
  "mod.ts": "the public module: named re-exports of `lib/`",
  "lib/": "leaf modules: clock, backoff, MD5",
  "lib/protocol/": "codec: wire text to values and back, no I/O",
  "lib/client/": "`QqClient`: one account at a QQ server, the poll loop",
  "lib/frames/": "frame protocol: frames, events, commands, errors",
  "lib/bridge_client/": "`BridgeClient`: connection, resume, acknowledgements",
  "lib/server/": "the embedded QQ server: options, limits, faults, demo",
  "lib/server/store/": "what the embedded QQ server keeps",
  "lib/server/rules/": "what its commands do: friends, mailboxes, polls",
  "lib/server/http/": "HTTP of 2005: reader, replies, the `fetch` handler",
  "lib/server/lines/": "the same over lines of TCP, and pushes",
  "lib/server/listener/": "TCP connections, each HTTP or lines",
  "bridge/":
    "entries (`main.ts`, `mod.ts`), third parties (`deps*.ts`), version",
  "bridge/sqlite/": "opening a database, error classes, file guard",
  "bridge/config/": "settings: option tables, parsing, limits",
  "bridge/errors/": "`CommandError`, problem+json",
  "bridge/schemas/": "schemas of values and frames, JSON parsing",
  "bridge/access/": "grants, tokens, authentication, rate limits, hosts",
  "bridge/journal/": "contract, events, drafts, retention, journal in memory",
  "bridge/journal/sqlite/": "journal on disk: group commit, rows, migrations",
  "bridge/hub/": "hub, cursors, recovery, subscriptions, consumers",
  "bridge/upstream/": "one supervised `QqClient` per account, its outbox",
  "bridge/inbox/": "conversations, unread messages, friend requests",
  "bridge/people/": "names, faces and presence of people",
  "bridge/targets/": "addresses that the bridge connects or posts to",
  "bridge/commands/": "commands, idempotency, retries, deadlines",
  "bridge/commands/local/": "what the bridge's own commands do",
  "bridge/commands/rows/": "rows of the command table, by subject",
  "bridge/storage/": "the data folder: accounts, tokens, the embedded server",
  "bridge/storage/stores/": "tables of `bridge.db`: targets, inbox, people",
  "bridge/storage/backup/": "backup and restore of a data folder",
  "bridge/core/": "`Bridge`, which joins the folders below it",
  "bridge/ops/": "log, metrics, health, connection log",
  "bridge/cluster/":
    "one journal on several machines; only the program loads it",
  "bridge/cluster/members/": "membership of a cluster, ownership of accounts",
  "bridge/cluster/replica/": "records of a cluster, and applying them",
  "bridge/cluster/upkeep/": "copies of replicas, purging the log of a cluster",
  "bridge/cluster/sealing/": "encrypts records and calls of a cluster",
  "bridge/cluster/nats/": "the log and calls of a cluster over NATS JetStream",
  "bridge/endpoint/": "the dialect kit: endpoint, channel, token gate, body",
  "bridge/gateway/console/": "files and sign-in of the web console",
  "bridge/gateway/": "WebSocket, server-sent events, HTTP",
  "bridge/gateway/documents/": "the API documents",
  "bridge/endpoint/outbound/": "workers and connections of all targets",
  "bridge/onebot/": "OneBot 11: endpoint, connection, events, messages",
  "bridge/onebot/actions/": "OneBot 11: what its actions do",
  "bridge/onebot/outbound/": "OneBot 11: reverse WebSockets and POST",
  "bridge/satori/": "Satori 1",
  "bridge/hook/": "webhook: the frames of events, by POST",
  "bridge/http_server/": "`node:http` and `ws`: quotas, watchdog, upgrades",
  "bridge/edge/": "the bridge without files",
  "bridge/cloudflare/": "the bridge in a Durable Object",
  "bridge/console/": "the web console",
  "bridge/console/dist/": "the web console as it is built",
  "bridge/cli/": "terminal, client options, control",
  "bridge/cli/program/": "what `serve` starts",
  "bridge/cli/clients/": "the sub-commands that are clients of a bridge",
  "bridge/cli/commands/": "the sub-commands and their help",
};

const TASK_TEXTS: Readonly<Record<keyof typeof config.tasks, string>> = {
  start: "runs the program",
  "cluster:demo":
    "a cluster on this machine whose nodes are killed while messages go on",
  "start:cluster": "the same with the client of NATS, for a node of a cluster",
  test: "runs all tests and the examples of the pages, except the next two",
  "test:dialects":
    "runs unmodified bot frameworks of the npm registry against the program",
  docs: "writes the generated tables of all pages",
  check: "format, lint, types, documentation, publish rehearsal",
  ok: "everything that CI runs",
  bench: "speed of the codec",
  "bench:size": "size of the library in a bundle",
  "bench:import": "an import from a bridge that is 50 ms away",
  "bench:journal": "batches that the journal writes in a second",
  "bench:fanout": "one event to many clients",
  "bench:bridge": "a message from QQ server to client, and back",
  "bench:all": "all of these in one table, with goals and verdicts",
  "bench:scale": "curves: accounts, subscribers, journal",
  "bench:cluster": "what a cluster costs, with real NATS servers",
  "bench:console": "times and memory of the console in a browser",
  "bench:start": "a warm start",
  "bench:pushes": "long polls of VER=1.1 against pushes of VER=1.4",
  bundle: "builds `lib/mod.js`, the library in one file, which is committed",
  console: "builds the console's bundle, which is committed",
  "console:check": "format, lint and types of the console",
  "console:axe": "axe on every page, with all rules in both colours",
  "console:picture": "makes the picture of the console in the README anew",
  "console:test": "the console in a browser",
  "test:proxies": "the program behind nginx, Caddy and HAProxy, if installed",
  "test:runtimes":
    "the library in every supported runtime; the first run downloads 1.3 GB",
  "test:workerd":
    "the durable bridge in workerd; the first run downloads 170 MB",
  edge: "builds the durable bridge of the edge in `dist/edge`",
  npm: "builds the npm package in `dist/npm`",
  sbom: "writes the bill of materials, `dist/tqq.cdx.json`, in CycloneDX",
  compile: "builds one binary in `dist/`; downloads Deno's runtime",
  "test:cluster":
    "10,000 schedules of three nodes that fail, with a log in memory",
  "soak:edge":
    "50 kills of workerd, aborts and deployments under 1,000 messages",
  soak: "runs at full size what the tests run small",
};

/** Folders, the lowest layer first. A folder imports from lower layers only. */
export async function layers(): Promise<Table> {
  const levels = layersOf(await folderImports());
  const rows = [...levels].sort(([a, first], [b, second]) =>
    first - second || (a < b ? -1 : 1)
  );
  return [
    ["layer", "folder", "holds"],
    ...rows.map(([folder, level]) => [
      String(level),
      code(folder),
      textFor(FOLDER_TEXTS, folder, "FOLDER_TEXTS"),
    ]),
  ];
}

/** Every task of the project. */
export function tasks(language: Language): Table {
  return [
    headRow([{ en: "task", zh: "任务" }, { en: "does", zh: "作用" }], language),
    ...Object.keys(config.tasks).map((name) => [
      code(`deno task ${name}`),
      textFor(TASK_TEXTS, name, "TASK_TEXTS"),
    ]),
  ];
}

/** The folders that each folder imports from, types included. */
async function folderImports(): Promise<Map<string, Set<string>>> {
  const folders = new Map<string, Set<string>>();
  for (
    const entry of [
      "lib/server/mod.ts",
      "bridge/mod.ts",
      "bridge/cloudflare/mod.ts",
      "bridge/main.ts",
      "bridge/cluster/memory_log.ts",
      "bridge/cluster/nats/program.ts",
    ]
  ) {
    const { imports } = await moduleGraph(root, entry);
    for (const [module, targets] of imports) {
      const folder = folderOf(module);
      const found = folders.get(folder) ?? new Set();
      folders.set(folder, found);
      for (const { target } of targets) {
        // The entries of bridge/ are above all its folders, its deps files below.
        if (!/^(mod\.ts$|lib\/|bridge\/.+\/)/.test(target)) continue;
        if (folderOf(target) !== folder) found.add(folderOf(target));
      }
    }
  }
  return folders;
}

function folderOf(module: string): string {
  return module.includes("/")
    ? module.slice(0, module.lastIndexOf("/") + 1)
    : module;
}

/** The length of the longest chain of imports below each folder; folders of one cycle share it. */
function layersOf(imports: Map<string, Set<string>>): Map<string, number> {
  const reached = new Map(
    [...imports.keys()].map((folder) => [folder, reachable(folder, imports)]),
  );
  const levels = new Map<string, number>();
  const levelOf = (folder: string): number => {
    const known = levels.get(folder);
    if (known !== undefined) return known;
    const cycle = [...reached.keys()].filter((other) =>
      other === folder ||
      reached.get(folder)!.has(other) && reached.get(other)!.has(folder)
    );
    const below = cycle.flatMap((one) => [...imports.get(one) ?? []])
      .filter((one) => !cycle.includes(one));
    const level = below.length === 0 ? 0 : 1 + Math.max(...below.map(levelOf));
    for (const one of cycle) levels.set(one, level);
    return level;
  };
  for (const folder of imports.keys()) levelOf(folder);
  return levels;
}

function reachable(
  folder: string,
  imports: Map<string, Set<string>>,
): Set<string> {
  const found = new Set<string>();
  const open = [folder];
  for (let one; (one = open.pop()) !== undefined;) {
    for (const next of imports.get(one) ?? []) {
      if (!found.has(next)) open.push(next);
      found.add(next);
    }
  }
  return found;
}

/** Every runtime that `deno task test:runtimes` runs the library in; the task fails if it is not what passed. */
export function runtimes(): Table {
  return runtimeTable(RUNTIMES);
}

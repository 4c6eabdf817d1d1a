/** `cluster init`, `cluster status`, `cluster rebuild`, `cluster leave`: a cluster and its data folders. @module */

import { createAdministrator } from "../../access/token_service.ts";
import { isValid, MemoryTokenStore } from "../../access/token_store.ts";
import type {
  ClusterStatus,
  OpenedNode,
} from "../../cluster/cluster_program.ts";
import type { OfflineReplica } from "../../cluster/offline_replica.ts";
import {
  ConfigError,
  dataFolderOf,
  readCluster,
  readSecret,
} from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { BACKUP_MARK } from "../../journal/backup_mark.ts";
import type { BridgeDatabase } from "../../storage/bridge_database.ts";
import { DataFolder, FILES } from "../../storage/data_folder.ts";
import { writeDurably } from "../../storage/durable_files.ts";
import { systemClock } from "../../../lib/clock.ts";
import { VERSION } from "../../version.ts";
import { assertExists, reach } from "../administer.ts";
import { CLUSTER_OPTIONS } from "../own_options.ts";
import { addressOf, folderId, loadCluster, meant } from "../program/cluster.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { openDatabase, type Place, readJournal } from "./cluster_place.ts";
import { rebuild } from "./cluster_rebuild.ts";

/** How long a sub-command waits for a replica from another node, in milliseconds. */
const COPY_TIMEOUT_MS = 60_000;

/**
 * Runs `cluster`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are wrong, or the cluster or the folder cannot be used.
 */
export async function cluster(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(CLUSTER_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const [action, ...more] = positionals;
  if (!/^(init|status|rebuild|leave)$/.test(action ?? "") || more.length > 0) {
    throw new ConfigError(
      `Cannot use cluster: must be "cluster init", "cluster status", "cluster rebuild" or "cluster leave", got ${
        quote(["cluster", ...positionals].join(" "))
      }`,
    );
  }
  const config = readCluster(
    {
      ...values,
      clusterEdge: false,
      clusterLogHours: 72,
      clusterLogBytes: undefined,
    },
    setBy,
  );
  const secretKey = readSecret("secretKey", values, setBy, sources);
  if (config === undefined || secretKey === undefined) {
    throw new ConfigError(
      `Cannot use cluster ${action}: --cluster and TQQ_SECRET_KEY must be set`,
    );
  }
  const place: Place = {
    program: await loadCluster(),
    address: addressOf(config),
    secretKey,
    folder: dataFolderOf(values),
  };
  switch (action) {
    case "init":
      return await init(place, values, terminal);
    case "status":
      return await status(place, values.json, terminal);
    case "rebuild":
      return await rebuild(place, values, terminal);
    default:
      return await leave(place, values.last, terminal);
  }
}

/** Founds a cluster with the journal, the accounts and the tokens of a data folder. */
async function init(
  place: Place,
  { replicas, ttlMs, logBytes }: {
    replicas: number;
    ttlMs: number;
    logBytes: number;
  },
  terminal: Terminal,
): Promise<number> {
  const { program, address, secretKey } = place;
  using folder = DataFolder.open(place.folder, "cluster init");
  using database = openDatabase(folder, secretKey);
  const { epoch, head } = await readJournal(folder, database);
  const isNew = await meant(() =>
    program.found(address, {
      epoch,
      head,
      ttlMs,
      replicas,
      secretKey,
      maxBytes: logBytes,
    })
  );
  if (!isNew && database.get("cluster") !== undefined) {
    throw new ConfigError(
      `Cannot found cluster ${address.name}: it was founded before. Start its nodes with --cluster.`,
    );
  }
  const opened = await openNode(place, folder, database, true);
  try {
    const { node } = opened;
    for (const account of database.accounts.list()) {
      if (node.accounts.get(account.uin) === undefined) {
        await node.accounts.put(account);
      }
    }
    for (const token of database.tokens.list()) {
      if (node.tokens.get(token.id) === undefined) await node.tokens.add(token);
    }
    for (const target of database.targets.list()) {
      if (node.targets.get(target.id) === undefined) {
        await node.targets.put(target);
      }
    }
    await node.inbox(database.inbox).putAll(database.inbox.marks());
    const made = new MemoryTokenStore();
    const hasOne = node.tokens.list().some((token) =>
      isValid(token, Date.now()) && token.accounts === "all"
    );
    const text = createAdministrator(made, hasOne, Date.now());
    for (const token of made.list()) await node.tokens.add(token);
    database.set("cluster", address.name);
    database.set("cluster_found", opened.record.toHex());
    if (text !== undefined) terminal.out(text);
    terminal.err(
      `Cluster ${address.name} is founded. Start its nodes with --cluster.${
        text === undefined
          ? ""
          : " The administrator's token is not shown again."
      }`,
    );
    return 0;
  } finally {
    await opened.close();
  }
}

/** Shows the members; exit code 1 if a shard has no owner. */
async function status(
  place: Place,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  assertExists(place.folder);
  const state = await reach(
    { folder: place.folder, command: "cluster status" },
    {
      directly: async (opened) => {
        using folder = opened;
        using database = openDatabase(folder, place.secretKey);
        const node = await openNode(place, folder, database);
        try {
          return node.node.status();
        } finally {
          await node.close();
        }
      },
      throughProgram: (api) => api.clusterStatus({}),
    },
  );
  const log = await meant(() => place.program.logInfo(place.address));
  const { first, last, bytes, maxBytes } = log;
  if (asJson) {
    terminal.out(
      JSON.stringify({ ...state, log: { first, last, bytes, maxBytes } }),
    );
  } else {
    formatStatus(state).forEach(terminal.out);
    terminal.out(
      `log: records ${first} to ${last}, ${bytes} of ${
        maxBytes ?? "unlimited"
      } bytes; ${state.unowned} of 256 shards have no owner`,
    );
  }
  return state.unowned === 0 ? 0 : 1;
}

/** Makes the folder of a node that of a single bridge again. */
async function leave(
  place: Place,
  isLast: boolean,
  terminal: Terminal,
): Promise<number> {
  assertExists(place.folder);
  using folder = DataFolder.open(place.folder, "cluster leave");
  using database = openDatabase(folder, place.secretKey);
  const record = database.get("cluster_found");
  if (record === undefined) {
    throw new ConfigError(
      `Cannot leave: the data folder belongs to no cluster, got ${
        quote(folder.path)
      }`,
    );
  }
  await catchUp(place, folder, database, terminal);
  const replica = await meant(() =>
    Promise.resolve().then(() =>
      place.program.openReplica({
        record: Uint8Array.fromHex(record),
        name: place.address.name,
        secretKey: place.secretKey,
        path: folder.file(FILES.journal),
        clock: systemClock,
      })
    )
  );
  const { epoch, head } = replica;
  try {
    if (replica.members > 0 && isLast) {
      throw new ConfigError(
        "Cannot use --last: no other node may go on, and at least one has not left the cluster. Stop all nodes first, or leave with a new epoch.",
      );
    }
    takeOver(replica, database);
    await replica.clear();
  } finally {
    await replica.close();
  }
  if (!isLast) {
    // The next start then has a new epoch, because the cluster goes on with this one.
    const mark = {
      epoch,
      head,
      at: new Date().toISOString(),
      version: VERSION,
    };
    writeDurably(`${folder.path}/${BACKUP_MARK}`, JSON.stringify(mark));
  }
  database.set("journal_head", String(head));
  database.delete("cluster");
  database.delete("cluster_folder");
  database.delete("cluster_found");
  database.delete("cluster_rebuild");
  database.delete("cluster_rebuild_mark");
  terminal.err(
    `The data folder is that of a single bridge again${
      isLast ? "" : ", with a new epoch"
    }.`,
  );
  return 0;
}

/** Applies what the log holds behind the folder, if the log can be used. */
async function catchUp(
  place: Place,
  folder: DataFolder,
  database: BridgeDatabase,
  terminal: Terminal,
): Promise<void> {
  try {
    await (await openNode(place, folder, database)).close();
  } catch (error) {
    terminal.err(
      `The folder leaves as it is, because the log cannot be used: ${
        (error as Error).message.split("\n")[0]
      }`,
    );
  }
}

/** Stores what a replica holds of accounts, tokens and targets in the folder. */
function takeOver(
  { accounts, tokens, targets, marks }: OfflineReplica,
  database: BridgeDatabase,
): void {
  for (const { uin } of database.accounts.list()) {
    if (accounts.get(uin) === undefined) database.accounts.remove(uin);
  }
  for (const account of accounts.list()) database.accounts.put(account);
  for (const token of tokens.list()) {
    const { id, revokedAt } = token;
    if (database.tokens.get(id) === undefined) database.tokens.add(token);
    if (revokedAt !== undefined) database.tokens.revoke([id], revokedAt);
  }
  for (const { id } of database.targets.list()) {
    if (targets.get(id) === undefined) database.targets.remove(id);
  }
  for (const target of targets.list()) database.targets.put(target);
  for (const mark of marks) database.inbox.putMark(mark);
}

function openNode(
  { program, address, secretKey }: Place,
  folder: DataFolder,
  database: BridgeDatabase,
  isFounder = false,
): Promise<OpenedNode> {
  return meant(() =>
    program.openNode(address, {
      isFounder,
      secretKey,
      path: folder.file(FILES.journal),
      folder: folderId(database),
      isEdge: true,
      signal: AbortSignal.timeout(COPY_TIMEOUT_MS),
      clock: systemClock,
      monotonic: () => performance.now(),
    })
  );
}

function formatStatus({ members, applied }: ClusterStatus): string[] {
  const rows = members.map((member) => [
    member.node,
    member.edge ? "edge" : `${member.shards} shards`,
    member.silenceMs === undefined
      ? "-"
      : `${Math.round(member.silenceMs)} ms ago`,
    `${Math.max(0, applied - member.applied)} behind`,
    `v${member.version}`,
  ]);
  return formatTable([["NODE", "OWNS", "BEAT", "RECORDS", "VERSION"], ...rows]);
}

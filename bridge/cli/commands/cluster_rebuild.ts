/** `cluster rebuild`: founds the log anew from a node's folder, after it has lost records. @module */

import type { LogSurvey } from "../../cluster/cluster_program.ts";
import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { BACKUP_MARK, type BackupMark } from "../../journal/backup_mark.ts";
import type { BridgeDatabase } from "../../storage/bridge_database.ts";
import { DataFolder, FILES } from "../../storage/data_folder.ts";
import { writeDurably } from "../../storage/durable_files.ts";
import { systemClock } from "../../../lib/clock.ts";
import { VERSION } from "../../version.ts";
import { assertExists } from "../administer.ts";
import { folderId, meant } from "../program/cluster.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { openDatabase, type Place, readJournal } from "./cluster_place.ts";

/** Names in the folder's database of what a rebuild that was cut off goes on with. */
const NEW_EPOCH = "cluster_rebuild_mark";
const NEW_FOUNDING = "cluster_rebuild";

const VERDICTS = {
  same: "the same",
  behind: "behind",
  ahead: "has more",
  differs: "differs",
  unknown: "behind, cannot be compared",
  silent: "does not answer",
} as const;

/** Runs `cluster rebuild` on the folder of a stopped node. The second time it goes on where it was cut off. */
export async function rebuild(
  place: Place,
  { logBytes, force }: { logBytes: number; force: boolean },
  terminal: Terminal,
): Promise<number> {
  const { program, address, secretKey } = place;
  assertExists(place.folder);
  using folder = DataFolder.open(place.folder, "cluster rebuild");
  using database = openDatabase(folder, secretKey);
  const former = database.get("cluster_found");
  const known = database.get("cluster");
  if (former === undefined || known !== address.name) {
    throw new ConfigError(
      `Cannot rebuild cluster ${address.name}: the data folder must belong to it, got ${
        known === undefined ? "one of no cluster" : `one of cluster ${known}`
      }, ${quote(folder.path)}`,
    );
  }
  const record = await plan(place, folder, database, force, terminal);
  await meant(() =>
    program.refound(
      address,
      { record, secretKey, maxBytes: logBytes },
      folder.file(FILES.journal),
    )
  );
  database.set("cluster_found", record.toHex());
  database.delete(NEW_FOUNDING);
  terminal.err(
    `Cluster ${address.name} is founded anew from this folder. Start its node, then restart the others: they copy its replica.`,
  );
  return 0;
}

/** Decides about the epoch, and stores the new founding record in the folder's database. */
async function plan(
  place: Place,
  folder: DataFolder,
  database: BridgeDatabase,
  isForced: boolean,
  terminal: Terminal,
): Promise<Uint8Array> {
  const planned = database.get(NEW_FOUNDING);
  if (planned !== undefined) return Uint8Array.fromHex(planned);
  const former = Uint8Array.fromHex(database.get("cluster_found")!);
  let mark = database.get(NEW_EPOCH);
  let next: { epoch: string; head: number } | undefined;
  if (mark === undefined) {
    const survey = await meant(() =>
      place.program.survey(place.address, {
        record: former,
        name: place.address.name,
        secretKey: place.secretKey,
        path: folder.file(FILES.journal),
        folder: folderId(database),
        clock: systemClock,
      })
    );
    if (survey.members.length > 0) {
      formatMembers(survey).forEach(terminal.out);
    }
    if (!isForced) assertLost(survey, place.address.name);
    const { epoch, head } = survey;
    if (survey.keepsEpoch && !isForced) {
      next = { epoch, head };
      terminal.err("The epoch stays: every member has the same, or less.");
    } else {
      const at = new Date().toISOString();
      mark = JSON.stringify(
        { epoch, head, at, version: VERSION } satisfies BackupMark,
      );
      database.set("journal_head", String(head));
      database.set(NEW_EPOCH, mark);
      terminal.err(
        "The epoch is new, because others may have events that this folder lacks: clients get a gap.",
      );
    }
  }
  if (next === undefined) {
    // Opening it gives it a new epoch, once for each mark.
    writeDurably(`${folder.path}/${BACKUP_MARK}`, mark!);
    next = await readJournal(folder, database);
  }
  const { secretKey, address, program } = place;
  const record = program.successor(former, next, secretKey, address.name);
  database.set(NEW_FOUNDING, record.toHex());
  database.delete(NEW_EPOCH);
  return record;
}

/** Throws unless the log is lost, and no member has more than this folder. */
function assertLost(
  { loss, isOther, members, applied }: LogSurvey,
  name: string,
): void {
  if (isOther) {
    throw new ConfigError(
      `Cannot rebuild cluster ${name}: its log must be the one that this folder followed, got one that was founded since. If another node has rebuilt it, start this one: it copies a replica. --force deletes the log.`,
    );
  }
  if (loss === undefined) {
    throw new ConfigError(
      `Cannot rebuild cluster ${name}: its log must have lost records that this folder has, got all of them up to ${applied}. Start the node, or run this on the folder of a node that reports cluster_log_lost.`,
    );
  }
  const ahead = members.find(({ verdict }) => verdict === "ahead");
  if (ahead !== undefined) {
    throw new ConfigError(
      `Cannot rebuild cluster ${name}: no member may have more than this folder, whose last record is ${applied}, got ${
        ahead.state!.index
      } at node ${ahead.node}. Run it on the folder of that node, or set --force, and what only others have is lost.`,
    );
  }
}

function formatMembers({ members, applied }: LogSurvey): string[] {
  const rows = members.map(({ node, state, verdict }) => [
    node,
    state === undefined ? "-" : `${applied - state.index} behind`,
    VERDICTS[verdict],
  ]);
  return formatTable([["NODE", "RECORDS", "REPLICA"], ...rows]);
}

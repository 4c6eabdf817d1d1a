/** The data folder and the cluster that a sub-command of `cluster` works on. @module */

import type {
  ClusterAddress,
  ClusterProgram,
} from "../../cluster/cluster_program.ts";
import { BridgeDatabase } from "../../storage/bridge_database.ts";
import type { DataFolder } from "../../storage/data_folder.ts";
import { openBridge } from "../../storage/opening.ts";
import { openFolderJournal } from "../program/stores.ts";

/** What all of them work on. */
export interface Place {
  readonly program: ClusterProgram;
  readonly address: ClusterAddress;
  readonly secretKey: string;
  readonly folder: string;
}

export function openDatabase(
  folder: DataFolder,
  secretKey: string,
): BridgeDatabase {
  return openBridge(folder, (path) => new BridgeDatabase(path, { secretKey }));
}

/** Epoch and head of a folder's journal, which is made if there is none. */
export async function readJournal(
  folder: DataFolder,
  database: BridgeDatabase,
): Promise<{ epoch: string; head: number }> {
  const { journal, close } = openFolderJournal(folder, database, {}, () => {});
  const { epoch, head } = journal;
  await close();
  return { epoch, head };
}

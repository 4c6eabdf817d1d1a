/** The administrator's token that the first start creates, and where it is shown. @module */

import { createAdministrator } from "../../access/token_service.ts";
import { addToken, hashToken, isValid } from "../../access/token_store.ts";
import type { BridgeDatabase } from "../../storage/bridge_database.ts";
import { type DataFolder, FILES } from "../../storage/data_folder.ts";
import { writeDurably } from "../../storage/durable_files.ts";

/**
 * Creates the administrator's token at the first start. It is created last,
 * because the token of a start that fails would never be shown. A token that
 * was not shown, because the start was killed, is replaced by the next start
 * that can show one.
 *
 * @param isTokenSet Whether the configuration sets the administrator's token.
 * @param canShow Whether the user gets to see the token of this start.
 * @returns The token; call {@linkcode tokenShown} after showing it.
 */
export function firstToken(
  database: BridgeDatabase,
  { isTokenSet, canShow }: { isTokenSet: boolean; canShow: boolean },
): string | undefined {
  if (isTokenSet) return undefined;
  const { tokens } = database;
  const now = Date.now();
  return database.transaction(() => {
    const unshown = database.get("administrator_unshown");
    // The user may have revoked it and created another of this name.
    const record = unshown === undefined ? undefined : tokens.find(unshown);
    const wasMade = database.get("administrator_made_at") !== undefined;
    let made: string | undefined;
    if (record === undefined || record.revokedAt !== undefined) {
      made = createAdministrator(tokens, wasMade, now);
    } else if (canShow) {
      tokens.revoke([record.id], now);
      made = addToken(tokens, { name: record.name }, now).token;
    }
    if (made !== undefined) {
      database.set("administrator_made_at", new Date(now).toISOString());
      database.set("administrator_unshown", hashToken(made));
    }
    return made;
  });
}

/** Records that the token of {@linkcode firstToken} was shown. */
export function tokenShown(database: BridgeDatabase): void {
  database.delete("administrator_unshown");
}

/**
 * Writes the token into a file of the data folder that only its owner can read,
 * because what is printed would be kept for good.
 *
 * @returns The path of the file.
 */
export function writeFirstToken(folder: DataFolder, token: string): string {
  const path = folder.file(FILES.firstToken);
  writeDurably(path, `${token}\n`);
  return path;
}

/** Removes the file of the first token, if its token is not valid any more. */
export function removeOldFirstToken(
  folder: DataFolder,
  { tokens }: BridgeDatabase,
): void {
  const path = `${folder.path}/${FILES.firstToken}`;
  const text = readIfThere(path);
  if (text === undefined) return;
  const record = tokens.find(hashToken(text.trim()));
  if (record !== undefined && isValid(record, Date.now())) return;
  removeFirstToken(folder.path);
}

/** Removes the file of the first token. Does nothing if there is none. */
export function removeFirstToken(folder: string): void {
  try {
    Deno.removeSync(`${folder}/${FILES.firstToken}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

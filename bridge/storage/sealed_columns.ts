/** The columns of secrets in the data folder, encrypted or not. @module */

import type { DatabaseSync } from "node:sqlite";
import type { Cipher, SealedPlace } from "./cipher.ts";

/** A column of secrets; beside it, the column `sealed` is 1 if it is encrypted, else 0. */
export interface SealedColumn {
  /** Name of the file in the data folder. */
  readonly file: string;
  readonly table: string;
  /** Name of the primary key. */
  readonly key: string;
  readonly column: string;
}

/** Password hashes of the accounts that the bridge logs in. */
export const BRIDGE_PASSWORDS: SealedColumn = {
  file: "bridge.db",
  table: "accounts",
  key: "uin",
  column: "password",
};

/** Password hashes of the embedded server. */
export const QQ_PASSWORDS: SealedColumn = {
  ...BRIDGE_PASSWORDS,
  file: "qq.db",
};

/** URLs, access tokens and secrets of targets. */
export const TARGET_SECRETS: SealedColumn = {
  file: "bridge.db",
  table: "targets",
  key: "id",
  column: "secrets",
};

/** The columns of `bridge.db`. */
export const BRIDGE_COLUMNS: readonly SealedColumn[] = [
  BRIDGE_PASSWORDS,
  TARGET_SECRETS,
];

/** A secret as it is stored. */
export interface StoredSecret {
  /** Clear or encrypted text. */
  readonly text: string;
  /** 1 if it is encrypted, else 0. */
  readonly sealed: number;
}

/** The place of a row's secret. */
export function placeOf(
  { file, table }: SealedColumn,
  row: string,
): SealedPlace {
  return { file, table, row };
}

/** Encrypts a secret, if there is a cipher. */
export function toStored(
  text: string,
  place: SealedPlace,
  cipher: Cipher | undefined,
): StoredSecret {
  return cipher === undefined
    ? { text, sealed: 0 }
    : { text: cipher.seal(text, place), sealed: 1 };
}

/**
 * Decrypts a secret, if it is encrypted.
 *
 * @throws {CipherError} If it was encrypted with another key or for another row.
 * @throws {TypeError} If it is encrypted and there is no cipher.
 */
export function readStored(
  { text, sealed }: StoredSecret,
  place: SealedPlace,
  cipher: Cipher | undefined,
): string {
  if (sealed === 0) return text;
  if (cipher !== undefined) return cipher.open(text, place);
  const { file, table, row } = place;
  throw new TypeError(
    `Cannot read row ${row} of ${table} in ${file}: it is encrypted, and there is no cipher`,
  );
}

/** Returns the secrets of a column, still as they are stored. */
export function storedSecrets(
  database: DatabaseSync,
  { table, key, column }: SealedColumn,
): (StoredSecret & { readonly row: string })[] {
  return database.prepare(
    `SELECT ${key} AS "row", ${column} AS text, sealed FROM ${table} WHERE ${column} IS NOT NULL`,
  ).all() as unknown as (StoredSecret & { row: string })[];
}

/**
 * Opens every secret of a column, and writes those anew that are not as a
 * cipher would store them. Must run inside a transaction.
 *
 * @param from Opens what is stored.
 * @param to Encrypts what is written; undefined writes clear text.
 * @returns how many were written
 * @throws {CipherError} If one cannot be opened.
 */
export function rewriteSecrets(
  database: DatabaseSync,
  column: SealedColumn,
  from: Cipher | undefined,
  to: Cipher | undefined,
): number {
  const update = database.prepare(
    `UPDATE ${column.table} SET ${column.column} = ?, sealed = ? WHERE ${column.key} = ?`,
  );
  let written = 0;
  for (const { row, ...stored } of storedSecrets(database, column)) {
    const place = placeOf(column, row);
    const clear = readStored(stored, place, from);
    const isDone = from === to &&
      (to === undefined || stored.sealed === 1 && to.isCurrent(stored.text));
    if (isDone) continue;
    const { text, sealed } = toStored(clear, place, to);
    update.run(text, sealed, row);
    written++;
  }
  return written;
}

/** Changes the secret key of a data folder. @module */

import type { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../config/config_error.ts";
import { decodeBase64Url } from "../base64url.ts";
import { openConnection } from "../sqlite/database.ts";
import { newSalt, openCipher, sealKeyCheck } from "./bridge_database.ts";
import { BRIDGE_MIGRATIONS, type SettingName } from "./bridge_schema.ts";
import { type Cipher, CipherError, SecretCipher } from "./cipher.ts";
import { type DataFolder, FILES } from "./data_folder.ts";
import { QQ_MIGRATIONS } from "./qq_schema.ts";
import {
  BRIDGE_COLUMNS,
  QQ_PASSWORDS,
  rewriteSecrets,
} from "./sealed_columns.ts";

/** The keys of a {@linkcode rekeyFolder}. */
export interface RekeyKeys {
  /** The key until now; undefined if nothing is encrypted. */
  readonly oldKey: string | undefined;
  /** The key from now on; undefined decrypts. */
  readonly newKey: string | undefined;
}

/** What a {@linkcode rekeyFolder} has done. */
export interface RekeyReport {
  /** Number of password hashes, and of secrets of targets, that were written. */
  readonly secrets: number;
  /** Whether the folder is encrypted now. */
  readonly encrypted: boolean;
}

/**
 * Writes every secret of a folder anew, in one transaction for each
 * file. After a kill, the same call finishes what was begun; until then no
 * program opens the folder.
 *
 * @param folder A folder that this process holds.
 * @throws {ConfigError} If a key is missing or wrong, or a row cannot be decrypted.
 */
export function rekeyFolder(
  folder: DataFolder,
  { oldKey, newKey }: RekeyKeys,
): RekeyReport {
  const database = openConnection(folder.file(FILES.bridge), {
    what: "bridge.db",
    migrations: BRIDGE_MIGRATIONS,
  });
  try {
    const settings = new Settings(database);
    let secrets = 0;
    const ciphers = openCiphers(settings, oldKey, newKey);
    if (!ciphers.isBegun) {
      secrets += rewrite(database, () => {
        let count = 0;
        for (const column of BRIDGE_COLUMNS) {
          count += rewriteSecrets(database, column, ciphers.from, ciphers.to);
        }
        settings.begin(ciphers);
        return count;
      });
    }
    secrets += rekeyQq(folder, ciphers);
    rewrite(database, () => {
      settings.end(ciphers.to !== undefined);
      return 0;
    });
    return { secrets, encrypted: ciphers.to !== undefined };
  } catch (error) {
    if (!(error instanceof CipherError)) throw error;
    throw new ConfigError(error.message, { cause: error });
  } finally {
    database.close();
  }
}

/** The ciphers of both keys. */
interface Ciphers {
  readonly from: Cipher | undefined;
  readonly to: SecretCipher | undefined;
  readonly salt: string;
  /** Whether `bridge.db` has the new key already. */
  readonly isBegun: boolean;
}

function openCiphers(
  settings: Settings,
  oldKey: string | undefined,
  newKey: string | undefined,
): Ciphers {
  const OLD = "TQQ_SECRET_KEY_OLD";
  const check = settings.get("key_check");
  const salt = settings.get("salt") ?? "";
  const oldSalt = settings.get("old_salt");
  if (oldSalt === undefined) {
    const next = newSalt();
    const to = newKey === undefined
      ? undefined
      : new SecretCipher(newKey, decodeBase64Url(next));
    if (check === undefined) {
      return { from: undefined, to, salt: next, isBegun: false };
    }
    try {
      const from = openCipher(oldKey, salt, check, OLD)?.reader
        .acceptingUnbound();
      return { from, to, salt: next, isBegun: false };
    } catch (error) {
      // Repeated after it was done: the folder has the new key already.
      const done = findDone(newKey, salt, check);
      if (done === undefined) throw error;
      return { from: done, to: done, salt, isBegun: true };
    }
  }
  const oldCheck = settings.get("old_key_check") ?? "";
  return {
    from: oldCheck === ""
      ? undefined
      : openCipher(oldKey, oldSalt, oldCheck, OLD)?.reader.acceptingUnbound(),
    to: openCipher(newKey, salt, check)?.bound,
    salt,
    isBegun: true,
  };
}

function findDone(
  newKey: string | undefined,
  salt: string,
  check: string,
): SecretCipher | undefined {
  try {
    return openCipher(newKey, salt, check)?.bound;
  } catch {
    return undefined;
  }
}

function rekeyQq(folder: DataFolder, { from, to }: Ciphers): number {
  const path = `${folder.path}/${FILES.qq}`;
  if (!isThere(path)) return 0;
  const database = openConnection(folder.file(FILES.qq), {
    what: "qq.db",
    migrations: QQ_MIGRATIONS,
  });
  try {
    return rewrite(
      database,
      () =>
        rewriteSecrets(
          database,
          QQ_PASSWORDS,
          new EitherCipher(from, to),
          to,
        ),
    );
  } finally {
    database.close();
  }
}

/** Opens with the new key what a call that was cut off has written already. */
class EitherCipher implements Cipher {
  readonly #from: Cipher | undefined;
  readonly #to: Cipher | undefined;

  constructor(from: Cipher | undefined, to: Cipher | undefined) {
    this.#from = from;
    this.#to = to;
  }

  seal(): string {
    throw new Error("Cannot seal: this cipher only opens");
  }

  open(...[sealed, place]: Parameters<Cipher["open"]>): string {
    if (this.#to !== undefined) {
      try {
        return this.#to.open(sealed, place);
      } catch (error) {
        if (this.#from === undefined) throw error;
      }
    }
    return this.#from!.open(sealed, place);
  }

  isCurrent(): boolean {
    return false;
  }
}

/** Runs a transaction that leaves no clear text in free space or in the log. */
function rewrite(database: DatabaseSync, change: () => number): number {
  database.exec("PRAGMA secure_delete = ON; BEGIN IMMEDIATE");
  try {
    const count = change();
    database.exec("COMMIT");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return count;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

class Settings {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(name: SettingName): string | undefined {
    return this.#database.prepare("SELECT value FROM settings WHERE name = ?")
      .get(name)?.["value"] as string | undefined;
  }

  /** Stores the new key's salt and known text, and remembers the old ones. */
  begin({ to, salt }: Ciphers): void {
    const check = this.get("key_check");
    this.#put("old_salt", this.get("salt") ?? "");
    this.#put("old_key_check", check ?? "");
    this.#put("salt", to && salt);
    this.#put("key_check", to && sealKeyCheck(to));
    this.#put("qq_sealed", undefined);
  }

  end(isEncrypted: boolean): void {
    this.#put("old_salt", undefined);
    this.#put("old_key_check", undefined);
    this.#put("qq_sealed", isEncrypted ? "2" : undefined);
    this.#put("rekeyed_at", new Date().toISOString());
  }

  #put(name: SettingName, value: string | undefined): void {
    this.#database.prepare("DELETE FROM settings WHERE name = ?").run(name);
    if (value === undefined) return;
    this.#database.prepare("INSERT INTO settings VALUES (?, ?)")
      .run(name, value);
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

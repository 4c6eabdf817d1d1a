/** Mail that the log could not take yet, kept on disk: the server that sent it keeps no copy. @module */

import { type FileDatabase, openDatabase } from "../../sqlite/database.ts";
import type { SpooledWrite, WriterSpool } from "../record_writer.ts";
import type { Operation } from "../replica/operations.ts";
import { parseRecord } from "../replica/record.ts";
import type { ReplicatedLog } from "../replicated_log.ts";

const MIGRATIONS = [
  `CREATE TABLE spool (
    id TEXT PRIMARY KEY,
    text TEXT                    -- a record with the operations; NULL if it was sent
  ) WITHOUT ROWID;
  CREATE TABLE messages (        -- of the record that was sent
    spool TEXT NOT NULL REFERENCES spool ON DELETE CASCADE,
    nth INTEGER NOT NULL,
    id TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (spool, nth)
  ) WITHOUT ROWID;`,
];

/** What a spool needs to give back what a former process has left. */
export interface SpoolTarget {
  readonly log: Pick<ReplicatedLog, "append">;
  /** Writes operations; resolves once they are applied. */
  write(operations: readonly Operation[]): Promise<unknown>;
}

/** A file of writes that wait for the log. At most one of each account, because its next poll waits, too. */
export class Spool implements WriterSpool {
  readonly #database: FileDatabase;

  /** @param path The file, or `:memory:`. */
  constructor(path: string) {
    this.#database = openDatabase(path, {
      what: "the spool",
      migrations: MIGRATIONS,
    });
  }

  /** Number of writes that wait. */
  get size(): number {
    return this.#database.prepare("SELECT count(*) AS count FROM spool")
      .get()!["count"] as number;
  }

  keep(id: string, write: SpooledWrite): void {
    const database = this.#database;
    database.transaction(() => {
      this.#delete(id);
      const isSent = "messages" in write;
      database.prepare("INSERT INTO spool VALUES (?, ?)")
        .run(id, isSent ? null : write.text);
      if (!isSent) return;
      const insert = database.prepare(
        "INSERT INTO messages VALUES (?, ?, ?, ?)",
      );
      for (const [nth, message] of write.messages.entries()) {
        insert.run(id, nth, message.id, message.bytes);
      }
    });
  }

  drop(id: string): void {
    this.#database.transaction(() => this.#delete(id));
  }

  /**
   * Gives the log what a former process has left. A record that was sent keeps
   * its id, so that it is not applied twice. It is an attempt of its own,
   * because that of the former process may be under way for ever.
   */
  async replay({ log, write }: SpoolTarget): Promise<void> {
    const rows = this.#database.prepare(
      "SELECT id, text FROM spool ORDER BY id",
    )
      .all() as { id: string; text: string | null }[];
    for (const { id, text } of rows) {
      if (text === null) {
        const messages = this.#database.prepare(
          "SELECT id, bytes FROM messages WHERE spool = ? ORDER BY nth",
        ).all(id) as { id: string; bytes: Uint8Array }[];
        for (const message of messages) {
          await log.append(message.bytes, message.id, Date.now());
        }
      } else {
        await write(parseRecord(text).operations);
      }
      this.drop(id);
    }
  }

  close(): void {
    this.#database.close();
  }

  #delete(id: string): void {
    this.#database.prepare("DELETE FROM spool WHERE id = ?").run(id);
  }
}

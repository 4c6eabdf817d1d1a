/** The inbox in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { Conversation } from "../../inbox/conversation.ts";
import { type InboxStore, type Mark, MARKS } from "../../inbox/inbox_store.ts";
import type { Position } from "../../../mod.ts";

const SQL = {
  marks: "SELECT kind, account, party, seq FROM inbox_marks ORDER BY seq",
  putMark:
    "INSERT OR REPLACE INTO inbox_marks (kind, account, party, seq) VALUES (?, ?, ?, ?)",
  trimMarks: `DELETE FROM inbox_marks WHERE kind = ?1 AND (account, party) IN (
    SELECT account, party FROM inbox_marks WHERE kind = ?1
    ORDER BY seq DESC LIMIT -1 OFFSET ${MARKS})`,
  clear: "DELETE FROM conversations",
  all: `SELECT account, party, last_seq AS lastSeq, received_seq AS receivedSeq,
    unread, first_unread AS firstUnread, request_seq AS requestSeq
    FROM conversations`,
  put: `INSERT OR REPLACE INTO conversations (account, party, last_seq,
    received_seq, unread, first_unread, request_seq)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  remove: "DELETE FROM conversations WHERE account = ? AND party = ?",
  position: "SELECT epoch, seq FROM inbox_position",
  setPosition:
    "INSERT OR REPLACE INTO inbox_position (id, epoch, seq) VALUES (1, ?, ?)",
} as const;

/** After how many marks it is looked whether there are too many. */
const TRIM_EVERY = 1000;

/** An inbox store in `bridge.db`. */
export class SqliteInboxStore implements InboxStore {
  readonly #database: DatabaseSync;
  #putMarks = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  marks(): Mark[] {
    return this.#database.prepare(SQL.marks).all() as unknown as Mark[];
  }

  putMark({ kind, account, party, seq }: Mark): void {
    this.#database.prepare(SQL.putMark).run(kind, account, party, seq);
    if (++this.#putMarks % TRIM_EVERY !== 0) return;
    this.#database.prepare(SQL.trimMarks).run(kind);
  }

  load(): { position: Position; conversations: Conversation[] } | undefined {
    const position = this.#database.prepare(SQL.position).get() as
      | Position
      | undefined;
    if (position === undefined) return undefined;
    const rows = this.#database.prepare(SQL.all).all();
    return {
      position: { epoch: position.epoch, seq: position.seq },
      conversations: rows.map((row) => ({
        ...row,
      })) as unknown as Conversation[],
    };
  }

  save(
    { epoch, seq }: Position,
    changed: Iterable<Conversation>,
    removed: Iterable<Conversation>,
    isWhole: boolean,
  ): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      if (isWhole) database.exec(SQL.clear);
      const remove = database.prepare(SQL.remove);
      for (const { account, party } of removed) remove.run(account, party);
      const put = database.prepare(SQL.put);
      for (const one of changed) {
        put.run(
          one.account,
          one.party,
          one.lastSeq,
          one.receivedSeq,
          one.unread,
          one.firstUnread,
          one.requestSeq,
        );
      }
      database.prepare(SQL.setPosition).run(epoch, seq);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** What the journal asks its database. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sizeOf } from "./limits.ts";

const COLUMNS = "e.seq, e.at, e.event, e.data, a.uin";
const EVENTS = "events e JOIN accounts a ON a.id = e.account";

const SQL = {
  meta: "SELECT value FROM meta WHERE name = ?",
  setMeta: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
  last: "SELECT seq, total FROM events ORDER BY seq DESC LIMIT 1",
  accounts: "SELECT id, uin, polls FROM accounts",
  account: "SELECT id FROM accounts WHERE uin = ?",
  addAccount: "INSERT OR IGNORE INTO accounts (uin, polls) VALUES (?, 0)",
  setPolls: "UPDATE accounts SET polls = ? WHERE id = ?",
  insert: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
  behind: `SELECT ${COLUMNS} FROM ${EVENTS} WHERE e.seq > ? ORDER BY e.seq`,
  behindOf:
    `SELECT ${COLUMNS} FROM ${EVENTS} WHERE e.account = ? AND e.seq > ? ORDER BY e.seq`,
  before:
    `SELECT ${COLUMNS} FROM ${EVENTS} WHERE e.account = ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ?`,
  beforeWith:
    `SELECT ${COLUMNS} FROM ${EVENTS} WHERE e.account = ? AND e.party = ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ?`,
  oldest: `SELECT seq, at, total, length(data) + ${
    sizeOf("")
  } AS size FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq`,
  drop: "DELETE FROM events WHERE seq <= ?",
  position: "SELECT seq FROM consumers WHERE name = ?",
  consumers: "SELECT count(*) AS kept FROM consumers",
  setPosition:
    "INSERT INTO consumers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
  keyed: "SELECT * FROM commands WHERE account = ? AND key = ?",
  begin: `INSERT OR REPLACE INTO commands
    (account, key, request, upstream_seq, upstream_key, at, outcome) VALUES (?, ?, ?, ?, ?, ?, NULL)`,
  setOutcome: "UPDATE commands SET outcome = ? WHERE account = ? AND key = ?",
  forget:
    "DELETE FROM commands WHERE id IN (SELECT id FROM commands WHERE at <= ? ORDER BY at LIMIT ?)",
  forgetBeyond: `DELETE FROM commands WHERE id IN (
    SELECT id FROM commands WHERE id <= (SELECT max(id) FROM commands) - ? ORDER BY id LIMIT ?)`,
} as const;

/** The statements, by what they do. */
export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** Prepares all statements. */
export function prepareStatements(database: DatabaseSync): Statements {
  return Object.fromEntries(
    Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as unknown as Statements;
}

/** Numbered migrations of the journal's tables. @module */

import { createHash } from "node:crypto";
import type { Migration, SqlSource } from "../../sqlite/sql_database.ts";

/**
 * Each migration brings the tables from its index to the next version. What a
 * published one does never changes.
 *
 * Pages freed by retention are used again, so the file never shrinks:
 * auto_vacuum would cost a write for each page.
 */
export const MIGRATIONS: readonly Migration[] = [
  // 1: all. Compatible with nothing before.
  `
  CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value                        -- a text or a number
  ) WITHOUT ROWID;
  INSERT INTO meta VALUES
    ('trimmed_seq', 0),          -- the last event that retention dropped
    ('trimmed_bytes', 0),        -- its total
    ('probes', 0);
  -- The columns that filters look at come before the text, which may be long.
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event INTEGER NOT NULL,      -- EVENT_CODES
    total INTEGER NOT NULL,      -- bytes of all events up to this, since the first
    account NOT NULL,            -- a number where it is written like one, else text
    party,                       -- likewise; NULL where there is none
    data TEXT NOT NULL           -- JSON
  );
  -- An index ends with seq by itself: these are (account, seq), (account, party, seq).
  CREATE INDEX events_account ON events (account);
  CREATE INDEX events_party ON events (account, party) WHERE party IS NOT NULL;
  CREATE TABLE polls (
    account TEXT PRIMARY KEY,
    number INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE consumers (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE keyed (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    upstream_seq TEXT NOT NULL,
    upstream_key TEXT NOT NULL,
    request TEXT NOT NULL,
    outcome TEXT,                -- JSON; NULL while it is not known
    PRIMARY KEY (account, key)
  ) WITHOUT ROWID;
  CREATE INDEX keyed_at ON keyed (at);
  `,
  // 2: find rare events without scanning all others.
  `
  -- All that a filter asks is in it. Events of codes up to 3 are frequent: they are not.
  CREATE INDEX events_rare ON events (seq, event, account) WHERE event > 3;
  `,
  // 3: journals restored from a copy, and batches in parts.
  `
  -- Positions that a former journal gave out behind the last event of the copy.
  CREATE TABLE lost (
    epoch TEXT PRIMARY KEY,      -- of the former journal
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) WITHOUT ROWID;
  ALTER TABLE polls ADD COLUMN epoch TEXT;  -- of the next poll's key; NULL for the journal's own
  ALTER TABLE polls ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;  -- of the next batch that are journalled
  `,
  // 4: what is known of the QQ server at the start, before it has answered.
  `
  ALTER TABLE polls ADD COLUMN repeats INTEGER;  -- 1 if the server honours keys, else 0; NULL if that is not known
  `,
  // 5: consumers that no client uses can be freed.
  `
  ALTER TABLE consumers ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;  -- when a client was connected last
  -- Nothing is known of those that are there: their time begins now.
  UPDATE consumers SET seen_at = CAST(unixepoch('subsec') * 1000 AS INTEGER);
  `,
  // 6: retention by account. The column total of events is no longer read.
  `
  CREATE TABLE usage (
    account PRIMARY KEY,         -- as in events
    bytes INTEGER NOT NULL,      -- of its kept events up to usage_seq
    trimmed INTEGER NOT NULL     -- position of its last event that retention dropped
  ) WITHOUT ROWID;
  INSERT INTO usage
    SELECT account, sum(length(CAST(data AS BLOB)) + 64),
      (SELECT value FROM meta WHERE name = 'trimmed_seq')
    FROM events GROUP BY account;
  INSERT INTO meta VALUES
    ('usage_seq', (SELECT coalesce(max(seq), 0) FROM events)),
    -- the last trimmed event of accounts that have no row
    ('forgotten_seq', (SELECT value FROM meta WHERE name = 'trimmed_seq'));
  DELETE FROM meta WHERE name = 'trimmed_bytes';
  `,
  // 7: keys belong to tokens: their id and a line end stand before the key.
  bindKeysToTokens,
  // 8: the journal of a cluster, which several nodes write in the order of their log.
  `
  -- Records of each process that were applied; the same one can come again, and out of order.
  CREATE TABLE writers (
    node TEXT PRIMARY KEY,
    through INTEGER NOT NULL,    -- all numbers up to this
    beyond TEXT NOT NULL,        -- JSON: those behind it
    at INTEGER NOT NULL,         -- the last one's time
    last INTEGER NOT NULL        -- and index in the log
  ) WITHOUT ROWID;
  CREATE TABLE parts (           -- of records that are not complete
    node TEXT NOT NULL,
    number INTEGER NOT NULL,
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (node, number, part)
  ) WITHOUT ROWID;
  CREATE TABLE states (          -- of each account, as its owner saw it last
    account TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    data TEXT NOT NULL           -- JSON
  ) WITHOUT ROWID;
  CREATE TABLE holders (         -- connections that hold consumers with a position
    consumer TEXT PRIMARY KEY,
    connection TEXT NOT NULL
  ) WITHOUT ROWID;
  -- What one node sets and others read, as JSON.
  CREATE TABLE accounts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE tokens (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  // 9: indexes by blocks of positions, so that new events of all accounts share pages.
  `
  DROP INDEX events_account;
  DROP INDEX events_party;
  -- BLOCK_BITS is 12. They end with seq: (block, account, seq), (block, account, party, seq).
  CREATE INDEX events_account ON events (seq >> 12, account);
  CREATE INDEX events_party ON events (seq >> 12, account, party)
    WHERE party IS NOT NULL;
  CREATE TABLE account_blocks (  -- where to look for an account's events
    account NOT NULL,            -- as in events
    block INTEGER NOT NULL,
    PRIMARY KEY (account, block)
  ) WITHOUT ROWID;
  INSERT INTO account_blocks
    SELECT DISTINCT account, seq >> 12 FROM events ORDER BY account, seq >> 12;
  `,
];

function bindKeysToTokens(database: SqlSource): void {
  const rows = database.prepare(
    "SELECT account, key, request FROM keyed WHERE account NOT LIKE 'token:%'",
  ).iterate() as Iterable<{ account: string; key: string; request: string }>;
  const changes = Array.from(rows, ({ account, key, request }) => {
    const digest = createHash("sha256").update(request).digest("hex");
    // Nobody knows whose the keys are that are there: their id is empty.
    return [`\n${key}`, digest, account, key] as const;
  });
  const change = database.prepare(
    "UPDATE keyed SET key = ?, request = ? WHERE account = ? AND key = ?",
  );
  for (const values of changes) change.run(...values);
  // What repeats a command goes with its outcome.
  database.prepare(
    "UPDATE keyed SET upstream_key = '', upstream_seq = '' WHERE outcome IS NOT NULL",
  ).run();
}

/** The tables of `bridge.db`, by numbered migrations, and the names of its settings. @module */

/** Each brings `user_version` from its index to the next. A published one never changes. */
export const BRIDGE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE accounts (
    uin TEXT PRIMARY KEY,
    password TEXT NOT NULL,      -- MD5, sealed or not
    sealed INTEGER NOT NULL,
    nickname TEXT NOT NULL,      -- as JSON, which keeps every character
    wanted TEXT NOT NULL,
    added_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,        -- as JSON
    accounts TEXT NOT NULL,      -- as JSON
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) WITHOUT ROWID;
  `,
  // The presence that was set last; NULL if none was.
  "ALTER TABLE accounts ADD COLUMN status TEXT",
  // The key of each account's next poll, for a journal that is made anew.
  `
  CREATE TABLE poll_keys (
    account TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL          -- when it was kept, in milliseconds since 1970
  ) WITHOUT ROWID;
  `,
  // Tokens have an id. Earlier ones keep their name as id, so that their
  // consumers stay theirs. The exception is `local`, which is the id of the
  // program's own grant. The administrator counts as their maker.
  `
  CREATE TABLE tokens_with_ids (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,        -- as JSON
    accounts TEXT NOT NULL,      -- as JSON
    created_at INTEGER NOT NULL,
    created_by TEXT,             -- id of the token that made it; NULL for the first start's
    expires_at INTEGER,          -- NULL: never
    revoked_at INTEGER,
    consumer TEXT                -- of connections that name none
  ) WITHOUT ROWID;
  INSERT INTO tokens_with_ids
    SELECT CASE name WHEN 'local' THEN lower(hex(randomblob(12))) ELSE name END,
      name, hash, scopes, accounts, created_at,
      CASE name WHEN 'admin' THEN NULL ELSE 'admin' END,
      NULL, revoked_at, NULL
    FROM tokens;
  DROP TABLE tokens;
  ALTER TABLE tokens_with_ids RENAME TO tokens;
  `,
  // Sessions of the console.
  `
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,       -- SHA-256 of the half in the cookie
    proof_hash TEXT NOT NULL,    -- of the half that the page keeps
    token_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    kept INTEGER NOT NULL        -- 1 if the user asked to stay signed in
  ) WITHOUT ROWID;
  `,
  // Addresses to which the bridge connects or posts by itself.
  `
  CREATE TABLE targets (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,        -- as JSON, without what may be secret
    secrets TEXT NOT NULL,       -- URL, access token and secret as JSON, sealed or not
    sealed INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  // The inbox: what was read and answered, and a summary of the journal.
  `
  CREATE TABLE inbox_marks (
    kind TEXT NOT NULL,          -- read or answered
    account TEXT NOT NULL,
    party TEXT NOT NULL,         -- empty: all of the account's
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, account, party)
  ) WITHOUT ROWID;
  CREATE TABLE conversations (
    account TEXT NOT NULL,
    party TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    received_seq INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    first_unread INTEGER NOT NULL,
    request_seq INTEGER NOT NULL,
    PRIMARY KEY (account, party)
  ) WITHOUT ROWID;
  CREATE TABLE inbox_position (
    id INTEGER PRIMARY KEY,      -- 1
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL
  );
  `,
  // Names and faces of people.
  `
  CREATE TABLE people (
    uin TEXT PRIMARY KEY,
    nickname TEXT NOT NULL,      -- as JSON, which keeps every character
    face INTEGER,                -- NULL: not known
    at INTEGER NOT NULL          -- when it was learnt, in milliseconds since 1970
  ) WITHOUT ROWID;
  `,
  // The last use of each token.
  `
  ALTER TABLE tokens ADD COLUMN last_used_at INTEGER; -- to a minute; NULL: never
  ALTER TABLE tokens ADD COLUMN last_address TEXT;
  `,
];

/** The version of the tables that this program creates. */
export const BRIDGE_DB_VERSION = BRIDGE_MIGRATIONS.length;

/** Names of the rows in the table of settings. */
export type SettingName =
  /** `embedded`, or the URL of the server that `serve` last logged in to. */
  | "upstream"
  /** When the first start created the administrator's token. */
  | "administrator_made_at"
  /** SHA-256 of that token, until it was shown. */
  | "administrator_unshown"
  /** When a start began to create the demo accounts; deleted when all are created. */
  | "demo_begun_at"
  /** When all demo accounts were created. */
  | "demo_made_at"
  /** When `journal.db` was created. If it is empty later, it has lost its events. */
  | "journal_made_at"
  /** When `qq.db` was created. */
  | "qq_made_at"
  /** Set while a `journal.db` that was moved away is created again. */
  | "journal_making"
  /** Set while a `qq.db` that was moved away is created again. */
  | "qq_making"
  /** Name of the cluster to which the folder belongs. */
  | "cluster"
  /** The cluster's founding record in hex, for a folder that leaves a log that is lost. */
  | "cluster_found"
  /** Text of the mark with which a rebuild that was cut off gives the journal a new epoch. */
  | "cluster_rebuild_mark"
  /** New founding record in hex of a rebuild that was cut off. */
  | "cluster_rebuild"
  /** Random id of the folder, for the cluster. */
  | "cluster_folder"
  /** Inode and birth time of `bridge.db` when another file was created last. */
  | "bridge_file"
  /** Inode and birth time of `journal.db` when it was created. */
  | "journal_file"
  /** Inode and birth time of `qq.db` when it was created. */
  | "qq_file"
  /** The last position of `journal.db` at the last start or orderly end. */
  | "journal_head"
  /** Salt of the cipher's key. */
  | "salt"
  /** A known text, sealed, by which a wrong key is noticed. */
  | "key_check"
  /** `2` if everything in `qq.db` is sealed for its row. */
  | "qq_sealed"
  /** When `rekey` ended, until a start has logged it. */
  | "rekeyed_at"
  /** While `rekey` runs: the salt and the known text of the old key; empty if there was none. */
  | "old_salt"
  | "old_key_check";

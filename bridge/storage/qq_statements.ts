/** SQL statements of the embedded server's store. @module */

const BY_VALUE = (column: string) => `length(${column}), ${column}`;

/** Statements, each prepared once. */
export const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  account: "SELECT nickname, policy, profile FROM accounts WHERE uin = ?",
  hasAccount: "SELECT 1 FROM accounts WHERE uin = ?",
  accounts: `SELECT uin, nickname, policy, profile FROM accounts
    ORDER BY ${BY_VALUE("uin")}`,
  search: `SELECT uin, nickname, policy, profile FROM accounts
    WHERE (?1 IS NULL OR json_extract(profile, '$.age') = ?1)
      AND (?2 IS NULL OR json_extract(profile, '$.sex') = ?2)
      AND (?3 IS NULL OR json_extract(profile, '$.province') = ?3)
      AND (?4 IS NULL OR length(uin) > length(?4)
        OR length(uin) = length(?4) AND uin > ?4)
    ORDER BY ${BY_VALUE("uin")} LIMIT ?5`,
  putAccount: `INSERT INTO accounts (uin, nickname, policy, profile)
    VALUES (?, ?, ?, ?) ON CONFLICT (uin) DO UPDATE SET
    nickname = excluded.nickname, policy = excluded.policy,
    profile = excluded.profile`,
  password: "SELECT password, sealed FROM accounts WHERE uin = ?",
  setPassword: "UPDATE accounts SET password = ?, sealed = ? WHERE uin = ?",
  friends: `SELECT friend AS uin FROM friends WHERE uin = ?
    ORDER BY ${BY_VALUE("friend")}`,
  watchers: `SELECT uin FROM friends WHERE friend = ?
    ORDER BY ${BY_VALUE("uin")}`,
  hasFriend: "SELECT 1 FROM friends WHERE uin = ? AND friend = ?",
  countFriends: "SELECT count(*) AS count FROM friends WHERE uin = ?",
  addFriend: "INSERT OR IGNORE INTO friends (uin, friend) VALUES (?, ?)",
  removeFriend: "DELETE FROM friends WHERE uin = ? AND friend = ?",
  hasRequest: "SELECT 1 FROM requests WHERE asker = ? AND target = ?",
  countRequests: "SELECT count(*) AS count FROM requests WHERE target = ?",
  addRequest: "INSERT OR IGNORE INTO requests (asker, target) VALUES (?, ?)",
  removeRequest: "DELETE FROM requests WHERE asker = ? AND target = ?",
  box: `SELECT count(*) AS count, coalesce(min(id), 0) AS firstId,
    coalesce(max(id), 0) AS lastId
    FROM mail WHERE uin = ?`,
  addMail: "INSERT INTO mail (uin, id, item) VALUES (?, ?, ?)",
  mail: `SELECT id, item FROM mail WHERE uin = ? AND id > ?
    ORDER BY id LIMIT ?`,
  removeMail: "DELETE FROM mail WHERE uin = ? AND id <= ?",
  mark: "SELECT key, through FROM marks WHERE uin = ?",
  setMark: "INSERT OR REPLACE INTO marks (uin, key, through) VALUES (?, ?, ?)",
  followedKeys: "SELECT keys FROM followed_keys WHERE uin = ?",
  setFollowedKeys:
    "INSERT OR REPLACE INTO followed_keys (uin, keys) VALUES (?, ?)",
  keptAnswer: `SELECT digest, body, at, due_at AS dueAt FROM kept_answers
    WHERE uin = ? AND key = ?`,
  countKept: "SELECT count(*) AS count FROM kept_answers WHERE uin = ?",
  keepAnswer: `INSERT OR REPLACE INTO kept_answers
    (uin, key, digest, body, at, due_at) VALUES (?, ?, ?, ?, ?, ?)`,
  dropOldest: `DELETE FROM kept_answers WHERE id IN
    (SELECT id FROM kept_answers WHERE uin = ? ORDER BY id LIMIT ?)`,
  forgetAnswers: `DELETE FROM kept_answers WHERE id IN
    (SELECT id FROM (SELECT id, at FROM kept_answers ORDER BY id LIMIT ?)
      WHERE at < ?)`,
} as const;

/** Statements that delete an account and its data. */
export const BELONGINGS = [
  "DELETE FROM friends WHERE uin = ?",
  "DELETE FROM friends WHERE friend = ?",
  "DELETE FROM requests WHERE asker = ?",
  "DELETE FROM requests WHERE target = ?",
  "DELETE FROM mail WHERE uin = ?",
  "DELETE FROM marks WHERE uin = ?",
  "DELETE FROM followed_keys WHERE uin = ?",
  "DELETE FROM kept_answers WHERE uin = ?",
  "DELETE FROM accounts WHERE uin = ?",
] as const;

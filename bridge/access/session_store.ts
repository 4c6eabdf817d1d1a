/** What is kept of the console's sessions. @module */

/** A session as a store keeps it. Neither half of its secret can be read from it. */
export interface SessionRecord {
  /** SHA-256 of the half in the cookie, 64 lower-case hex digits. */
  readonly hash: string;
  /** SHA-256 of the half that the page keeps. */
  readonly proofHash: string;
  /** Id of the token that signed in. */
  readonly tokenId: string;
  /** SHA-256 of that token: the configuration may give another token the same id. */
  readonly tokenHash: string;
  /** When the session ends, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** When a page last used the session. */
  readonly seenAt: number;
  /** Whether the session lasts while no page is connected. */
  readonly isKept: boolean;
}

/** A synchronous store of sessions. */
export interface SessionStore {
  /** Returns all sessions, the one unused for longest first. */
  list(): SessionRecord[];
  add(record: SessionRecord): void;
  /** Stores when a session ends. */
  setExpiry(hash: string, expiresAt: number): void;
  /** Stores when pages used these sessions. */
  setSeen(hashes: readonly string[], at: number): void;
  remove(hashes: readonly string[]): void;
}

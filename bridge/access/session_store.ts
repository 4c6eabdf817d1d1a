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

/** A store of sessions. What it returns is kept when a promise of it resolves. */
export interface SessionStore {
  /** Returns all sessions, the one unused for longest first. */
  list(): SessionRecord[];
  add(record: SessionRecord): void | Promise<void>;
  /** Stores when a session ends. */
  setExpiry(hash: string, expiresAt: number): void | Promise<void>;
  /** Stores when pages used these sessions. */
  setSeen(hashes: readonly string[], at: number): void | Promise<void>;
  remove(hashes: readonly string[]): void | Promise<void>;
  /**
   * Calls a listener with the hashes of sessions that changed, here or
   * elsewhere. Absent if only this process changes them.
   *
   * @returns Removes the listener.
   */
  watch?(listener: (hashes: readonly string[]) => void): () => void;
  /** The session of a hash, for those that `watch` names. */
  get?(hash: string): SessionRecord | undefined;
}

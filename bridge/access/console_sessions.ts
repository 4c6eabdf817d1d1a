/** Sessions of the web console, each opened by a token. @module */

import type { Clock } from "../../lib/clock.ts";
import type { AuditSink } from "./audit.ts";
import type { Grant } from "./grant.ts";
import type { SessionRecord, SessionStore } from "./session_store.ts";
import { createToken, hashToken } from "./token_store.ts";

/** How long sessions last, and how many there are. */
export const SESSION_LIMITS = {
  /** Longest life of a session, in milliseconds. */
  lifeMs: 12 * 60 * 60_000,
  /** How long a session lasts without a connected page, in milliseconds. */
  idleMs: 30 * 60_000,
  /** Life of a session that the user asked to keep, with or without a page, in milliseconds. */
  keptMs: 30 * 24 * 60 * 60_000,
  /** Maximum number of sessions of a token; the one unused for longest ends. */
  perToken: 100,
  /** Maximum number of sessions in all; likewise. */
  all: 10_000,
} as const;

/** Time between two writes of when sessions were used, in milliseconds. */
const SEEN_MS = 60_000;

/** How much of a session's hash the log shows. */
const SHOWN_HASH_CHARS = 12;

/** Both halves of a session's secret. Neither alone opens anything. */
export interface PresentedSession {
  /** Half in the cookie, which scripts cannot read. */
  readonly cookie: string;
  /** Half that the page keeps per origin, because cookies are sent to every port of a host. */
  readonly proof: string | undefined;
}

/** A session that is open. */
export interface ConsoleSession {
  /** What its token allows, until the session ends. */
  readonly grant: Grant;
  /** When it ends if no page uses it, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** How long its cookie lasts, in milliseconds. */
  readonly lifeMs: number;
}

export interface ConsoleSessionsOptions {
  readonly clock: Pick<Clock, "now">;
  /**
   * Keeps sessions across restarts.
   *
   * @default sessions end with the process
   */
  readonly store?: SessionStore | undefined;
  /**
   * Returns what a token allows by its SHA-256; `undefined` if it is not valid.
   *
   * @default no session of the store opens
   */
  readonly findGrant?: ((tokenHash: string) => Grant | undefined) | undefined;
  /**
   * Called with errors of the store. The session works until the process ends.
   *
   * @default ignored
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Receives each security event. @default they are not reported */
  readonly audit?: AuditSink | undefined;
}

interface OpenSession extends SessionRecord {
  seenAt: number;
  expiresAt: number;
  /** What the session allows. */
  readonly grant: Grant;
}

function lifeOf(isKept: boolean): number {
  return isKept ? SESSION_LIMITS.keptMs : SESSION_LIMITS.lifeMs;
}

/** Opens, finds and ends the sessions of the console. */
export class ConsoleSessions {
  readonly #options: ConsoleSessionsOptions;
  /** By the hash of the cookie's half; the one unused for longest first. */
  readonly #sessions = new Map<string, OpenSession>();
  /** Sessions that were used since the last write. */
  readonly #used = new Set<string>();
  #wroteAt = -Infinity;

  constructor(options: ConsoleSessionsOptions) {
    this.#options = options;
    const ended: string[] = [];
    for (const record of options.store?.list() ?? []) {
      const grant = options.findGrant?.(record.tokenHash);
      if (grant === undefined) ended.push(record.hash);
      else this.#add(record, grant);
    }
    if (ended.length > 0) this.#write((store) => store.remove(ended));
    options.store?.watch?.((hashes) => {
      for (const hash of hashes) this.#follow(hash);
    });
  }

  /** Takes over what another node did to a session. */
  #follow(hash: string): void {
    const { store, findGrant } = this.#options;
    const record = store?.get?.(hash);
    const session = this.#sessions.get(hash);
    if (record === undefined) {
      this.#sessions.delete(hash);
      this.#used.delete(hash);
    } else if (session !== undefined) {
      session.expiresAt = Math.max(session.expiresAt, record.expiresAt);
      session.seenAt = Math.max(session.seenAt, record.seenAt);
    } else {
      const grant = findGrant?.(record.tokenHash);
      if (grant !== undefined) this.#add(record, grant);
    }
  }

  /**
   * Opens a session of a token.
   *
   * @param isKept Whether it lasts for days, also without a page.
   * @param address Address of the client, for the log.
   */
  open(
    grant: Grant,
    token: string,
    isKept: boolean,
    address?: string,
  ): ConsoleSession & { cookie: string; proof: string } {
    const now = this.#options.clock.now();
    this.#makeRoom(grant.id);
    const [cookie, proof] = [createToken(), createToken()];
    const record: SessionRecord = {
      hash: hashToken(cookie),
      proofHash: hashToken(proof),
      tokenId: grant.id,
      tokenHash: hashToken(token),
      seenAt: now,
      expiresAt: now + lifeOf(isKept),
      isKept,
    };
    const session = this.#add(record, grant);
    this.#write((store) => store.add(record));
    this.#report("session opened", session, undefined, address);
    return { cookie, proof, ...this.#shown(session) };
  }

  /** Returns the session that both halves open, and counts it as used; `undefined` if there is none. */
  find(presented: PresentedSession): ConsoleSession | undefined {
    const session = this.#find(presented);
    if (session === undefined) return undefined;
    this.#use(session);
    return this.#shown(session);
  }

  /** Gives the session that both halves open its whole life again; `undefined` if there is none. */
  extend(presented: PresentedSession): ConsoleSession | undefined {
    const session = this.#find(presented);
    if (session === undefined) return undefined;
    this.#use(session);
    const { hash, isKept } = session;
    const expiresAt = this.#options.clock.now() + lifeOf(isKept);
    session.expiresAt = expiresAt;
    this.#write((store) => store.setExpiry(hash, expiresAt));
    return this.#shown(session);
  }

  /** Whether a cookie belongs to an open session. */
  has(cookie: string): boolean {
    const session = this.#sessions.get(hashToken(cookie));
    return session !== undefined && this.#isOpen(session);
  }

  /**
   * Ends the session that both halves open.
   *
   * @param isEverywhere Whether all sessions of its token end.
   * @param address Address of the client, for the log.
   */
  end(
    presented: PresentedSession,
    isEverywhere = false,
    address?: string,
  ): void {
    const session = this.#find(presented);
    if (session === undefined) return;
    const ended = isEverywhere
      ? [...this.#sessions.values()].filter(({ tokenId }) =>
        tokenId === session.tokenId
      )
      : [session];
    this.#remove(ended, "signed out", address);
  }

  #find({ cookie, proof }: PresentedSession): OpenSession | undefined {
    if (proof === undefined) return undefined;
    const session = this.#sessions.get(hashToken(cookie));
    // Digests are compared, so the time of the comparison says nothing about the proof.
    if (session?.proofHash !== hashToken(proof)) return undefined;
    if (this.#isOpen(session)) return session;
    this.#remove([session], "expired");
    return undefined;
  }

  #add(record: SessionRecord, tokenGrant: Grant): OpenSession {
    const session: OpenSession = {
      ...record,
      grant: {
        ...tokenGrant,
        // The console must not take the consumer of the token's client.
        consumer: undefined,
        revoked: () =>
          tokenGrant.revoked() ||
          this.#sessions.get(record.hash) !== session ||
          !this.#isOpen(session),
        keepAlive: () => this.#use(session),
      },
    };
    this.#sessions.set(record.hash, session);
    return session;
  }

  #shown(session: OpenSession): ConsoleSession {
    const { grant, expiresAt, seenAt, isKept } = session;
    const idleAt = isKept ? Infinity : seenAt + SESSION_LIMITS.idleMs;
    return {
      grant,
      expiresAt: Math.min(expiresAt, idleAt),
      lifeMs: lifeOf(isKept),
    };
  }

  #isOpen(session: OpenSession): boolean {
    return this.#options.clock.now() < this.#shown(session).expiresAt;
  }

  #use(session: OpenSession): void {
    const { hash } = session;
    if (this.#sessions.get(hash) !== session || !this.#isOpen(session)) return;
    const now = this.#options.clock.now();
    session.seenAt = now;
    // Inserted last, so that the first entry is the one unused for longest.
    this.#sessions.delete(hash);
    this.#sessions.set(hash, session);
    this.#used.add(hash);
    if (now - this.#wroteAt < SEEN_MS) return;
    this.#wroteAt = now;
    const used = [...this.#used];
    this.#used.clear();
    this.#write((store) => store.setSeen(used, now));
  }

  /** Ends sessions, so that one more of the token is within the limits. */
  #makeRoom(tokenId: string): void {
    const sessions = [...this.#sessions.values()];
    const gone = new Set(sessions.filter(({ grant }) => grant.revoked()));
    const endOldest = (of: readonly OpenSession[], most: number) => {
      const open = of.filter((one) => !gone.has(one));
      const excess = Math.max(0, open.length - (most - 1));
      for (const one of open.slice(0, excess)) gone.add(one);
    };
    const own = sessions.filter((one) => one.tokenId === tokenId);
    endOldest(own, SESSION_LIMITS.perToken);
    endOldest(sessions, SESSION_LIMITS.all);
    const ended = [...gone].filter(({ grant }) => grant.revoked());
    this.#remove(ended, "expired");
    this.#remove([...gone].filter((one) => !ended.includes(one)), "too many");
  }

  #remove(
    sessions: readonly OpenSession[],
    reason: string,
    address?: string,
  ): void {
    if (sessions.length === 0) return;
    for (const session of sessions) {
      this.#sessions.delete(session.hash);
      this.#used.delete(session.hash);
      this.#report("session ended", session, reason, address);
    }
    const hashes = sessions.map(({ hash }) => hash);
    this.#write((store) => store.remove(hashes));
  }

  #report(
    message: "session opened" | "session ended",
    { grant, hash }: OpenSession,
    reason: string | undefined,
    address: string | undefined,
  ): void {
    this.#options.audit?.add({
      message,
      actor: { id: grant.id, name: grant.name, address },
      subject: hash.slice(0, SHOWN_HASH_CHARS),
      reason,
    });
  }

  #write(write: (store: SessionStore) => void | Promise<void>): void {
    const { store, onError } = this.#options;
    if (store === undefined) return;
    try {
      write(store)?.catch((error) => onError?.(error));
    } catch (error) {
      onError?.(error);
    }
  }
}

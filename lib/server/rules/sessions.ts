/** Who is logged in, from where, how seen. @module */

import type { Clock } from "../../clock.ts";
import type { Status } from "../../protocol/codes.ts";

/** Who is logged in as a number. */
export interface Session {
  /** QQ number of the session. */
  readonly uin: string;
  /** Who holds the session, as {@linkcode holderOf} says. */
  readonly holder: string;
  /** Presence, as its owner has set it. */
  status: Status;
  /** When the last request came, in milliseconds since 1970. */
  seenAt: number;
  /** QQ number that the owner asked to be added by, if the server wants that twice. */
  askedOnce?: string;
}

/** Stands before a Tqq-Session, and in no address. */
const NAMED = "=";

/** A Tqq-Session that counts, or null: 16 to 64 visible ASCII characters. */
export function sessionOf(header: string | null | undefined): string | null {
  return header && /^[!-~]{16,64}$/.test(header) ? header : null;
}

/** Who a client is, beside its number: its Tqq-Session, or without one its address. */
export function holderOf(address: string, session: string | null): string {
  return session === null ? address : NAMED + session;
}

/** The sessions, at most one a number. */
export class Sessions {
  /** Least recently seen first. */
  #byUin = new Map<string, Session>();
  #clock: Clock;
  #idleMs: number;
  #onLapse: (session: Session) => void;
  #isHeld: (uin: string) => boolean;
  #cancel: (() => void) | undefined;

  /**
   * @param onLapse Called after a session has lapsed.
   * @param isHeld Whether the session of a number does not lapse.
   */
  constructor(
    clock: Clock,
    idleMs: number,
    onLapse: (session: Session) => void,
    isHeld: (uin: string) => boolean = () => false,
  ) {
    this.#isHeld = isHeld;
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onLapse = onLapse;
  }

  /** The session of a number, wherever it is. */
  get(uin: string): Session | undefined {
    return this.#byUin.get(uin);
  }

  /**
   * What a RES=20 says in Tqq-Session: `overtaken` where the session of the
   * number is that of a client that names its own, `elsewhere` where it is that
   * of another client; undefined where there is none.
   */
  takenBy(uin: string): "overtaken" | "elsewhere" | undefined {
    this.#lapse();
    const session = this.#byUin.get(uin);
    if (session === undefined) return undefined;
    return session.holder.startsWith(NAMED) ? "overtaken" : "elsewhere";
  }

  /** Opens the session of a number, in place of any other. */
  open(uin: string, holder: string, status: Status = "online"): Session {
    const session: Session = {
      uin,
      holder,
      status,
      seenAt: this.#clock.now(),
    };
    this.put(session);
    return session;
  }

  /** Makes a session that of its number, in place of any other. */
  put(session: Session): void {
    this.#byUin.delete(session.uin);
    this.#byUin.set(session.uin, session);
    this.#arm();
  }

  /** The session that a request belongs to; it does not lapse for another while. */
  touch(uin: string, holder: string): Session | undefined {
    this.#lapse();
    const session = this.#byUin.get(uin);
    if (session?.holder !== holder) return undefined;
    session.seenAt = this.#clock.now();
    this.#byUin.delete(uin);
    this.#byUin.set(uin, session);
    return session;
  }

  /** Ends the session of a number. */
  end(uin: string): void {
    this.#byUin.delete(uin);
  }

  /** Ends all without telling anybody. */
  close(): void {
    this.#cancel?.();
    this.#byUin.clear();
  }

  #first(): Session | undefined {
    for (const session of this.#byUin.values()) return session;
    return undefined;
  }

  #lapse(): void {
    for (;;) {
      const session = this.#first();
      if (
        session === undefined ||
        this.#clock.now() - session.seenAt < this.#idleMs
      ) return;
      this.#byUin.delete(session.uin);
      if (this.#isHeld(session.uin)) {
        session.seenAt = this.#clock.now();
        this.#byUin.set(session.uin, session);
      } else this.#onLapse(session);
    }
  }

  #arm(): void {
    const session = this.#first();
    if (session === undefined || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.after(
      session.seenAt + this.#idleMs - this.#clock.now(),
      () => {
        this.#cancel = undefined;
        this.#lapse();
        this.#arm();
      },
    );
  }
}

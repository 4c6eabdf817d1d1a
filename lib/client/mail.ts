/** The poll loop: logs in, polls, logs in again, backs off. @module */

import { type Clock, sleep } from "../clock.ts";
import type { MailItem } from "../protocol/mailbox.ts";
import { Backoff } from "../backoff.ts";
import { type ClientErrorCode, isPermanent, QqError } from "./errors.ts";
import { PollPace } from "./poll_pace.ts";
import { LinkedSignal } from "../signals.ts";
import type { ClientStatus } from "./status.ts";

/**
 * What the loop does about each error, of a poll or of a login: `login`, log in
 * (again); `retry`, the same request with the same key after a backoff;
 * `wait_out`, the same after the penalty; `stop`, end with the error.
 *
 * @category QQ client
 */
export const MAIL_POLICY = {
  not_logged_in: "login",
  login_refused: "stop",
  invalid_uin: "stop",
  penalised: "wait_out",
  rejected: "retry",
  malformed_reply: "retry",
  unreachable: "retry",
  timeout: "retry",
  outcome_unknown: "retry",
} as const satisfies Record<
  ClientErrorCode,
  "login" | "retry" | "wait_out" | "stop"
>;

/**
 * The mail of one poll.
 *
 * @category QQ client
 */
export interface MailBatch {
  /** The Idempotency-Key that the poll carried; empty if it carried none. */
  key: string;
  /** The items, oldest first; never empty. */
  items: MailItem[];
}

/**
 * How one step of the loop ended.
 *
 * @category QQ client
 */
export type PollOutcome =
  | {
    /** The poll was answered. */
    type: "answered";
    /** How many items came. */
    items: number;
    /** Whether the server held the answer until there was something, or could have. */
    longPoll: boolean;
  }
  | {
    /** The poll, or the login before it, failed. */
    type: "failed";
    /** The error. Its `cmd` says whether the poll or the login failed. */
    error: QqError;
    /** When the loop goes on, in milliseconds since 1970; absent where it ends. */
    retryAt?: number;
  };

/**
 * How mail is read.
 *
 * @category QQ client
 */
export interface MailOptions {
  /**
   * Ends the loop at once, the poll in flight too; the iteration then ends
   * without an error. What a server without Idempotency-Key hands out at that
   * moment is lost: `finish` loses nothing.
   */
  signal?: AbortSignal;
  /**
   * Ends the loop without a loss: a poll in flight is still answered and its
   * mail given, unless the server honours keys, so that it keeps the mail. No
   * longer than one poll takes.
   */
  finish?: AbortSignal;
  /**
   * The Idempotency-Key of the next new poll. Asked first when the loop begins,
   * and again only after a batch was taken, that is, when the next one was
   * asked for, or after `onOvertaken`, with a key that was never used. A program
   * that stores the key with the batch can, after a crash, ask the same poll
   * again. Undefined: one poll carries no key, so that the server hands out what
   * it has marked under any key, too; if it finds nothing, the loop asks for a
   * key again.
   *
   * @default {crypto.randomUUID}
   */
  pollKey?: () => string | undefined;
  /**
   * Called when the server says that this key was followed by another: another
   * reader has the mailbox, or had it. The loop never repeats the key. It asks
   * for another one when this has resolved; a rejection ends the loop.
   */
  onOvertaken?: (key: string) => Promise<void> | void;
  /**
   * Whether the loop takes the mailbox back from another reader, after waits
   * that grow. Otherwise it ends with the error. At its start it always does,
   * because its key may be an old one.
   *
   * @default {true}
   */
  takesBack?: boolean;
  /** Called with the outcome of each poll, before its mail is returned. Must not throw. */
  onPoll?: (outcome: PollOutcome) => void;
}

/** Waits of the poll loop. */
export interface MailTimes {
  pollMinMs: number;
  pollMaxMs: number;
  waitSeconds: number;
  penaltyMs: number;
}

/** The answer to a poll. */
export interface PollAnswer {
  items: MailItem[];
  /** Whether the server applied `Prefer: wait`. */
  waited: boolean;
}

/** What the loop needs of its client. */
export interface MailPort {
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: MailTimes;
  /** `lost`: was logged in until a RES=20; `restarted`: the same, and the server was restarted. */
  readonly session: "none" | "in" | "lost" | "restarted";
  /** Who has the account, if the server says so: a client that names its session, or another. */
  readonly takenBy: "overtaken" | "elsewhere" | undefined;
  /** When the last login was accepted. */
  readonly loggedInAt: number;
  /** Time without a request after which the server may end the session, in milliseconds; Infinity if unknown. */
  readonly aliveMs: number;
  /** LI of the last login, in milliseconds: after so long without a request a session lapses. */
  readonly lapseMs: number;
  readonly honoursKeys: boolean | undefined;
  nextSeq(): string;
  login(options: { signal: AbortSignal }): Promise<void>;
  /** Asks whether the session of another is open; `session` and `takenBy` then say so. */
  probe(options: { signal: AbortSignal }): Promise<void>;
  poll(
    request: {
      key?: string;
      isUnkeyed?: boolean;
      seq: string;
      waitSeconds: number;
      until: LinkedSignal;
    },
  ): Promise<PollAnswer>;
  /** Makes the session `lost`. */
  overtaken(): void;
  setStatus(status: ClientStatus): void;
  setOnline(): void;
}

/** The least and the greatest wait after a failure, in milliseconds. */
const ERROR_MIN_MS = 1000;
const ERROR_MAX_MS = 60_000;

/** The same before the login of a client that was overtaken, so that two clients of one account do not log each other out in a loop. */
const REPLACED_MIN_MS = 3000;
const REPLACED_MAX_MS = 300_000;

/** A session that ended sooner than this after its login ended by another's login again. */
const REPLACED_WITHIN_MS = 60_000;

/** How often the server is asked whether another session has ended, in milliseconds. */
const PROBE_MS = { overtaken: 30_000, elsewhere: 4000 } as const;

/** The least time between two logins of a session that the server has ended, in milliseconds. */
const RELOGIN_MS = 1000;

/** How often a loop that begins takes the mailbox over at once: a server remembers so many keys. */
const TAKEOVERS_AT_START = 16;

/** Longest wait between polls, as a fraction of the server's idle limit: each poll is a keep-alive. */
const KEEP_ALIVE_FRACTION = 0.8;

/** Who reads a mailbox: one at a time. */
export interface MailTurn {
  /**
   * Begins to read. Throws if another reads.
   *
   * @returns Follows `options.signal`, and ends the loop and the poll in flight.
   */
  begin(): LinkedSignal;
  /** What an earlier loop left. */
  takeUnread(): MailBatch | undefined;
  /** Ends the reading, so that another may begin. */
  end(cut: LinkedSignal): void;
}

/** The batches of a mailbox until a signal, see {@linkcode MailOptions}. */
export function readMail(
  port: MailPort,
  options: MailOptions,
  turn: MailTurn,
): AsyncGenerator<MailBatch, void, undefined> {
  return new MailLoop(port, options).run(turn);
}

class MailLoop {
  readonly #port: MailPort;
  readonly #options: MailOptions;
  readonly #pace: PollPace;
  readonly #errors: Backoff;
  readonly #replaced: Backoff;
  /** Whether another reader has the mailbox, since the last poll that was answered. */
  #isOvertaken = false;
  /** The key that was refused for that. */
  #refusedKey: string | undefined;
  #takeoversLeft = TAKEOVERS_AT_START;
  /** Whether the present poll carries a key. */
  #isKeyed = true;
  /** Whether a poll without a key was followed by another at once. */
  #hasSkippedWait = false;
  /** Aborts the poll in flight. */
  #cut!: LinkedSignal;

  constructor(port: MailPort, options: MailOptions) {
    const { random, times } = port;
    this.#port = port;
    this.#options = options;
    this.#pace = new PollPace(times.pollMinMs, times.pollMaxMs);
    this.#errors = new Backoff({
      minMs: ERROR_MIN_MS,
      maxMs: ERROR_MAX_MS,
      random,
    });
    this.#replaced = new Backoff({
      minMs: REPLACED_MIN_MS,
      maxMs: REPLACED_MAX_MS,
      random,
    });
  }

  async *run(turn: MailTurn): AsyncGenerator<MailBatch, void, undefined> {
    const { finish, pollKey: nextKey = () => crypto.randomUUID() } =
      this.#options;
    const cut = this.#cut = turn.begin();
    try {
      finish?.addEventListener("abort", this);
      const left = turn.takeUnread();
      if (left !== undefined) yield left;
      while (!this.#ended) {
        const given = nextKey();
        const isRefused = given !== undefined && given === this.#refusedKey;
        const key = isRefused ? crypto.randomUUID() : given;
        const batch = await this.#untilMail(key);
        if (batch === undefined) continue;
        const { waited, tookMs, items } = batch;
        // Before the caller takes the batch: it may change the items.
        const figures = {
          items: items.length,
          characters: charactersIn(items),
          waited,
          tookMs,
        };
        yield { key: key ?? "", items };
        const { clock } = this.#port;
        const delayMs = this.#pace.after(figures, this.#mostMs, clock.now());
        await this.#wait(delayMs, clock);
      }
    } finally {
      finish?.removeEventListener("abort", this);
      turn.end(cut);
    }
  }

  get #ended(): boolean {
    return this.#cut.aborted || this.#options.finish?.aborted === true;
  }

  /** Does what ends with the loop. */
  async #untilEnd<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new LinkedSignal(this.#cut, this.#options.finish);
    try {
      return await act(stop.signal);
    } finally {
      stop.unlink();
    }
  }

  get #mostMs(): number {
    return this.#port.aliveMs * KEEP_ALIVE_FRACTION;
  }

  /** Called when `finish` is aborted: ends a poll that the server repeats later. */
  handleEvent(): void {
    const isKept = this.#port.honoursKeys && this.#isKeyed;
    if (isKept) this.#cut.abort(this.#options.finish!.reason);
  }

  /**
   * Polls with this key until something comes; undefined at the end of the loop,
   * and when the key counts no more. Without a key, until the first answer.
   */
  async #untilMail(key: string | undefined) {
    const { clock } = this.#port;
    this.#isKeyed = key !== undefined;
    let seq = this.#port.nextSeq();
    while (!this.#ended && (!this.#isKeyed || key !== this.#refusedKey)) {
      let answer: PollAnswer & { tookMs: number };
      // Not in a function of its own, whose state each waiting poll would keep.
      try {
        if (this.#port.session !== "in") await this.#login();
        if (this.#ended) return undefined;
        const startAt = clock.now();
        const { items, waited } = await this.#port.poll({
          ...(key === undefined ? { isUnkeyed: true } : { key }),
          seq,
          // What it is handed is deleted: the less time for a crash the better.
          waitSeconds: key === undefined ? 0 : this.#waitSeconds,
          until: this.#cut,
        });
        answer = { items, waited, tookMs: clock.now() - startAt };
        this.#onAnswer(answer);
      } catch (error) {
        if (this.#ended) return undefined;
        if (!(error instanceof QqError)) throw error;
        if (error.overtaken) await this.#giveWay(key ?? "", error);
        else await this.#recover(error);
        continue;
      }
      if (answer.items.length > 0) return answer;
      // It was answered: SEQ marks what is sent twice, and this is not.
      seq = this.#port.nextSeq();
      // The poll with a key follows at once; another without one waits as any does.
      if (!this.#isKeyed && !this.#hasSkippedWait) {
        this.#hasSkippedWait = true;
        return undefined;
      }
      await this.#wait(
        this.#pace.after(
          { ...answer, items: 0, characters: 0 },
          this.#mostMs,
          clock.now(),
        ),
        clock,
      );
      if (!this.#isKeyed) return undefined;
    }
    return undefined;
  }

  #onAnswer({ items, waited }: PollAnswer): void {
    this.#errors.reset();
    this.#isOvertaken = false;
    this.#takeoversLeft = 0;
    this.#port.setOnline();
    this.#options.onPoll?.({
      type: "answered",
      items: items.length,
      longPoll: waited,
    });
  }

  get #waitSeconds(): number {
    const most = Math.floor(this.#mostMs / 1000);
    return Math.max(0, Math.min(this.#port.times.waitSeconds, most));
  }

  async #login(): Promise<void> {
    const { clock, loggedInAt, takenBy } = this.#port;
    if (this.#port.session === "lost" && takenBy !== undefined) {
      if (await this.#outlast()) return;
    } else if (this.#port.session === "lost") {
      if (clock.now() - loggedInAt >= REPLACED_WITHIN_MS) {
        this.#replaced.reset();
      }
      // Who was replaced cannot see whether the other session is open: it may last so long.
      const delayMs = this.#isOvertaken
        ? this.#replaced.next()
        : this.#port.lapseMs;
      this.#port.setStatus({
        type: "replaced",
        ...(this.#isOvertaken ? { overtaken: true } : {}),
        retryAt: clock.now() + delayMs,
      });
      await this.#wait(delayMs, clock);
      if (this.#ended) return;
    }
    const restarted = this.#port.session === "restarted";
    if (restarted) {
      await this.#wait(loggedInAt + RELOGIN_MS - clock.now(), clock);
      if (this.#ended) return;
    }
    await this.#untilEnd((signal) => this.#port.login({ signal }));
    // It answers again: what failed before belongs to the server's last life.
    if (restarted) this.#errors.reset();
  }

  /** Waits until the session of another has ended; true where no login is needed then. */
  async #outlast(): Promise<boolean> {
    const port = this.#port;
    for (
      let takenBy = port.takenBy;
      port.session === "lost" && takenBy !== undefined;
      takenBy = port.takenBy
    ) {
      const delayMs = PROBE_MS[takenBy];
      port.setStatus({
        type: "replaced",
        ...(takenBy === "overtaken" ? { overtaken: true } : {}),
        waitsForEnd: true,
        retryAt: port.clock.now() + delayMs,
      });
      await this.#wait(delayMs, port.clock);
      if (this.#ended) return true;
      // Whatever fails, the next one says more.
      await this.#untilEnd((signal) => port.probe({ signal })).catch(() => {});
    }
    // The other one polled with later keys, so the server may refuse the next one here.
    this.#takeoversLeft = TAKEOVERS_AT_START;
    return this.#ended || port.session === "in";
  }

  /** Another reader's key came later than this one, which counts no more. */
  async #giveWay(key: string, error: QqError): Promise<void> {
    this.#refusedKey = key;
    await this.#options.onOvertaken?.(key);
    if (this.#ended) return;
    // This one has just begun, so it is the newest, and its key was an old one.
    if (this.#takeoversLeft > 0) {
      this.#takeoversLeft--;
      return;
    }
    this.#isOvertaken = true;
    this.#port.overtaken();
    const endsHere = this.#options.takesBack === false;
    this.#options.onPoll?.({
      type: "failed",
      error,
      ...(endsHere ? {} : { retryAt: this.#port.clock.now() }),
    });
    if (!endsHere) return;
    this.#port.setStatus({ type: "replaced", overtaken: true });
    throw error;
  }

  async #recover(error: QqError): Promise<void> {
    const { clock, times } = this.#port;
    const action = isPermanent(error) ? "stop" : MAIL_POLICY[error.code];
    const tell = (retryAt?: number) =>
      this.#options.onPoll?.({
        type: "failed",
        error,
        ...(retryAt === undefined ? {} : { retryAt }),
      });
    if (action === "stop") {
      this.#port.setStatus({
        type: "refused",
        reason: error.reason ?? error.message,
      });
      tell();
      throw error;
    }
    // A login follows, after its own wait. A server that says RES=20 to the
    // login itself gets the backoff as for any other error.
    const { session } = this.#port;
    if (action === "login" && (session === "lost" || session === "restarted")) {
      return tell(clock.now());
    }
    const backoffMs = this.#errors.next();
    const delayMs = action === "wait_out"
      ? Math.max(times.penaltyMs, backoffMs)
      : backoffMs;
    const retryAt = clock.now() + delayMs;
    this.#port.setStatus(
      action === "wait_out" ? { type: "penalised", untilAt: retryAt } : {
        type: "offline",
        reason: error.message,
        code: error.code,
        retryAt,
      },
    );
    tell(retryAt);
    await this.#wait(delayMs, clock);
  }

  /** Waits, or until the loop ends: what comes next looks whether it did. */
  async #wait(delayMs: number, clock: Clock): Promise<void> {
    if (delayMs <= 0 || this.#ended) return;
    await this.#untilEnd((signal) => sleep(clock, delayMs, signal))
      .catch(() => {});
  }
}

function charactersIn(items: readonly MailItem[]): number {
  let characters = 0;
  for (const item of items) {
    if (item.type === "status") continue;
    characters += item.type === "unreadable"
      ? item.raw.length
      : item.text.length;
  }
  return characters;
}

/** One request and its answer: key, SEQ, time-out, and what went wrong. @module */

import type { Clock } from "../clock.ts";
import { md5Hex } from "../md5.ts";
import { KEY_CHARACTERS } from "../protocol/codes.ts";
import { MalformedError } from "../protocol/errors.ts";
import { shown } from "../protocol/fields.ts";
import { type ClientErrorCode, QqError } from "./errors.ts";
import { LinkedSignal } from "../signals.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "./transport.ts";

/**
 * What a call that only reads may be given.
 *
 * @category QQ client
 */
export interface CallOptions {
  /** Ends the call early: it then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * What a call that acts may be given, so that a lost request can be repeated.
 *
 * @category QQ client
 */
export interface RequestOptions extends CallOptions {
  /**
   * The Idempotency-Key, 1 to 64 characters of visible ASCII. The same key
   * with the same content acts once, where the server honours keys.
   *
   * @default {crypto.randomUUID()}
   */
  key?: string;
  /** The SEQ, decimal. By default one more than that of the request before. */
  seq?: string;
}

/** How a request is sent. */
export interface SendOptions extends RequestOptions {
  /** Whether it carries no Idempotency-Key. */
  isUnkeyed?: boolean;
  /** Seconds that the server is asked to hold its answer while there is none. */
  waitSeconds?: number;
  timeoutMs?: number;
  /** Another command whose reply may come. */
  answeredBy?: string;
  /** Ends it early, instead of `signal`. */
  until?: LinkedSignal;
}

/** A request without its text. */
export interface OutgoingRequest {
  cmd: string;
  /** Whether it changes something, so that a lost answer leaves that unknown. */
  acts: boolean;
  options: SendOptions;
  /** Beyond so many bytes the answer is cut, and not refused. */
  cutAtBytes?: number | undefined;
}

/** A request that ends with a LinkedSignal. */
export type LinkedRequest = Omit<TransportRequest, "signal">;

/** A transport that may need no AbortSignal, of which each poll would keep one while it waits. */
export interface LinkableTransport extends Transport {
  /** As `post`. Never throws, and rejects as soon as the LinkedSignal is aborted. */
  postUntil?(
    request: LinkedRequest,
    until: LinkedSignal,
  ): Promise<TransportResponse>;
}

/** An answer with a body. */
export interface ReceivedReply {
  body: string;
  pieces: readonly string[];
  /** How many bytes of the body were cut off. */
  omittedBytes: number;
  headers: TransportResponse["headers"];
  key: string;
  seq: string;
}

/** Options of an exchange with the server. */
export interface ExchangeOptions {
  transport: Transport;
  clock: Clock;
  random: () => number;
  timeoutMs: number;
  session: string;
}

/** What a `RES` other than 0 means. */
const MEANINGS: Readonly<
  Record<number, readonly [code: ClientErrorCode, meaning: string]>
> = {
  3: ["penalised", "too fast, repeated, or not possible"],
  5: ["invalid_uin", "an illegal QQ number"],
  20: ["not_logged_in", "not logged in, or logged in elsewhere since"],
};

/** Sends requests and reads their replies. */
export class Exchange {
  readonly #options: ExchangeOptions;
  /** Ends the requests under way. */
  readonly #closing = new LinkedSignal();
  #seq: number;
  honoursKeys: boolean | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#seq = 10_000 + Math.floor(options.random() * 90_000);
  }

  /** Returns the next SEQ number. */
  nextSeq(): string {
    return String(this.#seq++);
  }

  /** Ends all requests, and refuses new ones. */
  close(): void {
    this.#closing.abort(
      new DOMException("The client was disposed", "AbortError"),
    );
  }

  /** Sends a request. Throws or rejects with QqError, or with the caller's reason to abort. */
  // Not async: thousands of polls wait, and each would keep its state.
  send(
    outgoing: OutgoingRequest,
    encode: (seq: string) => string,
  ): Promise<ReceivedReply> {
    const { cmd, options } = outgoing;
    const { until = options.signal } = options;
    if (this.#closing.aborted) {
      throw new DOMException(
        `Cannot send ${cmd}: the client was disposed`,
        "InvalidStateError",
      );
    }
    if (until?.aborted) throw until.reason;
    const key = checkKey(options.key ?? crypto.randomUUID());
    const seq = checkSeq(options.seq ?? this.nextSeq());
    const request = this.#toRequest(outgoing, encode(seq), key);
    const linked = new LinkedSignal(this.#closing, until);
    const limitMs = (options.timeoutMs ?? this.#options.timeoutMs) +
      (options.waitSeconds ?? 0) * 1000;
    // Made only then: thousands of polls wait, and each would keep its stack.
    let late: DOMException | undefined;
    const cancel = this.#options.clock.after(limitMs, () => {
      late = new DOMException("No answer in time", "TimeoutError");
      linked.abort(late);
    });
    const fail = (code: ClientErrorCode, why: string, cause?: unknown) =>
      new QqError(code, `Cannot do ${outgoing.cmd}: ${why}`, {
        ...this.details(outgoing.cmd, key, seq),
        cause,
      });
    const end = () => {
      cancel();
      linked.unlink();
    };
    const transport: LinkableTransport = this.#options.transport;
    // A race, so that a transport that forgets its signal holds nobody up.
    const posted = transport.postUntil?.(request, linked) ??
      linked.race(() => transport.post({ ...request, signal: linked.signal }));
    return posted.then((response) => {
      const { body, headers, omittedBytes = 0, status } = response;
      end();
      if (status !== 200) {
        throw fail(
          "unreachable",
          `the HTTP status must be 200, got ${status}`,
        );
      }
      if (body === "") {
        const cause = new TransportError("closed", "The reply has no body");
        throw fail(
          codeOf(cause, outgoing.acts),
          "the server answered nothing",
          cause,
        );
      }
      const { pieces = [body] } = response;
      return { body, pieces, omittedBytes, headers, key, seq };
    }, (cause) => {
      end();
      if (late !== undefined && cause === late) {
        throw fail(
          outgoing.acts ? "outcome_unknown" : "timeout",
          `no answer within ${limitMs} ms`,
        );
      }
      if (linked.aborted) throw linked.reason;
      if (cause instanceof MalformedError) {
        throw fail("malformed_reply", cause.message, cause);
      }
      throw fail(codeOf(cause, outgoing.acts), messageOf(cause), cause);
    });
  }

  /**
   * What a reply's head says, checked: throws where it is not this request's,
   * or says that nothing was done.
   */
  settle(
    outgoing: OutgoingRequest,
    incoming: ReceivedReply,
    head: { cmd: string; seq: string; res: number },
  ): void {
    const { cmd } = outgoing;
    const { key, seq } = incoming;
    const details = this.details(cmd, key, seq);
    const { answeredBy = cmd, isUnkeyed } = outgoing.options;
    if (
      head.cmd.toLowerCase() !== cmd.toLowerCase() && head.cmd !== answeredBy
    ) {
      throw notOurs("CMD", cmd, head.cmd, details);
    }
    if (head.seq !== seq) throw notOurs("SEQ", seq, head.seq, details);
    if (!isUnkeyed) {
      this.honoursKeys = incoming.headers.get("Idempotency-Key") === key;
    }
    const { res } = head;
    if (res === 0) return;
    const [code, meaning] = MEANINGS[res] ??
      ["rejected", "which nobody describes"];
    throw new QqError(code, `Cannot do ${cmd}: RES=${res}, ${meaning}`, {
      ...this.details(cmd, key, seq),
      res,
    });
  }

  /** What errors of a request carry. */
  details(
    cmd: string,
    key: string,
    seq: string,
  ): { cmd: string; key: string; seq: string; honoursKeys?: boolean } {
    const { honoursKeys } = this;
    return {
      cmd,
      key,
      seq,
      ...(honoursKeys === undefined ? {} : { honoursKeys }),
    };
  }

  #toRequest(
    { cutAtBytes, options }: OutgoingRequest,
    body: string,
    key: string,
  ): LinkedRequest {
    const { isUnkeyed = false, waitSeconds = 0 } = options;
    const headers: Record<string, string> = {
      "Content-Type": "text/plain; charset=UTF-8",
      "Tqq-Session": this.#options.session,
    };
    if (!isUnkeyed) headers["Idempotency-Key"] = key;
    if (waitSeconds > 0) headers["Prefer"] = `wait=${waitSeconds}`;
    return cutAtBytes === undefined
      ? { body, headers }
      : { body, headers, cutAtBytes };
  }
}

/** The options of the second request of a call: a key and a SEQ of its own that a repeat finds again. */
export function followUp(
  { key = "", seq, ...rest }: RequestOptions,
): RequestOptions {
  const mark = ":ask";
  const stem = key.length + mark.length > KEY_CHARACTERS ? md5Hex(key) : key;
  return {
    ...rest,
    key: stem + mark,
    ...(seq === undefined ? {} : { seq: String(BigInt(seq) + 1n) }),
  };
}

function codeOf(cause: unknown, acts: boolean): ClientErrorCode {
  const kind = cause instanceof TransportError ? cause.kind : "cut";
  if (kind === "unreachable") return kind;
  // The server may have acted before it closed.
  if (acts) return "outcome_unknown";
  return kind === "closed" ? "rejected" : "unreachable";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "the transport failed";
}

function notOurs(
  field: string,
  expected: string,
  got: string,
  details: ReturnType<Exchange["details"]>,
): QqError {
  return new QqError(
    "malformed_reply",
    `Cannot do ${details.cmd}: the reply's ${field} must be ${
      shown(expected)
    }, got ${shown(got)}`,
    details,
  );
}

function checkKey(key: string): string {
  if (!/^[!-~]+$/.test(key) || key.length > KEY_CHARACTERS) {
    throw new RangeError(
      `Cannot send a request: key must be 1 to ${KEY_CHARACTERS} characters of visible ASCII, got ${key.length} characters`,
    );
  }
  return key;
}

function checkSeq(seq: string): string {
  if (!/^-?\d{1,20}$/.test(seq)) {
    throw new RangeError(
      `Cannot send a request: seq must be decimal, got ${shown(seq)}`,
    );
  }
  return seq;
}

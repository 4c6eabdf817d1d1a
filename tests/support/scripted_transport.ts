import type { Clock } from "../../lib/clock.ts";
import {
  type Transport,
  TransportError,
  type TransportErrorKind,
  type TransportRequest,
  type TransportResponse,
} from "../../lib/client/transport.ts";
import { type Command, decodeCommand } from "../../lib/protocol/command.ts";
import { encodeReply, type Reply } from "../../lib/protocol/reply.ts";
import { sleep } from "../../lib/clock.ts";

/** A request as a script sees it. */
export interface Asked {
  command: Command;
  body: string;
  seq: string;
  key: string;
  prefer: string | undefined;
  /** When it was asked, after the script's start. */
  at: number;
  signal: AbortSignal;
}

/** What a script answers: fields of a reply with RES=0, or anything worse. */
export type Step =
  | TransportErrorKind
  /** Never. */
  | "silent"
  /** Never, whatever the signal says. */
  | "deaf"
  /** This RES and nothing more. */
  | number
  | Error
  | {
    status?: number;
    body?: string | ((asked: Asked) => string);
    fields?: Record<string, unknown>;
    headers?: Record<string, string>;
    afterMs?: number;
  };

/** A login as the old server answered it. */
export const LOGGED_IN: Step = {
  fields: { loggedIn: true, heartbeatSeconds: 60, idleSeconds: 300 },
};

/** An answer to GetMsgEx with so many messages, `1` to `n`. */
export function mailOf(count: number, headers = {}, afterMs = 0): Step {
  const items = Array.from({ length: count }, (_, index) => ({
    type: "message",
    from: "10002",
    text: String(index + 1),
  }));
  return { fields: { items }, headers, afterMs };
}

/** What a server with nothing special says to a command. */
export function ordinary({ command }: Asked): Step {
  switch (command.cmd) {
    case "Login":
      return LOGGED_IN;
    case "GetMsgEx":
      return mailOf(0);
    default:
      return { fields: {} };
  }
}

/** Answers by a script, and remembers what it was asked. */
export class ScriptedTransport implements Transport {
  readonly asked: Asked[] = [];
  closes = 0;
  /** Polls in flight, now and at most. */
  polls = 0;
  mostPolls = 0;
  readonly #clock: Clock;
  readonly #startAt: number;
  readonly #script: (asked: Asked, nth: number) => Step;

  /** @param script The steps in order, then the ordinary ones; or what chooses a step. */
  constructor(
    clock: Clock,
    script: readonly Step[] | ((asked: Asked, nth: number) => Step),
  ) {
    this.#clock = clock;
    this.#startAt = clock.now();
    this.#script = typeof script === "function"
      ? script
      : (asked, nth) => script[nth] ?? ordinary(asked);
  }

  /** `CMD@ms` of each request. */
  get times(): string[] {
    return this.asked.map(({ at, command }) => `${command.cmd}@${at}`);
  }

  async post(request: TransportRequest): Promise<TransportResponse> {
    const { body, headers, signal } = request;
    const command = decodeCommand(body);
    const asked: Asked = {
      command,
      body,
      seq: command.seq,
      key: headers["Idempotency-Key"] ?? "",
      prefer: headers["Prefer"],
      at: this.#clock.now() - this.#startAt,
      signal,
    };
    const step = this.#script(asked, this.asked.push(asked) - 1);
    const polls = command.cmd === "GetMsgEx" ? 1 : 0;
    this.polls += polls;
    this.mostPolls = Math.max(this.mostPolls, this.polls);
    try {
      return await this.#answer(asked, step);
    } finally {
      this.polls -= polls;
    }
  }

  close(): void {
    this.closes++;
  }

  async #answer(asked: Asked, step: Step) {
    const { command, signal } = asked;
    if (step === "deaf") return await new Promise<never>(() => {});
    if (step === "silent") {
      return await new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    if (typeof step === "string") throw new TransportError(step, step);
    if (step instanceof Error) throw step;
    const { cmd, seq, uin } = command;
    const head = { cmd, ver: "1.1", seq, uin };
    const wanted = typeof step === "number" ? {} : step;
    if (wanted.afterMs) await sleep(this.#clock, wanted.afterMs, signal);
    const { body, headers, status = 200 } = wanted;
    const given = new Headers(headers);
    if (body !== undefined) {
      return {
        status,
        headers: given,
        body: typeof body === "string" ? body : body(asked),
      };
    }
    const reply = typeof step === "number"
      ? { ...head, res: step }
      : { ...head, res: 0, ...wanted.fields };
    return {
      status,
      headers: given,
      body: status === 200 ? encodeReply(reply as Reply) : "no",
    };
  }
}

/** One connection of the listener: requests in, answers out, one at a time. @module */

import type { Clock } from "../../clock.ts";
import type { Answerer, QqAnswer } from "./answer.ts";
import {
  type HttpHead,
  HttpReader,
  type HttpReading,
  type HttpRequest,
} from "./http_reader.ts";
import { encodeHttpReply, type HttpReply } from "./http_reply.ts";
import type { Limits } from "../limits.ts";
import {
  type OriginHeaders,
  type Origins,
  preflightHeaders,
} from "./origins.ts";

/** What a connection needs of its socket. */
export interface Socket {
  /** Reads some bytes; null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some bytes; resolves with their number. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes the sending side of the socket. */
  closeWrite(): Promise<void>;
  /** Ends both; what is being read or written then fails. */
  close(): void;
}

/** Options of an HTTP connection. */
export interface HttpConnectionOptions {
  /** The socket; the connection closes it. */
  socket: Socket;
  /** IP address of the client. */
  address: string;
  /** Returns the answer to a request. */
  answer: Answerer;
  /** Source of time and timers; tests pass a fake. */
  clock: Clock;
  /** Limits of requests and connections. */
  limits: Limits;
  /** The web pages that are answered. */
  origins: Origins;
  /** What is left of the time for the first head, in milliseconds. @default {limits.headMs} */
  headMs?: number;
  /**
   * Whether NULL is a reply with an empty body, after which the connection goes
   * on.
   *
   * @default {false}
   */
  isNullEmpty?: boolean;
}

/** Most bytes read at once. */
const CHUNK_BYTES = 2048;

/** Serves the requests of one connection, one after another. */
export class HttpConnection {
  #options: HttpConnectionOptions;
  #reader: HttpReader;
  #doing: "reading" | "answering" | "silent" | "lingering" = "reading";
  /** Whether no request is taken any more. */
  #isEnding = false;
  /** Whether the client has ended its side. */
  #hasEnded = false;
  #isClosed = false;
  /** Whose answer is under way. */
  #asking: { gone: AbortController; waits: boolean } | undefined;
  #cancelHalfClosed: () => void = () => {};
  #wakeServing: () => void = () => {};
  #wakePump: () => void = () => {};

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#reader = new HttpReader(options.limits);
  }

  /** Serves until the end. Never rejects. */
  async run(): Promise<void> {
    const pumped = this.#pump();
    for (let isFirst = true;; isFirst = false) {
      const request = await this.#nextRequest(isFirst);
      if (request === undefined || !await this.#serve(request)) break;
    }
    await this.#linger();
    this.cut();
    await pumped;
  }

  /** Ends after the answer that is under way. */
  shut(): void {
    this.#isEnding = true;
    if (this.#doing !== "answering") this.cut();
  }

  /** Closes the connection at once. */
  cut(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#asking?.gone.abort();
    this.#options.socket.close();
    this.#wakeServing();
    this.#wakePump();
  }

  /** Reads all the time, for only so it is seen that the client goes away. */
  async #pump(): Promise<void> {
    const { socket, limits } = this.#options;
    const chunk = new Uint8Array(CHUNK_BYTES);
    try {
      for (;;) {
        const length = await socket.read(chunk);
        if (length === null) break;
        if (this.#doing === "lingering") continue;
        this.#reader.push(chunk.subarray(0, length));
        this.#wakeServing();
        while (
          this.#asking !== undefined && !this.#isClosed &&
          this.#reader.buffered > limits.readAheadBytes
        ) await new Promise<void>((resolve) => this.#wakePump = resolve);
      }
    } catch {
      // Reset, or closed here.
      return this.cut();
    }
    this.#hasEnded = true;
    this.#noticeEnd();
    this.#wakeServing();
  }

  /** Who has ended its side may still read, but it is not worth waiting for. */
  #noticeEnd(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    const { clock, limits } = this.#options;
    if (asking.waits) return asking.gone.abort();
    this.#cancelHalfClosed = clock.after(
      limits.halfClosedMs,
      () => asking.gone.abort(),
    );
  }

  /** Undefined where there is none: refused, late, or at the end. */
  async #nextRequest(isFirst: boolean): Promise<HttpRequest | undefined> {
    const { clock } = this.#options;
    let waitsFor: "nothing" | "head" | "body" | undefined;
    let isLate = false;
    let cancel = () => {};
    try {
      while (!this.#isClosed && !this.#isEnding && !isLate) {
        const reading: HttpReading = this.#reader.next();
        if (reading.type === "request") return reading.request;
        if (reading.type === "refused" || this.#hasEnded) return undefined;
        const of = isFirst && reading.of === "nothing" ? "head" : reading.of;
        if (of !== waitsFor) {
          waitsFor = of;
          cancel();
          const { headMs = this.#patienceMs(of) } = this.#options;
          const ms = isFirst && of === "head" ? headMs : this.#patienceMs(of);
          cancel = clock.after(ms, () => {
            isLate = true;
            this.#wakeServing();
          });
        }
        await this.#change();
      }
      return undefined;
    } finally {
      cancel();
    }
  }

  #patienceMs(of: "nothing" | "head" | "body"): number {
    const { idleMs, headMs, bodyMs } = this.#options.limits;
    return of === "nothing" ? idleMs : of === "head" ? headMs : bodyMs;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakeServing = resolve);
  }

  /** True where the connection goes on. */
  async #serve(request: HttpRequest): Promise<boolean> {
    const { headers, method, body } = request;
    const forPage = this.#options.origins.headersOf(headers.get("origin"));
    if (forPage === undefined) return false;
    const preflight = preflightHeaders(method, forPage);
    if (preflight !== undefined) {
      this.#doing = "answering";
      const goesOn = await this.#reply(
        { status: 204, headers: preflight, body: "" },
        request,
      );
      this.#doing = "reading";
      return goesOn;
    }
    const prefer = headers.get("prefer") ?? null;
    const asking = { gone: new AbortController(), waits: prefer !== null };
    this.#asking = asking;
    this.#doing = "answering";
    if (this.#hasEnded) this.#noticeEnd();
    const answer = await this.#options.answer({
      method,
      body,
      contentType: headers.get("content-type") ?? null,
      idempotencyKey: headers.get("idempotency-key") ?? null,
      prefer,
      session: headers.get("tqq-session") ?? null,
      address: this.#options.address,
      signal: asking.gone.signal,
    });
    const goesOn = await this.#give(
      answer,
      request,
      forPage,
      asking.gone.signal,
    );
    this.#cancelHalfClosed();
    this.#asking = undefined;
    this.#doing = "reading";
    this.#wakePump();
    return goesOn;
  }

  async #give(
    answer: QqAnswer,
    head: HttpHead,
    forPage: OriginHeaders,
    gone: AbortSignal,
  ): Promise<boolean> {
    switch (answer.type) {
      case "null":
        return this.#options.isNullEmpty && !answer.closes && !this.#isEnding
          ? await this.#reply({ status: 200, headers: forPage, body: "" }, head)
          : false;
      case "silent":
        if (this.#isEnding) return false;
        this.#doing = "silent";
        await aborted(gone);
        return false;
      case "cut": {
        const { body, bytes } = answer;
        await this.#write(
          encodeHttpReply({ status: 200, headers: forPage, body }, bytes),
        );
        return false;
      }
      case "http": {
        const { status, body } = answer;
        return await this.#reply({ status, headers: forPage, body }, head);
      }
      case "reply": {
        const { bodies } = answer;
        const headers = { ...answer.headers, ...forPage };
        const last = bodies.length - 1;
        for (const body of bodies.slice(0, last)) {
          const reply = { status: 200, headers, body };
          if (!await this.#write(encodeHttpReply(reply))) return false;
        }
        const body = bodies[last]!;
        return await this.#reply({ status: 200, headers, body }, head);
      }
    }
  }

  /** The last reply to a request; true where the connection goes on. */
  async #reply(
    { status, headers, body }: HttpReply,
    { keepAlive, isOld }: HttpHead,
  ): Promise<boolean> {
    const goesOn = keepAlive && !this.#isEnding;
    // Said only where the client expects the other.
    const connection = goesOn && isOld
      ? { Connection: "keep-alive" }
      : keepAlive && !goesOn
      ? { Connection: "close" }
      : undefined;
    const bytes = encodeHttpReply({
      status,
      headers: { ...headers, ...connection },
      body,
    });
    return await this.#write(bytes) && goesOn;
  }

  /** True once all is handed over. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    const { socket, clock, limits } = this.#options;
    const cancel = clock.after(limits.replyMs, () => this.cut());
    try {
      for (let at = 0; at < bytes.length && !this.#isClosed;) {
        at += await socket.write(bytes.subarray(at));
      }
    } catch {
      this.cut();
    }
    cancel();
    return !this.#isClosed;
  }

  /**
   * Waits for the client's end: what it sends to a closed socket, such as line
   * ends behind a body, would make its system throw the answer away.
   */
  async #linger(): Promise<void> {
    if (this.#isClosed || this.#isEnding || this.#hasEnded) return;
    const { socket, clock, limits } = this.#options;
    this.#doing = "lingering";
    const cancel = clock.after(limits.lingerMs, () => this.cut());
    try {
      await socket.closeWrite();
      while (!this.#isClosed && !this.#hasEnded) await this.#change();
    } catch {
      // It is gone.
    }
    cancel();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

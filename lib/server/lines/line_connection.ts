/** One connection of lines: requests in, replies and pushes out. @module */

import { type Clock, sleep } from "../../clock.ts";
import type { QqAnswer, QqRequest } from "../http/answer.ts";
import type { Socket } from "../http/http_connection.ts";
import type { Limits } from "../limits.ts";
import type { LinePort } from "../rules/bindings.ts";
import { LineReader } from "./line_reader.ts";
import type { PushedItem, Pushes } from "./pushes.ts";

/** A request of a connection of lines. */
export interface LineRequest extends QqRequest {
  /** The connection, which a Login binds the number to. */
  line: LinePort;
  /** Called when the answer will come late, so that it holds nothing else up. */
  onLate: () => void;
}

/** Options of a connection of lines. */
export interface LineConnectionOptions {
  /** The socket; the connection closes it. */
  socket: Socket;
  /** IP address of the client. */
  address: string;
  /** Returns the answer to a request. Never rejects. */
  answer: (request: LineRequest) => Promise<QqAnswer>;
  /** The mail to push. */
  pushes: Pushes;
  /** Source of time and timers; tests pass a fake. */
  clock: Clock;
  /** Limits of requests and connections. */
  limits: Limits;
}

/** Most bytes read at once. */
const CHUNK_BYTES = 2048;

const CR = 13;
const encoder = new TextEncoder();
const VER = encoder.encode("VER=");

/** Serves the requests of one connection in their order, and pushes the mail of its numbers. */
export class LineConnection implements LinePort {
  readonly bound: Set<string> = new Set();
  readonly #options: LineConnectionOptions;
  readonly #reader: LineReader;
  readonly #gone = new AbortController();
  /** Requests that wait for their turn. */
  readonly #requests: Uint8Array[] = [];
  /** Replies that wait to be written. */
  readonly #replies: Uint8Array[] = [];
  /** Whether a request is under way: what it causes is pushed behind its reply. */
  #isBusy = false;
  #mayPush = false;
  #pushed = 0;
  /** Whether the client has ended its side. */
  #hasEnded = false;
  /** Whether no request is taken any more. */
  #isEnding = false;
  /** Whether all replies are there, and only have to be written. */
  #isServed = false;
  #isClosed = false;
  #wakeServing: () => void = () => {};
  #wakeWriting: () => void = () => {};
  #wakePump: () => void = () => {};
  #cancelIdle: () => void = () => {};
  #cancelPartial: (() => void) | undefined;

  constructor(options: LineConnectionOptions) {
    this.#options = options;
    this.#reader = new LineReader(options.limits.bodyBytes);
  }

  /** Serves until the end. Never rejects. */
  async run(): Promise<void> {
    this.#armIdle();
    const pumped = this.#pump();
    const written = this.#write();
    await this.#serve();
    this.#isServed = true;
    this.#options.pushes.ended(this);
    this.#wakeWriting();
    await written;
    await this.#linger(pumped);
    this.cut();
    await pumped;
  }

  /** Ends after the reply that is under way. */
  shut(): void {
    this.#isEnding = true;
    this.#wakeServing();
  }

  /** Closes the connection at once. */
  cut(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#gone.abort();
    this.#cancelIdle();
    this.#cancelPartial?.();
    this.#options.socket.close();
    this.#wakeServing();
    this.#wakeWriting();
    this.#wakePump();
  }

  wake(): void {
    this.#mayPush = true;
    this.#armIdle();
    this.#wakeWriting();
  }

  /** A connection without a number and without a line is closed. */
  #armIdle(): void {
    const { clock, limits } = this.#options;
    this.#cancelIdle();
    this.#cancelIdle = this.bound.size > 0 || this.#isClosed
      ? () => {}
      : clock.after(limits.idleMs, () => this.cut());
  }

  async #pump(): Promise<void> {
    const { socket } = this.#options;
    const chunk = new Uint8Array(CHUNK_BYTES);
    try {
      for (;;) {
        const length = await socket.read(chunk);
        if (length === null) break;
        if (this.#isServed) continue;
        this.#reader.push(chunk.subarray(0, length));
        while (!this.#takeLines()) {
          await new Promise<void>((resolve) => this.#wakePump = resolve);
        }
      }
    } catch {
      // Reset, or closed here.
      return this.cut();
    }
    this.#hasEnded = true;
    this.#wakeServing();
    this.#wakePump();
  }

  /** Takes the lines that have come; false if too many requests wait already. */
  #takeLines(): boolean {
    const { clock, limits } = this.#options;
    while (!this.#isClosed) {
      if (this.#unanswered >= limits.unansweredLines) return false;
      const reading = this.#reader.next();
      if (reading.type === "too_long") {
        this.cut();
      } else if (reading.type === "more") {
        if (reading.started) {
          this.#cancelPartial ??= clock.after(limits.bodyMs, () => this.cut());
        }
        break;
      } else {
        this.#cancelPartial?.();
        this.#cancelPartial = undefined;
        this.#armIdle();
        const request = requestIn(reading.line);
        if (request === undefined) continue;
        this.#requests.push(request);
        this.#wakeServing();
      }
    }
    return true;
  }

  get #unanswered(): number {
    return this.#requests.length + this.#replies.length +
      (this.#isBusy ? 1 : 0);
  }

  async #serve(): Promise<void> {
    while (!this.#isClosed && !this.#isEnding) {
      const body = this.#requests.shift();
      if (body !== undefined) {
        await this.#answer(body);
        this.#wakePump();
      } else if (this.#hasEnded) return;
      else await new Promise<void>((resolve) => this.#wakeServing = resolve);
    }
  }

  async #answer(body: Uint8Array): Promise<void> {
    this.#isBusy = true;
    const late = new Promise<undefined>((resolve) => {
      const answered = this.#options.answer({
        method: "POST",
        body,
        contentType: null,
        idempotencyKey: null,
        prefer: null,
        address: this.#options.address,
        signal: this.#gone.signal,
        line: this,
        onLate: () => resolve(undefined),
      });
      answered.then((answer) => {
        this.#reply(answer);
        resolve(undefined);
      }, () => resolve(undefined));
    });
    await late;
    this.#isBusy = false;
    this.#wakeWriting();
  }

  /** Also a late one, if the connection is still served. */
  #reply(answer: QqAnswer): void {
    if (this.#isServed || this.#isClosed) return;
    if (answer.type === "reply") {
      for (const body of answer.bodies) {
        const line = body.endsWith("\r\n") ? body : `${body}\r\n`;
        this.#replies.push(encoder.encode(line));
      }
    } else if (answer.type === "cut") {
      this.#replies.push(encoder.encode(answer.body).subarray(0, answer.bytes));
      this.shut();
    }
    this.#wakeWriting();
  }

  async #write(): Promise<void> {
    const { clock, limits, pushes } = this.#options;
    let lastAt = -Infinity;
    while (!this.#isClosed) {
      if (this.#replies.length === 0 && !this.#canPush) {
        if (this.#isServed) return;
        await new Promise<void>((resolve) => this.#wakeWriting = resolve);
        continue;
      }
      const gapMs = lastAt + limits.lineGapMs - clock.now();
      if (gapMs > 0) {
        await sleep(clock, gapMs, this.#gone.signal).catch(() => {});
        continue;
      }
      const reply = this.#replies.shift();
      const push = reply === undefined ? this.#nextPush() : undefined;
      const bytes = reply ?? push?.bytes;
      if (bytes === undefined) continue;
      if (!await this.#send(bytes)) return;
      lastAt = clock.now();
      if (push !== undefined) pushes.written(push.item);
      else this.#wakePump();
    }
  }

  get #canPush(): boolean {
    return this.#mayPush && !this.#isBusy && this.#requests.length === 0 &&
      !this.#hasEnded && !this.#isEnding && !this.#isServed;
  }

  #nextPush(): { item: PushedItem; bytes: Uint8Array } | undefined {
    const item = this.#options.pushes.next(this);
    if (item === undefined) {
      this.#mayPush = false;
      return undefined;
    }
    const line = `${item.encode(++this.#pushed)}\r\n`;
    return { item, bytes: encoder.encode(line) };
  }

  /** True once all is handed over. */
  async #send(bytes: Uint8Array): Promise<boolean> {
    const { clock, limits, socket } = this.#options;
    const cancel = clock.after(limits.replyMs, () => this.cut());
    try {
      for (let at = 0; at < bytes.length;) {
        at += await socket.write(bytes.subarray(at));
      }
      return true;
    } catch {
      this.cut();
      return false;
    } finally {
      cancel();
    }
  }

  /** So that the last replies are read: a close at once could make them be thrown away. */
  async #linger(pumped: Promise<void>): Promise<void> {
    if (this.#isClosed || this.#hasEnded) return;
    const { clock, limits, socket } = this.#options;
    const cancel = clock.after(limits.lingerMs, () => this.cut());
    await socket.closeWrite().catch(() => {});
    await pumped;
    cancel();
  }
}

/** The request in a line, behind what stands before its VER; undefined if there is none. */
function requestIn(line: Uint8Array): Uint8Array | undefined {
  const end = line.at(-1) === CR ? line.length - 1 : line.length;
  for (let at = line.indexOf(VER[0]!); at >= 0;) {
    if (VER.every((byte, nth) => line[at + nth] === byte)) {
      return line.subarray(at, end);
    }
    at = line.indexOf(VER[0]!, at + 1);
  }
  return undefined;
}

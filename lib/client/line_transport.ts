/** Requests as lines on a TCP connection, and the mail that is pushed there. @module */

import { type Clock, sleep, systemClock } from "../clock.ts";
import { encodeMailbox, type MailItem } from "../protocol/mailbox.ts";
import { fieldOf, parseFields } from "../protocol/fields.ts";
import { decodeReply } from "../protocol/reply.ts";
import { type Resolvers, withResolvers } from "../with_resolvers.ts";
import { raceSignal } from "../signals.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "./transport.ts";

/**
 * A TCP connection, of which only this is used.
 *
 * @category Transport
 */
export interface LineSocket {
  /** What the server sends. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What is sent to the server. */
  readonly writable: WritableStream<Uint8Array>;
  /** Ends the connection at once, in both directions. */
  close(): void;
}

/**
 * Opens a TCP connection.
 *
 * @category Transport
 */
export type Connect = (hostname: string, port: number) => Promise<LineSocket>;

/**
 * Options of a transport of lines.
 *
 * @category Transport
 */
export interface LineTransportOptions {
  /**
   * Opens a connection to the server.
   *
   * @default {Deno.connect}
   */
  connect?: Connect | undefined;
  /** Source of time and timers; tests pass a fake. */
  clock?: Clock;
}

/** Longest line of the server, in characters; beyond, the connection is closed. */
const MOST_CHARACTERS = 4_194_304;

/** Most items that wait to be read; beyond, the connection is closed, and the rest stays at the server. */
const MOST_UNREAD = 10_000;

/** Most items of one answer to a poll. */
const MOST_ITEMS = 500;

/** The little that is asked of Deno's namespace, so that other runtimes need no types of it. */
interface Connector {
  connect?(
    options: { hostname: string; port: number },
  ): Promise<LineSocket & { setNoDelay?(): void; setKeepAlive?(): void }>;
}

/**
 * Carries the requests of one account as lines.
 *
 * A poll is answered with what was pushed; if nothing comes while it is held,
 * it is sent, so that a session that has ended is noticed. The end of the
 * connection ends the session: the next poll fails, and the server answers the
 * one after it with "not logged in".
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { LineTransport, QqClient } from "@tqq/tqq";
 *
 * await using client = new QqClient({
 *   uin: "10001",
 *   password: "demo",
 *   // Without `connect`, it connects to this address.
 *   transport: new LineTransport("tcp://127.0.0.1:14000", {
 *     connect: () => Promise.reject(new Error("no cable")),
 *   }),
 * });
 * const error = await client.login().catch((error) => error);
 * assertEquals(error.code, "unreachable");
 * ```
 * @category Transport
 */
export class LineTransport implements Transport {
  readonly #hostname: string;
  readonly #port: number;
  readonly #connect: Connect;
  readonly #clock: Clock;
  readonly #unread: MailItem[] = [];
  #connection: Promise<Connection> | undefined;
  /** Whether a connection has ended since the last request that failed. */
  #hasLost = false;
  #wake: () => void = () => {};

  /**
   * Creates a transport. It opens no connection before its first request.
   *
   * @param endpoint The server's URL; its host and port count.
   */
  constructor(
    endpoint: string | URL,
    { connect, clock = systemClock }: LineTransportOptions = {},
  ) {
    const url = new URL(endpoint);
    // Only a special scheme has a host that is read as an address.
    const { hostname, port } = new URL(url.href.replace(/^[a-z]+:/, "http:"));
    this.#hostname = hostname.replace(/^\[|\]$/g, "");
    this.#port = Number(port || url.port || 80);
    this.#connect = connect ?? connectByDeno;
    this.#clock = clock;
  }

  /**
   * Sends a request as a line, or answers a poll with what was pushed.
   *
   * @example
   * ```ts
   * import { assertRejects } from "@std/assert";
   * import { LineTransport } from "@tqq/tqq";
   *
   * const connect = () => Promise.reject(new Error("no cable"));
   * const transport = new LineTransport("tcp://127.0.0.1:14000", { connect });
   * const { signal } = new AbortController();
   * const body = "VER=1.4&CMD=Logout&SEQ=1&UIN=10001";
   * await assertRejects(() => transport.post({ body, headers: {}, signal }), Error, "Cannot reach");
   * ```
   */
  async post(request: TransportRequest): Promise<TransportResponse> {
    const { body, headers, signal } = request;
    signal.throwIfAborted();
    const fields = parseFields(body);
    const cmd = fieldOf(fields, "CMD")?.toLowerCase();
    const seconds = Number(
      /wait=(\d+)/.exec(headers["Prefer"] ?? "")?.[1] ?? 0,
    );
    if (cmd === "getmsgex") {
      await this.#awaitMail(seconds, signal);
      if (this.#unread.length > 0) {
        return response(this.#mailReply(body), seconds);
      }
    }
    if (this.#hasLost) {
      this.#hasLost = false;
      throw new TransportError("closed", "The connection has ended");
    }
    const connection = await this.#connected(signal);
    const reply = await connection.ask(body, signal);
    // Nothing is bound to it any more.
    if (cmd === "logout") this.close();
    return response(reply, cmd === "getmsgex" ? seconds : 0);
  }

  /**
   * Ends the connection. The next `post` opens another.
   *
   * @example
   * ```ts
   * import { LineTransport } from "@tqq/tqq";
   *
   * const transport = new LineTransport("tcp://127.0.0.1:14000");
   * transport.close(); // a later post opens a new connection
   * ```
   */
  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.then((one) => one.close(), () => {});
    this.#wake();
  }

  #mailReply(body: string): string {
    const fields = parseFields(body);
    const field = (code: string) => fieldOf(fields, code) ?? "";
    // Nothing can stand behind what is unreadable.
    const broken = this.#unread.slice(0, MOST_ITEMS)
      .findIndex(({ type }) => type === "unreadable");
    const items = this.#unread.splice(0, broken + 1 || MOST_ITEMS);
    // Not encodeReply, which would add a kilobyte to every client.
    return `VER=${field("VER")}&CMD=GETMSGEX&SEQ=${field("SEQ")}&UIN=${
      field("UIN")
    }&RES=0&${encodeMailbox(items)}`;
  }

  /** Waits for a push, so long at most; also until the connection ends. */
  async #awaitMail(seconds: number, signal: AbortSignal): Promise<void> {
    if (
      seconds === 0 || this.#unread.length > 0 || this.#connection === undefined
    ) return;
    const waiting = new AbortController();
    const change = new Promise<void>((resolve) => this.#wake = resolve);
    const late = sleep(this.#clock, seconds * 1000, waiting.signal)
      .catch(() => {});
    try {
      await raceSignal(signal, () => Promise.race([change, late]));
    } finally {
      waiting.abort();
    }
  }

  #connected(signal: AbortSignal): Promise<Connection> {
    this.#connection ??= this.#opened();
    const connection = this.#connection;
    return raceSignal(signal, () => connection);
  }

  /** A connection that is let go of when it ends. */
  #opened(): Promise<Connection> {
    const opening = this.#open();
    const forget = () => {
      // One that was closed here, or replaced, says nothing about the server.
      if (this.#connection !== opening) return false;
      this.#connection = undefined;
      return true;
    };
    opening.then((connection) =>
      connection.ended.then(() => {
        if (!forget()) return;
        this.#hasLost = !connection.hasFailed;
        this.#wake();
      }), forget);
    return opening;
  }

  async #open(): Promise<Connection> {
    let socket: LineSocket;
    try {
      socket = await this.#connect(this.#hostname, this.#port);
    } catch (cause) {
      throw new TransportError("unreachable", "Cannot reach the server", {
        cause,
      });
    }
    return new Connection(socket, (items) => this.#take(items));
  }

  #take(items: readonly MailItem[]): boolean {
    for (const item of items) this.#unread.push(item);
    this.#wake();
    return this.#unread.length <= MOST_UNREAD;
  }
}

function response(body: string, seconds: number): TransportResponse {
  const applied = seconds > 0 ? `wait=${seconds}` : null;
  return {
    status: 200,
    body,
    headers: {
      get: (name) =>
        name.toLowerCase() === "preference-applied" ? applied : null,
    },
  };
}

async function connectByDeno(
  hostname: string,
  port: number,
): Promise<LineSocket> {
  const { Deno } = globalThis as { Deno?: Connector };
  if (Deno?.connect === undefined) {
    throw new TypeError(
      "Cannot connect: the option connect must be given on this platform",
    );
  }
  const socket = await Deno.connect({ hostname, port });
  socket.setNoDelay?.();
  socket.setKeepAlive?.();
  return socket;
}

/** A connection, until its end. */
class Connection {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Whether a request failed because of the end. */
  hasFailed = false;
  readonly #socket: LineSocket;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onMail: (items: readonly MailItem[]) => boolean;
  readonly #asked = new Map<string, Resolvers<string>>();
  readonly #encoder = new TextEncoder();
  #hasEnded = false;

  constructor(
    socket: LineSocket,
    onMail: (items: readonly MailItem[]) => boolean,
  ) {
    this.#socket = socket;
    this.#onMail = onMail;
    this.#writer = socket.writable.getWriter();
    this.#writer.closed.catch(() => {});
    this.ended = this.#read().catch(() => {}).then(() => this.#end());
  }

  /** Sends a request, and resolves to the reply with its SEQ. */
  async ask(body: string, signal: AbortSignal): Promise<string> {
    const seq = fieldOf(parseFields(body), "SEQ") ?? "";
    if (this.#hasEnded) throw this.#lost();
    const asked = withResolvers<string>();
    asked.promise.catch(() => {});
    this.#asked.set(seq, asked);
    try {
      await raceSignal(
        signal,
        () =>
          this.#writer.write(this.#encoder.encode(`${body}\n`)).catch(() => {
            this.close();
            throw this.#lost();
          }),
      );
      return await raceSignal(signal, () => asked.promise);
    } finally {
      if (this.#asked.get(seq) === asked) this.#asked.delete(seq);
    }
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // Closed already.
    }
  }

  #lost(): TransportError {
    this.hasFailed = true;
    return new TransportError(
      "closed",
      "Cannot read an answer: the connection ended before its first byte",
    );
  }

  #end(): void {
    this.#hasEnded = true;
    this.close();
    for (const { reject } of this.#asked.values()) reject(this.#lost());
    this.#asked.clear();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const reader = this.#socket.readable.getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      let from = 0;
      for (let at; (at = text.indexOf("\n", from)) >= 0; from = at + 1) {
        if (!this.#take(text.slice(from, at).replace(/\r$/, ""))) return;
      }
      text = text.slice(from);
      if (text.length > MOST_CHARACTERS) return;
    }
  }

  /** False if the connection must end. */
  #take(line: string): boolean {
    const fields = parseFields(line);
    const cmd = fieldOf(fields, "CMD");
    if (cmd === "Server_Msg" || cmd === "update_stat") {
      return this.#onMail(itemsIn(line));
    }
    const asked = this.#asked.get(fieldOf(fields, "SEQ") ?? "");
    if (asked !== undefined) asked.resolve(line);
    // Nobody waits for it any more, but what it hands out is gone at the server.
    else if (cmd === "GETMSGEX") return this.#onMail(itemsIn(line));
    return true;
  }
}

/** The mail in a push or a reply; what is malformed holds none. */
function itemsIn(line: string): readonly MailItem[] {
  try {
    const reply = decodeReply(line);
    if ("item" in reply) return [reply.item];
    return "items" in reply ? reply.items : [];
  } catch {
    return [];
  }
}

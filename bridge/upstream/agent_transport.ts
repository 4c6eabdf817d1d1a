/** Requests over `node:http` with kept connections. @module */

import { Buffer } from "node:buffer";
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock } from "../../lib/clock.ts";
import {
  LargeReplies,
  type ReadBody,
  ReplyBody,
} from "../../lib/reply_body.ts";
import { sharedClock } from "../../lib/shared_timers.ts";
import { LinkedSignal } from "../../lib/signals.ts";
import {
  MalformedError,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../mod.ts";
import {
  IDLE_CONNECTIONS,
  KeptConnections,
  type KeptReply,
  type LinkedRequest,
  type RepliedConnection,
  toLoss,
  UnfamiliarReply,
  type Way,
} from "./kept_connections.ts";

const POLL = /^VER=[^&]*&CMD=GetMsgEx&/;

/**
 * A transport for all accounts of an endpoint. For thousands of accounts it
 * takes half the memory of `fetch`, and replies arrive sooner.
 *
 * Only polls use kept connections, and only after the server has sent an
 * Idempotency-Key back, to a Login or to a poll. If a kept connection ends
 * without a reply, the request is repeated once, which the key makes harmless.
 * Every other request has a connection of its own and is sent once.
 *
 * Polls over `http:` bypass `node:http`, unless the server's replies have no
 * Content-Length.
 *
 * NODE_EXTRA_CA_CERTS names further certificate authorities for `https:`,
 * because Deno's `node:https` does not read `--cert`.
 */
export class AgentTransport implements Transport {
  readonly #url: URL;
  readonly #agent: HttpAgent;
  /** Undefined if the server needs the agent. */
  #kept: KeptConnections | undefined;
  readonly #single: HttpAgent;
  readonly #largeReplies = new LargeReplies();
  #honoursKeys = false;

  /** @param endpoint The server's URL, `http:` or `https:`. */
  constructor(endpoint: string | URL, clock: Clock = sharedClock) {
    this.#url = new URL(endpoint);
    if (this.#url.protocol !== "http:" && this.#url.protocol !== "https:") {
      throw new TypeError(
        `Cannot reach a server: endpoint must be an http: or https: URL, got ${this.#url.protocol}`,
      );
    }
    const Agent = this.#url.protocol === "https:" ? HttpsAgent : HttpAgent;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: Infinity,
      maxFreeSockets: IDLE_CONNECTIONS,
    });
    this.#single = new Agent({ keepAlive: false, maxSockets: Infinity });
    const { protocol, username, password } = this.#url;
    if (protocol === "http:" && username === "" && password === "") {
      this.#kept = new KeptConnections(this.#url, this.#largeReplies, clock);
    }
  }

  post(request: TransportRequest): Promise<TransportResponse> {
    const until = new LinkedSignal(request.signal);
    return this.postUntil(request, until).finally(() => until.unlink());
  }

  /**
   * As `post`. Never throws, and rejects as soon as the LinkedSignal is aborted.
   * A client calls this one, so that its polls keep no AbortSignal.
   */
  // Not async: thousands of polls wait, and each would keep its state.
  postUntil(
    request: LinkedRequest,
    until: LinkedSignal,
  ): Promise<TransportResponse> {
    if (until.aborted) return Promise.reject(until.reason);
    const polls = POLL.test(request.body);
    const key = request.headers["Idempotency-Key"];
    const keeps = polls && key !== undefined && this.#honoursKeys;
    const check = ({ response, connection }: KeptReply) => {
      if (key !== undefined) {
        const isHonoured = response.headers.get("Idempotency-Key") === key;
        if (polls || isHonoured) this.#honoursKeys = isHonoured;
      }
      if (keeps) {
        const { body, pieces = [body] } = response;
        checkOwn(request.body, pieces[0]!, connection);
      }
      connection.keep?.();
      return response;
    };
    const kept = this.#kept;
    if (!keeps || kept === undefined || !KeptConnections.fits(request)) {
      const agent = keeps ? this.#agent : this.#single;
      return this.#exchange(request, until, agent).then(check);
    }
    return kept.post(request, until).then(check, (error) => {
      if (!(error instanceof UnfamiliarReply)) throw error;
      this.#kept = undefined;
      kept.retire();
      return this.#exchange(request, until, this.#agent).then(check);
    });
  }

  /** Closes the kept connections. */
  close(): void {
    this.#kept?.close();
    this.#agent.destroy();
    this.#single.destroy();
  }

  #exchange(
    { body, cutAtBytes, headers }: LinkedRequest,
    until: LinkedSignal,
    agent: HttpAgent,
  ): Promise<KeptReply> {
    const { signal } = until;
    // A race, because `node:http` may report its end later, or never.
    return until.race(() =>
      new Promise((resolve, reject) => {
        const send = this.#url.protocol === "https:"
          ? httpsRequest
          : httpRequest;
        const outgoing = send(this.#url, {
          method: "POST",
          agent,
          headers: {
            ...headers,
            "Content-Length": String(Buffer.byteLength(body)),
          },
        });
        const abort = () => {
          // Otherwise Deno's node:http repeats the request on a new connection, and never ends.
          outgoing.reusedSocket = false;
          outgoing.destroy();
        };
        signal.addEventListener("abort", abort, { once: true });
        const fail = (error: unknown) => {
          signal.removeEventListener("abort", abort);
          reject(signal.aborted ? signal.reason : error);
        };
        const way = watch(outgoing);
        let answered = false;
        outgoing.on("error", (cause) => fail(toLoss(way, cause)));
        // Ends without an event, as after an upgrade that was not requested.
        outgoing.on("close", () => {
          if (!answered) fail(toLoss(way));
        });
        outgoing.on("response", (incoming) => {
          answered = true;
          const body = new ReplyBody({
            cutAtBytes,
            contentLength: incoming.headers["content-length"],
            largeReplies: this.#largeReplies,
            signal,
            toError: (message) =>
              new MalformedError("malformed_reply", message),
          });
          readAll(incoming, body).then((read) => {
            signal.removeEventListener("abort", abort);
            resolve({
              response: responseOf(incoming, read),
              connection: { destroy: () => incoming.socket?.destroy() },
            });
          }, fail);
        });
        outgoing.end(body);
      })
    );
  }
}

function watch(outgoing: ClientRequest): Way {
  let socket: Socket | undefined;
  let connected = false;
  let before = 0;
  outgoing.on("socket", (given) => {
    socket = given;
    before = given.bytesRead;
    // Not `bytesWritten`, which also counts bytes that wait for the connection.
    if (!given.connecting) connected = true;
    // A kept connection is open already, and each listener would stay on it.
    if (outgoing.reusedSocket) return;
    const stands = given instanceof TLSSocket ? "secureConnect" : "connect";
    given.once(stands, () => connected = true);
  });
  return {
    get connected() {
      return connected;
    },
    get received() {
      return (socket?.bytesRead ?? 0) - before;
    },
  };
}

function responseOf(
  { headers, statusCode }: IncomingMessage,
  read: ReadBody,
): TransportResponse {
  return {
    status: statusCode ?? 0,
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return Array.isArray(value) ? value[0] ?? null : value ?? null;
      },
    },
    ...read,
  };
}

/**
 * Closes a kept connection if a reply is not that of its request. A second
 * response to the request before would shift all that follow, and the next one
 * may be of another account.
 *
 * @param answer The body, or its beginning.
 */
function checkOwn(
  request: string,
  answer: string,
  connection: RepliedConnection,
): void {
  if (fieldOf(answer, "SEQ") !== fieldOf(request, "SEQ")) connection.destroy();
  const uin = fieldOf(request, "UIN");
  const got = fieldOf(answer, "UIN");
  if (got === undefined || got === uin) return;
  connection.destroy();
  throw new MalformedError(
    "malformed_reply",
    `Cannot decode a reply: UIN must be ${uin}, got ${
      JSON.stringify(got.slice(0, 40))
    }`,
    "UIN",
  );
}

function fieldOf(body: string, code: string): string | undefined {
  const start = body.indexOf(`&${code}=`);
  if (start < 0) return undefined;
  const end = body.indexOf("&", start + 1);
  return body.slice(start + code.length + 2, end < 0 ? undefined : end);
}

function readAll(
  incoming: IncomingMessage,
  body: ReplyBody,
): Promise<ReadBody> {
  return new Promise<ReadBody>((resolve, reject) => {
    const broken = (cause?: unknown) =>
      reject(
        new TransportError(
          "cut",
          "Cannot read an answer: the connection ended in its midst",
          { cause },
        ),
      );
    const fail = (error: unknown) => {
      reject(error);
      incoming.destroy();
    };
    incoming.on("data", (chunk: Uint8Array) => {
      try {
        const turn = body.add(chunk);
        if (turn !== undefined) {
          incoming.pause();
          turn.then(() => incoming.resume(), fail);
        }
      } catch (error) {
        return fail(error);
      }
      if (!body.isFull) return;
      resolve(body.read());
      incoming.destroy();
    });
    incoming.on("end", () => {
      if (!incoming.complete) return broken();
      resolve(body.read());
    });
    incoming.on("error", broken);
    incoming.on("aborted", () => broken());
    incoming.on("close", () => broken());
  }).finally(() => body.close());
}

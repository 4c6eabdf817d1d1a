/** A connection to NATS that reconnects for ever. @module */

import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { LogClosedError, LogTimeoutError } from "../replicated_log.ts";
import { NoResponderError } from "../rpc.ts";
import {
  type Authenticator,
  connect,
  createInbox,
  credsAuthenticator,
  errors,
  headers,
  type Msg,
  type NatsConnection,
  nkeyAuthenticator,
} from "./deps.ts";

const RECONNECT_MS = 250;
const CONNECT_TIMEOUT_MS = 2000;
const PING_MS = 2000;
const MAX_MISSED_PINGS = 2;

/** Milliseconds after which a request about a stream is given up. */
const API_TIMEOUT_MS = 1000;

/** Maximum number of requests that wait for a connection; more are rejected. */
const MAX_WAITING = 1000;

/** Options of a connection to NATS. */
export interface NatsOptions {
  /** URLs of the servers, `nats:` or `tls:`. */
  readonly servers: readonly string[];
  /**
   * Content of a credentials file: a user's JWT with its key, or the seed of an
   * nkey alone. `undefined` sends no credentials.
   */
  readonly credentials?: Uint8Array;
}

/** JetStream's `err_code` of a stream that does not exist. */
export const NO_STREAM = 10059;

/** JetStream refused a request. */
export class NatsApiError extends Error {
  override name = "NatsApiError";
  /** Number of the error, JetStream's `err_code`. */
  readonly code: number;

  constructor(subject: string, code: number, description: string) {
    super(`Cannot ask JetStream (${subject}): ${description}, code ${code}`);
    this.code = code;
  }
}

/** One connection, which all parts of a node share. */
export class NatsLink {
  readonly #connection: NatsConnection;
  readonly #waiting = new Set<() => void>();
  readonly #closed = Promise.withResolvers<never>();
  #isConnected = true;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#watchStatus().catch(() => {});
    this.#closed.promise.catch(() => {});
  }

  /** Connects; rejects if no server can be reached. */
  static async connect(options: NatsOptions): Promise<NatsLink> {
    const { servers, credentials } = options;
    const hosts = servers.map((url) => URL.parse(url)!)
      .filter(({ protocol }) => protocol === "tls:")
      .map(({ hostname }) => hostname.replace(/^\[|\]$/g, ""));
    const isTls = hosts.length > 0;
    try {
      return new NatsLink(
        await connect({
          servers: [...servers],
          ...credentials ? { authenticator: authenticatorOf(credentials) } : {},
          // Without it, the client takes a server that offers no TLS.
          ...isTls ? { tls: tlsFor(hosts) } : {},
          maxReconnectAttempts: -1,
          reconnectTimeWait: RECONNECT_MS,
          reconnectJitter: 0,
          reconnectJitterTLS: 0,
          timeout: CONNECT_TIMEOUT_MS,
          pingInterval: PING_MS,
          maxPingOut: MAX_MISSED_PINGS,
          ignoreAuthErrorAbort: true,
          // Only the configured servers: others can have addresses that are not reachable from here.
          ignoreClusterUpdates: true,
        }),
      );
    } catch (cause) {
      throw isTls ? toTlsError(cause as Error & { code?: string }) : cause;
    }
  }

  /** Whether a server is connected at the moment. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The version of the server, such as `2.10.27`. */
  get serverVersion(): string {
    return this.#connection.info?.version ?? "";
  }

  /**
   * Sends a request. Rejects with LogTimeoutError without an answer in time,
   * with NoResponderError if nobody listens, with LogClosedError after `close`.
   */
  async request(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    head: Readonly<Record<string, string>> = {},
  ): Promise<Msg> {
    const startedAt = performance.now();
    await this.#connected(timeoutMs);
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    const sent = headers();
    for (const [name, value] of Object.entries(head)) sent.set(name, value);
    try {
      return await Promise.race([
        this.#connection.request(subject, payload, {
          timeout: leftMs,
          headers: sent,
        }),
        // The client rejects a request only at its timeout, also when it was closed.
        this.#closed.promise,
      ]);
    } catch (error) {
      throw this.#toError(error, timeoutMs);
    }
  }

  /** Asks JetStream's API. Rejects with NatsApiError if it refuses. */
  async api<T>(
    name: string,
    body: unknown,
    timeoutMs: number = API_TIMEOUT_MS,
  ): Promise<T> {
    const subject = `$JS.API.${name}`;
    const payload = new TextEncoder().encode(JSON.stringify(body));
    const reply = await this.request(subject, payload, timeoutMs);
    return parseReply<T>(subject, reply);
  }

  /** Calls `onMessage` with the messages of a subject. Returns a function that ends it. */
  subscribe(subject: string, onMessage: (message: Msg) => void): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onMessage(message);
      },
    });
    return () => {
      if (!this.#connection.isClosed()) subscription.unsubscribe();
    };
  }

  /** Sends a message that nobody acknowledges. Sends nothing while there is no connection. */
  publish(subject: string, payload: Uint8Array = new Uint8Array()): void {
    if (!this.#isConnected || this.#connection.isClosed()) return;
    this.#connection.publish(subject, payload);
  }

  /** Creates a subject that nobody else uses. */
  createInbox(): string {
    return createInbox();
  }

  /** Ends the connection. Pending requests reject. */
  async close(): Promise<void> {
    this.#closed.reject(closed());
    await this.#connection.close();
    this.#release();
  }

  async #watchStatus(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === "disconnect") this.#isConnected = false;
      if (type !== "reconnect") continue;
      this.#isConnected = true;
      this.#release();
    }
  }

  #release(): void {
    for (const go of [...this.#waiting]) go();
  }

  /** Waits for a connection, so that no request is queued in the client without a bound. */
  #connected(timeoutMs: number): Promise<void> {
    if (this.#connection.isClosed()) return Promise.reject(closed());
    if (this.#isConnected) return Promise.resolve();
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(
        new LogTimeoutError(
          `Cannot ask NATS: ${MAX_WAITING} requests wait for a connection`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        if (this.#connection.isClosed()) reject(closed());
        else resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(done);
        reject(
          new LogTimeoutError(
            `Cannot ask NATS: no server could be reached within ${timeoutMs} ms`,
          ),
        );
      }, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #toError(error: unknown, timeoutMs: number): Error {
    if (this.#connection.isClosed()) return closed();
    if (error instanceof errors.RequestError && error.isNoResponders()) {
      return new NoResponderError("Cannot ask NATS: nobody listens there");
    }
    return new LogTimeoutError(
      `Cannot ask NATS: no answer within ${timeoutMs} ms`,
      { cause: error },
    );
  }
}

/**
 * Checks that a certificate is for one of the hosts. `@nats-io/transport-node`
 * 3.4.0 does not pass the host of a URL with an address, so that any certificate
 * of a known issuer would be accepted there.
 */
function tlsFor(hosts: readonly string[]): object {
  return {
    checkServerIdentity(_host: string, certificate: PeerCertificate) {
      const errors = hosts.map((one) => checkServerIdentity(one, certificate));
      return errors.includes(undefined) ? undefined : errors[0];
    },
  };
}

function toTlsError(cause: Error & { code?: string }): Error {
  const isUnknown = /^(UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(
    cause.code ?? "",
  );
  return new Error(
    `the connection with TLS failed, ${cause.message}${
      isUnknown
        ? ". Set NODE_EXTRA_CA_CERTS to the file with the issuer's certificate."
        : ""
    }`,
    { cause },
  );
}

function authenticatorOf(credentials: Uint8Array): Authenticator {
  const text = new TextDecoder().decode(credentials).trim();
  return /^SU[A-Z2-7]+$/.test(text)
    ? nkeyAuthenticator(new TextEncoder().encode(text))
    : credsAuthenticator(credentials);
}

/** Reads a reply of JetStream. */
export function parseReply<T>(subject: string, reply: Msg): T {
  const answer = reply.json<
    T & { error?: { err_code?: number; description?: string } }
  >();
  if (answer.error !== undefined) {
    const { err_code, description } = answer.error;
    throw new NatsApiError(subject, err_code ?? 0, description ?? "no reason");
  }
  return answer;
}

function closed(): LogClosedError {
  return new LogClosedError("Cannot use the log: the connection was closed");
}

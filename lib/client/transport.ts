/** One POST and its answer: the seam between the client and the network. @module */

import { MalformedError } from "../protocol/errors.ts";
import { formatForbidden, isForbidden } from "../forbidden.ts";
import { LargeReplies, type ReadBody, ReplyBody } from "../reply_body.ts";

/**
 * A request to the QQ server.
 *
 * @category Transport
 */
export interface TransportRequest {
  /** The body, to be sent as UTF-8. */
  body: string;
  /** The headers, Content-Type among them. */
  headers: Readonly<Record<string, string>>;
  /** Ends the request early. */
  signal: AbortSignal;
  /**
   * Size of the answer's body in bytes from which on it is cut, and not
   * refused: of mail the beginning is worth something.
   *
   * @default none: a body of more than `RESPONSE_BYTES` is `malformed_reply`
   */
  cutAtBytes?: number;
}

/**
 * The response to a request.
 *
 * @category Transport
 */
export interface TransportResponse {
  /** HTTP status of the response. */
  status: number;
  /** The headers, by name in any case. */
  headers: {
    /** The value of a header, or null. */
    get(name: string): string | null;
  };
  /** The body, read as UTF-8. */
  body: string;
  /**
   * The body in pieces, if it has more than 4 MiB: they are decoded one after
   * the other, with turns for other work in between.
   *
   * @default none: the whole is decoded at one go
   */
  pieces?: readonly string[];
  /** How many bytes of the body were cut off, see `cutAtBytes`; absent: none. */
  omittedBytes?: number;
}

/**
 * Carries requests to one server.
 *
 * A transport must not repeat a request by itself, and must not take for an
 * answer what an earlier request left on a connection.
 *
 * @category Transport
 */
export interface Transport {
  /**
   * Sends one POST. Rejects with {@linkcode TransportError}, or with
   * `signal.reason` when aborted.
   */
  post(request: TransportRequest): Promise<TransportResponse>;
  /** Lets go of connections. */
  close?(): void | Promise<void>;
}

/**
 * How a connection failed: `closed`, it ended before the first byte of an
 * answer, which is the protocol's NULL; `cut`, the answer broke off, or was no
 * HTTP; `unreachable`, there was no connection.
 *
 * @category Errors
 */
export type TransportErrorKind = "closed" | "cut" | "unreachable";

/**
 * No whole answer came.
 *
 * @example A transport of one's own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { QqClient, type Transport, TransportError } from "@tqq/tqq";
 *
 * const transport: Transport = {
 *   post: () =>
 *     Promise.reject(
 *       new TransportError("unreachable", "Cannot reach the server: no cable"),
 *     ),
 * };
 * await using client = new QqClient({ uin: "10001", password: "demo", transport });
 * const error = await client.login().catch((error) => error);
 * assertEquals(error.code, "unreachable");
 * ```
 * @category Errors
 */
export class TransportError extends Error {
  /** How the connection failed. */
  readonly kind: TransportErrorKind;
  /** Whether trying again cannot help, because the platform forbids the connection. */
  readonly permanent: boolean;

  /**
   * Made by a transport.
   *
   * @param kind How the connection failed.
   * @param message What, why.
   * @param options With the error underneath as `cause`, and `permanent`, false by default.
   */
  constructor(
    kind: TransportErrorKind,
    message: string,
    options: ErrorOptions & { permanent?: boolean } = {},
  ) {
    const { permanent = false, ...rest } = options;
    super(message, rest);
    this.name = "TransportError";
    this.kind = kind;
    this.permanent = permanent;
  }
}

/**
 * Options of a transport that uses `fetch`.
 *
 * @category Transport
 */
export interface FetchTransportOptions {
  /**
   * What sends: for instance the `fetch` of a server in the same process.
   *
   * @default {globalThis.fetch}
   */
  fetch?: typeof fetch;
}

/** The little that is asked of Deno's namespace, so that other runtimes need no types of it. */
interface HttpClientMaker {
  createHttpClient?(options: { poolMaxIdlePerHost: number }): HttpClient;
}

interface HttpClient {
  close(): void;
}

/**
 * Requests over `fetch`.
 *
 * Under Deno each request has a connection of its own. On a kept one Deno
 * repeats a request by itself when it ends without an answer, so that a message
 * could be sent twice, and reads the second response that the old server gave
 * to some requests as the answer to the next one. Many accounts in one process
 * want a {@linkcode Transport} that keeps its connections and guards against
 * both.
 *
 * `fetch` does not say everything: an answer that breaks off within its
 * headers counts as `closed`, and a browser, which reports no reason, makes every
 * failure `unreachable`. Redirects are not followed: they would carry the
 * password elsewhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FetchTransport } from "@tqq/tqq";
 *
 * const transport = new FetchTransport("http://localhost:8000/", {
 *   fetch: () => Promise.resolve(new Response("VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0")),
 * });
 * const { status } = await transport.post({
 *   body: "VER=1.1&CMD=Logout&SEQ=1&UIN=10001",
 *   headers: {},
 *   signal: new AbortController().signal,
 * });
 * assertEquals(status, 200);
 * ```
 * @category Transport
 */
export class FetchTransport implements Transport {
  readonly #endpoint: string;
  readonly #fetch: typeof fetch;
  readonly #ownConnections: boolean;
  readonly #largeReplies = new LargeReplies();
  #client: HttpClient | undefined;

  /**
   * Creates a transport. It opens no connection before its first request.
   *
   * @param endpoint The server's URL, `http:` or `https:`.
   * @param options What sends.
   */
  constructor(endpoint: string | URL, options: FetchTransportOptions = {}) {
    const url = new URL(endpoint);
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TypeError(
        `Cannot reach a server: endpoint must be an http: or https: URL, got ${url.protocol}`,
      );
    }
    this.#endpoint = url.href;
    this.#ownConnections = options.fetch === undefined;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /**
   * Sends the request as one POST.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { FetchTransport } from "@tqq/tqq";
   *
   * const transport = new FetchTransport("http://127.0.0.1:8000/");
   * const body = "VER=1.1&CMD=Logout&SEQ=1&UIN=10001";
   * const { signal } = new AbortController();
   * const reply = await transport.post({ body, headers: {}, signal });
   * assertEquals(reply.body, "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0");
   * transport.close();
   * ```
   */
  async post(request: TransportRequest): Promise<TransportResponse> {
    const { body, headers, signal } = request;
    let response: Response;
    try {
      signal.throwIfAborted();
      response = await this.#fetch(
        this.#endpoint,
        {
          method: "POST",
          body,
          headers: {
            "Content-Type": "text/plain; charset=UTF-8",
            ...headers,
          },
          redirect: "manual",
          signal,
          ...this.#connections(),
        } as RequestInit,
      );
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw connectionError(cause, this.#endpoint);
    }
    try {
      return {
        status: response.status,
        headers: response.headers,
        ...await readText(response, request, this.#largeReplies),
      };
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (cause instanceof MalformedError) throw cause;
      throw new TransportError(
        "cut",
        "Cannot read an answer: the connection ended in its midst",
        { cause },
      );
    }
  }

  /**
   * Lets go of connections. The next `post` opens new ones.
   *
   * @example
   * ```ts
   * import { FetchTransport } from "@tqq/tqq";
   *
   * const transport = new FetchTransport("http://127.0.0.1:8000/");
   * transport.close(); // a client does not close a transport that it was given
   * ```
   */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #connections(): { client?: HttpClient } {
    if (!this.#ownConnections) return {};
    const { Deno } = globalThis as { Deno?: HttpClientMaker };
    this.#client ??= Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
    return this.#client === undefined ? {} : { client: this.#client };
  }
}

async function readText(
  response: Response,
  { cutAtBytes, signal }: TransportRequest,
  largeReplies: LargeReplies,
): Promise<ReadBody> {
  if (response.body === null) return { body: "" };
  const body = new ReplyBody({
    cutAtBytes,
    contentLength: response.headers.get("Content-Length"),
    largeReplies,
    signal,
    toError: (message) => new MalformedError("malformed_reply", message),
  });
  // A reader, not for await: Safari's streams are not iterable.
  const reader = response.body.getReader();
  try {
    while (!body.isFull) {
      const { done, value } = await reader.read();
      if (done) return await body.read();
      await body.add(value);
    }
    await reader.cancel().catch(() => {});
    return await body.read();
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    body.close();
  }
}

/** Words of Deno (hyper, reqwest) and Node (undici), the sooner the stronger. */
const WORDS: readonly [RegExp, TransportErrorKind][] = [
  [
    /\(Connect\)|tcp connect|dns error|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT/,
    "unreachable",
  ],
  [
    /connection closed before message completed|other side closed|UND_ERR_SOCKET|ECONNRESET|EPIPE|Connection reset|Broken pipe|reset by peer/i,
    "closed",
  ],
  // Anything else that knows its cause had a connection: what it did is not known.
  [/\(SendRequest\)|HPE_|invalid HTTP|http2/, "cut"],
];

/** Deepest chain of causes that is read. */
const CAUSES = 8;

function connectionError(cause: unknown, endpoint: string): TransportError {
  if (isForbidden(cause)) {
    const why = formatForbidden(new URL(endpoint), cause);
    return new TransportError(
      "unreachable",
      `Cannot reach the server: ${why}`,
      { cause, permanent: true },
    );
  }
  const texts: string[] = [];
  let error = cause;
  for (let depth = 0; error instanceof Error && depth < CAUSES; depth++) {
    const { code = "" } = error as Error & { code?: string };
    texts.push(`${error.name} ${code} ${error.message}`);
    error = error.cause;
  }
  const text = texts.join("\n");
  const kind = WORDS.find(([words]) => words.test(text))?.[1] ??
    (texts.length > 1 ? "cut" : "unreachable");
  const what = {
    closed: "Cannot read an answer: the connection ended before its first byte",
    cut: "Cannot read an answer: it is no HTTP, or broke off",
    unreachable: "Cannot reach the server",
  }[kind];
  return new TransportError(kind, what, { cause });
}

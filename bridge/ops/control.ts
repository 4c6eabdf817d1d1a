/** The control endpoint of a running program. @module */

import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { Buffer } from "node:buffer";
import { sleep, systemClock } from "../../lib/clock.ts";
import { CONTROL_METHODS, type ControlApi } from "./control_api.ts";

/** Maximum size of a request or its answer. */
export const CONTROL_BYTES = 16 * 1024 * 1024;

/** Timeout of a request, in milliseconds. */
export const CONTROL_TIMEOUT_MS = 15_000;

/** How long closing waits for pending requests, in milliseconds. */
const CLOSE_MS = 1000;

/** Timeout of a backup, in milliseconds. */
export const BACKUP_TIMEOUT_MS = 6 * 60 * 60 * 1000;

/** Maximum number of open connections; a further one is closed. */
const CONNECTIONS = 32;

/** Timeout of a request's head, in milliseconds. */
const HEAD_MS = 2000;

/** Timeout of a request's body, in milliseconds. */
const BODY_MS = 5000;

/** The running program was not reached, so nothing was done. */
export class ControlUnreachableError extends Error {
  override name = "ControlUnreachableError";
}

/** A request was refused. The message is for the user. */
export class ControlError extends Error {
  override name = "ControlError";
}

export interface ControlOptions {
  /** Methods that clients can call. */
  readonly api: ControlApi;
  /**
   * Path of the socket, or name of the pipe. The holder of the data folder's
   * lock may replace a stale one.
   */
  readonly path: string;
  /** Called with errors of the listener. */
  failed?(error: unknown): void;
}

/** The endpoint of a running program. */
export interface ControlServer {
  readonly server: Server;
  /** Listens again, after the listener has stopped accepting connections. */
  reopen(): void;
  /** Closes the endpoint after pending requests, for which it waits at most a second. */
  close(): Promise<void>;
}

/**
 * Serves requests of sub-commands: a POST over a Unix socket in the data
 * folder, which only its owner can open, or over a named pipe on Windows.
 * Rejects with the platform's error if the socket cannot be created.
 */
export async function startControl(
  { api, path, failed = () => {} }: ControlOptions,
): Promise<ControlServer> {
  const heads = new Map<Socket, ReturnType<typeof setTimeout>>();
  const server = createServer((incoming, outgoing) => {
    clearTimeout(heads.get(incoming.socket));
    take(api, incoming, outgoing).catch((error) => {
      // A client that leaves in the middle of its request is no failure.
      if (!incoming.destroyed) failed(error);
    });
  });
  server.maxConnections = CONNECTIONS;
  server.on("connection", (socket) => {
    socket.on("error", ignore);
    heads.set(socket, setTimeout(() => socket.destroy(), HEAD_MS));
    socket.once("close", () => {
      clearTimeout(heads.get(socket));
      heads.delete(socket);
    });
  });
  server.on("error", failed);
  await listen(server, path);
  return {
    server,
    reopen() {
      // The `close` of HTTP would also end idle connections.
      if (server.listening) NetServer.prototype.close.call(server);
      listen(server, path).catch(failed);
    },
    async close() {
      const bound = new AbortController();
      const late = sleep(systemClock, CLOSE_MS, bound.signal).catch(() => {});
      const closed = new Promise<void>((resolve) =>
        server.close(() => resolve())
      );
      await Promise.race([closed, late]);
      bound.abort();
      server.closeAllConnections();
      for (const socket of heads.keys()) socket.destroy();
      await closed;
      removeSocket(path);
    },
  };
}

/** Listens, and replaces the socket that a killed program left behind. */
async function listen(server: Server, path: string): Promise<void> {
  removeSocket(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, () => {
    server.off("error", reject);
    resolve();
  });
  await promise;
  if (!isPipe(path)) Deno.chmodSync(path, 0o600);
}

function removeSocket(path: string): void {
  if (isPipe(path)) return;
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isPipe(path: string): boolean {
  return path.startsWith("\\\\.\\pipe\\");
}

/** A socket's error is followed by its close. */
function ignore(): void {}

/**
 * Connects to the control endpoint. The methods reject with {@linkcode
 * ControlError}.
 *
 * @param path The path of the socket, or the name of the pipe.
 */
export function connectControl(path: string): ControlApi {
  const remote = Object.fromEntries(
    CONTROL_METHODS.map((method) => [
      method,
      (params: object) => order(path, method, params),
    ]),
  );
  return remote as unknown as ControlApi;
}

/** Answer to a request. */
type Answer = [status: number, body: object];

async function take(
  api: ControlApi,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  incoming.on("error", ignore);
  outgoing.on("error", ignore);
  const [status, body] = await obey(api, incoming);
  const text = JSON.stringify(body);
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close",
  });
  outgoing.end(text);
}

async function obey(
  api: ControlApi,
  incoming: IncomingMessage,
): Promise<Answer> {
  if (incoming.method !== "POST") {
    return [405, { error: "Cannot obey: orders are POSTs" }];
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    return [413, { error: "Cannot obey: the order is too long" }];
  }
  const name = (incoming.url ?? "").replace(/^\/control\//, "");
  const method = CONTROL_METHODS.find((one) => one === name);
  if (method === undefined) {
    return [404, { error: "Cannot obey: there is no such order" }];
  }
  try {
    const params = JSON.parse(body);
    if (typeof params !== "object" || params === null) {
      return [400, { error: "Cannot obey: the body must be an object" }];
    }
    const done = api[method] as (params: object) => Promise<object>;
    return [200, await inTime(method, done.call(api, params))];
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error("failed");
    return [400, { error: message }];
  }
}

/** Reads the body; undefined if it is too long. Destroys the connection if it does not arrive in time. */
async function readBody(
  incoming: IncomingMessage,
): Promise<string | undefined> {
  const timer = setTimeout(() => incoming.socket.destroy(), BODY_MS);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming) {
      bytes += chunk.length;
      // Read to its end, so that the client can read the answer.
      if (bytes <= CONTROL_BYTES) chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return bytes > CONTROL_BYTES
    ? undefined
    : new TextDecoder().decode(Buffer.concat(chunks));
}

async function inTime(
  method: keyof ControlApi,
  done: Promise<object>,
): Promise<object> {
  const bound = new AbortController();
  const timeoutMs = timeoutOf(method);
  const late = sleep(systemClock, timeoutMs, bound.signal).then(() => {
    throw new Error(`Cannot obey: not done within ${timeoutMs} ms`);
  });
  late.catch(() => {});
  done.catch(() => {});
  try {
    return await Promise.race([done, late]);
  } finally {
    bound.abort();
  }
}

function timeoutOf(method: string): number {
  return method === "backup" ? BACKUP_TIMEOUT_MS : CONTROL_TIMEOUT_MS;
}

async function order(
  path: string,
  method: string,
  params: object,
): Promise<object> {
  const { status, text } = await post(path, method, JSON.stringify(params));
  let body: { error?: unknown };
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new ControlError(
      `Cannot order the running program: its answer must be JSON, got status ${status}`,
      { cause: error },
    );
  }
  if (status === 200) return body;
  throw new ControlError(
    typeof body.error === "string" ? body.error : `status ${status}`,
  );
}

function post(
  socketPath: string,
  method: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    { status: number; text: string }
  >();
  const timeoutMs = timeoutOf(method);
  const outgoing = request({
    socketPath,
    path: `/control/${method}`,
    method: "POST",
    agent: false,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      connection: "close",
    },
  }, (incoming) => {
    let text = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => {
      text += chunk;
      if (text.length <= CONTROL_BYTES) return;
      outgoing.destroy(
        new ControlError(
          `Cannot order the running program: its answer must have at most ${CONTROL_BYTES} bytes, got more`,
        ),
      );
    });
    incoming.on("error", reject);
    incoming.on("end", () => resolve({ status: incoming.statusCode!, text }));
  });
  const timer = setTimeout(
    () =>
      outgoing.destroy(
        new ControlError(
          `Cannot order the running program: it must answer within ${timeoutMs} ms, got nothing`,
        ),
      ),
    timeoutMs,
  );
  outgoing.on("error", (error: Error & { code?: string }) => {
    if (error instanceof ControlError) return reject(error);
    const { code = "" } = error;
    // A listing changes nothing, so it can be repeated in any case.
    const isUnreachable = UNREACHABLE.has(code) ||
      CUT.has(code) && method.startsWith("list");
    reject(
      isUnreachable
        ? new ControlUnreachableError(
          `Cannot order the running program: it must listen, got ${code}`,
          { cause: error },
        )
        : new ControlError(
          `Cannot order the running program: the connection ended, and nobody knows whether it was done: ${error.message}`,
          { cause: error },
        ),
    );
  });
  outgoing.end(body);
  return promise.finally(() => clearTimeout(timer));
}

/** Error codes that mean that nobody listens, so nothing was done. */
const UNREACHABLE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT"]);

/** Error codes of a connection that ended before the answer. */
const CUT: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

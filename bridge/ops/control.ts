/**
 * How sub-commands reach the program that runs on a data folder: a POST on
 * loopback, with a token that stands in the folder's `running.json`.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { request } from "node:http";
import { sleep, systemClock } from "../../lib/clock.ts";
import type { ControlAddress } from "../storage/data_folder.ts";
import { createToken } from "../storage/token_store.ts";
import { type Administration, METHODS } from "./administration.ts";
import { describeError } from "./log.ts";

/** Most bytes of an order or of its answer. */
export const CONTROL_BYTES = 16 * 1024 * 1024;

/** How long an order may take. */
export const CONTROL_TIMEOUT_MS = 15_000;

/** How long the end waits for the orders in flight. */
const CLOSE_MS = 1000;

/** How long a backup may take. */
export const BACKUP_TIMEOUT_MS = 6 * 60 * 60 * 1000;

/** The running program was not reached: nothing was done. */
export class ControlUnreachableError extends Error {
  override name = "ControlUnreachableError";
}

/** An order was refused; the message is for the user. */
export class ControlError extends Error {
  override name = "ControlError";
}

/** The endpoint of a running program. */
export interface ControlServer {
  /** Where it is, for {@linkcode DataFolder.publish}. */
  readonly address: ControlAddress;
  /** Ends it after the orders in flight, for which it waits a second at most. */
  close(): Promise<void>;
}

/**
 * Takes orders on 127.0.0.1, at a port that the system chooses.
 *
 * @param token What an order must carry.
 */
export function startControl(
  administration: Administration,
  token: string = createToken(),
): ControlServer {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: (error) => answer(500, { error: describeError(error) }),
  }, (request) => take(administration, token, request));
  return {
    address: { port: server.addr.port, token },
    async close() {
      const bound = new AbortController();
      const late = sleep(systemClock, CLOSE_MS, bound.signal).catch(() => {});
      await Promise.race([server.shutdown(), late]);
      bound.abort();
    },
  };
}

/** The administration of a running program. Its methods reject with {@linkcode ControlError}. */
export function connectControl(address: ControlAddress): Administration {
  const remote = Object.fromEntries(
    METHODS.map((method) => [
      method,
      (params: object) => order(address, method, params),
    ]),
  );
  return remote as unknown as Administration;
}

async function take(
  administration: Administration,
  token: string,
  request: Request,
): Promise<Response> {
  const refused = refusal(token, request);
  if (refused !== undefined) return refused;
  const name = new URL(request.url).pathname.replace(/^\/control\//, "");
  const method = METHODS.find((one) => one === name);
  if (method === undefined) {
    return answer(404, { error: "Cannot obey: there is no such order" });
  }
  try {
    const params = await request.json();
    if (typeof params !== "object" || params === null) {
      return answer(400, { error: "Cannot obey: the body must be an object" });
    }
    const done = administration[method] as (params: object) => Promise<object>;
    return answer(200, await done.call(administration, params));
  } catch (error) {
    return answer(400, {
      error: error instanceof Error ? error.message : "Cannot obey",
    });
  }
}

function refusal(token: string, request: Request): Response | undefined {
  const encoder = new TextEncoder();
  const given = encoder.encode(request.headers.get("authorization") ?? "");
  const wanted = encoder.encode(`Bearer ${token}`);
  const isKnown = given.length === wanted.length &&
    timingSafeEqual(given, wanted);
  // A page in a browser has no business here, whatever it knows.
  if (!isKnown || request.headers.has("origin")) {
    return answer(401, { error: "Cannot obey: the control token is wrong" });
  }
  if (request.method !== "POST") {
    return answer(405, { error: "Cannot obey: orders are POSTs" });
  }
  const length = Number(request.headers.get("content-length") ?? NaN);
  return length <= CONTROL_BYTES
    ? undefined
    : answer(413, { error: "Cannot obey: the order is too long" });
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status });
}

async function order(
  address: ControlAddress,
  method: string,
  params: object,
): Promise<object> {
  const { status, text } = await post(address, method, JSON.stringify(params));
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

/** Not with fetch: that would go through a proxy that the environment names. */
function post(
  { port, token }: ControlAddress,
  method: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    { status: number; text: string }
  >();
  const timeoutMs = method === "backup"
    ? BACKUP_TIMEOUT_MS
    : CONTROL_TIMEOUT_MS;
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path: `/control/${method}`,
    method: "POST",
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": new TextEncoder().encode(body).length,
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
    reject(
      error.code === "ECONNREFUSED"
        ? new ControlUnreachableError(
          "Cannot order the running program: it must listen, got a refusal",
          { cause: error },
        )
        : error,
    );
  });
  outgoing.end(body);
  return promise.finally(() => clearTimeout(timer));
}

/** The route `/logs` of the live log. @module */

import type { Grant } from "../access/grant.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { CommandError } from "../errors/command_error.ts";
import { type LogRing, MAX_RING_ENTRIES } from "../ops/log_ring.ts";
import { parseLogQuery } from "../schemas/log_query.ts";
import type { AppContext, TimedOptions } from "./app_options.ts";
import { EVENT_STREAM_HEADERS, RETRY_STREAM_MS } from "./event_route.ts";
import { LogStream } from "./log_stream.ts";

/** Default number of earlier entries. */
const TAIL = 100;

/** Answers a token that reaches all accounts with a stream of log entries, or with the reason why not. */
export function logRoute(
  c: AppContext,
  grant: Grant,
  ring: LogRing,
  options: TimedOptions,
): Response {
  try {
    const { tail = TAIL, level = "debug", account, connection } = parseLogQuery(
      c.req.query(),
      MAX_RING_ENTRIES,
    );
    const after = afterOf(c, ring, tail);
    if (c.req.method === "HEAD") {
      return new Response(null, { headers: EVENT_STREAM_HEADERS });
    }
    const id = c.env?.visit?.connection;
    const close = options.openStream(grant, c.env?.address, c.env?.visit);
    if (close === undefined) {
      return problem("overloaded", "Cannot answer: too many connections", {
        retryAfterMs: RETRY_STREAM_MS,
      });
    }
    const listed: (() => void)[] = [];
    const stream = new LogStream({
      ring,
      filter: { level, account, connection },
      after,
      grant,
      clock: options.clock,
      bufferedBytes: options.limits.bufferedBytes,
      signal: options.signal,
      onEnd: () => {
        for (const unlist of listed) unlist();
        close();
      },
    });
    if (id === undefined) return respond(stream);
    listed.push(options.bridge.connections.add({
      id,
      kind: grant.keepAlive === undefined ? "sse" : "console",
      grant,
      address: c.env?.address,
      since: options.clock.now(),
      state: () => ({
        accounts: 0,
        unacked: 0,
        bufferedBytes: stream.bufferedBytes,
        commands: 0,
      }),
      disconnect: () => stream.disconnect(),
    }));
    return respond(stream);
  } catch (error) {
    if (error instanceof CommandError) return problemOf(error);
    throw error;
  }
}

function respond({ body }: LogStream): Response {
  return new Response(body, { headers: EVENT_STREAM_HEADERS });
}

/** A client that resumes names the last id that it received. */
function afterOf(c: AppContext, ring: LogRing, tail: number): number {
  const last = c.req.header("last-event-id");
  if (last === undefined || !/^\d{1,15}$/.test(last)) {
    return Math.max(ring.oldestId - 1, ring.lastId - tail);
  }
  return Number(last);
}

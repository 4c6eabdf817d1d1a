/** The route `/events` of server-sent events. @module */

import type { Position } from "../../mod.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Filter } from "../hub/cursor.ts";
import type { EventReader } from "../hub/event_reader.ts";
import type { AppContext, TimedOptions } from "./app_options.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { NO_METRICS } from "../ops/metrics_recorder.ts";
import { parseAfter, parseSubscription } from "../schemas/parse.ts";
import { EventStream, type EventStreamOptions } from "./event_stream.ts";

/** When a client over a quota may try again, in milliseconds. */
export const RETRY_STREAM_MS = 10_000;

/** How long a client waits for what was acknowledged on other nodes, in milliseconds. */
const PREPARE_MS = 10_000;

/** Headers of a stream of server-sent events. */
export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** Answers with a stream of the events that the query selects, or with the reason why not. */
export function eventRoute(
  c: AppContext,
  grant: Grant,
  options: TimedOptions,
): Response | Promise<Response> {
  try {
    const reader = options.bridge.readerFor(grant, c.env?.address);
    const { filter, after } = wanted(c, reader);
    // Hono answers HEAD with the head of GET, and would never end a stream.
    if (c.req.method === "HEAD") {
      return new Response(null, { headers: EVENT_STREAM_HEADERS });
    }
    const open = () => openStream(c, grant, options, { reader, filter, after });
    const prepared = options.bridge.consumers.prepare(
      undefined,
      after !== undefined,
    );
    if (prepared === undefined) return open();
    return isCaughtUp(options.clock, prepared).then((isDone) =>
      isDone ? open() : problem(
        "unavailable",
        "Cannot subscribe: the journal cannot be reached",
        { retryAfterMs: RETRY_STREAM_MS },
      )
    );
  } catch (error) {
    if (error instanceof CommandError) return problemOf(error);
    throw error;
  }
}

function openStream(
  c: AppContext,
  grant: Grant,
  options: TimedOptions,
  reading: Pick<EventStreamOptions, "reader" | "filter" | "after">,
): Response {
  const onEnd = options.openStream(grant, c.env?.address, c.env?.visit);
  if (onEnd === undefined) {
    return problem("overloaded", "Cannot subscribe: too many connections", {
      retryAfterMs: RETRY_STREAM_MS,
    });
  }
  const { body } = new EventStream({
    ...reading,
    clock: options.clock,
    grant,
    bufferedBytes: options.limits.bufferedBytes,
    stallMs: options.limits.stallMs,
    measures: options.metrics ?? NO_METRICS,
    list: listerOf(c, grant, options),
    signal: options.signal,
    cut: c.env?.cut,
    onError: (error) => options.onError(error, c.env?.visit?.connection),
    onEnd,
  });
  return new Response(body, { headers: EVENT_STREAM_HEADERS });
}

/** Waits for what was acknowledged on other nodes; returns false if that fails or takes too long. */
async function isCaughtUp(
  clock: Clock,
  prepared: Promise<unknown>,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const cancel = clock.after(PREPARE_MS, () => resolve(false));
  const isDone = await Promise.race([
    late,
    prepared.then(() => true, () => false),
  ]);
  cancel();
  return isDone;
}

/** Lists a stream with the id of its request, if it has one. */
function listerOf(
  c: AppContext,
  grant: Grant,
  { bridge, clock }: TimedOptions,
): ((stream: EventStream) => () => void) | undefined {
  const id = c.env?.visit?.connection;
  if (id === undefined) return undefined;
  return (stream) =>
    bridge.connections.add({
      id,
      kind: grant.keepAlive === undefined ? "sse" : "console",
      grant,
      address: c.env?.address,
      since: clock.now(),
      state: () => stream.state(),
      disconnect: () => stream.disconnect(),
    });
}

/** Returns which events the request selects, and after which position. Throws CommandError if it is invalid. */
function wanted(
  c: AppContext,
  reader: EventReader,
): { filter: Filter; after: Position | undefined } {
  const { consumer, accounts, events, after } = parseSubscription(
    c.req.query(),
  );
  const lastEventId = c.req.header("last-event-id");
  if (consumer !== undefined) {
    throw new CommandError(
      "bad_params",
      "Cannot subscribe: consumer needs acknowledgements, which /ws takes",
    );
  }
  const filter = reader.filter({
    ...(accounts === undefined ? {} : { accounts }),
    ...(events === undefined ? {} : { events }),
  });
  return {
    filter,
    after: lastEventId === undefined || lastEventId === ""
      ? after
      : parseAfter(lastEventId),
  };
}

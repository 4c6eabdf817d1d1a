/** Limits of clients as settings: from environment and file, because nobody types them at each start. @module */

import { DEFAULT_LIMITS, type Limits } from "../../mod.ts";
import { type Option, type Source, value } from "./option.ts";
import { bytesWithin, type ValueParser, wholeNumber } from "./values.ts";

const KEPT: { sources: readonly Source[] } = {
  sources: ["environment", "file"],
};

const HOUR_MS = 3_600_000;

/** Parser of a limit in milliseconds. */
function ms(least: number, most: number): ValueParser<number> {
  return wholeNumber(least, most, "milliseconds");
}

function limit(form: ValueParser<number>, initial: number, help: string) {
  return value("", form, initial, help, KEPT);
}

/** Options of all limits. */
export const LIMIT_OPTIONS = {
  frameBytes: limit(
    bytesWithin(1024, 2 ** 24),
    DEFAULT_LIMITS.frameBytes,
    "most bytes of a frame",
  ),
  fragments: limit(
    wholeNumber(1, 1024),
    DEFAULT_LIMITS.fragments,
    "most fragments of a frame",
  ),
  jsonDepth: limit(
    wholeNumber(4, 256),
    DEFAULT_LIMITS.jsonDepth,
    "deepest nesting of a frame's JSON",
  ),
  commandsPerMinute: limit(
    wholeNumber(1, 100_000),
    DEFAULT_LIMITS.commandsPerMinute,
    "most commands a minute of a connection; over HTTP, of a token",
  ),
  connections: limit(
    wholeNumber(1, 100_000),
    20_000,
    "most WebSockets and event streams",
  ),
  connectionsPerToken: limit(
    wholeNumber(1, 100_000),
    10_000,
    "most WebSockets and event streams with one token",
  ),
  connectionsPerAddress: value(
    "",
    wholeNumber(1, 100_000),
    undefined,
    "most WebSockets and event streams of one address; not counted on loopback without a proxy, unless set",
    KEPT,
  ),
  headMs: limit(ms(100, 60_000), 5000, "time for the head of a request"),
  helloMs: limit(
    ms(100, 600_000),
    DEFAULT_LIMITS.helloMs,
    "time until hello",
  ),
  pingMs: limit(
    ms(1000, HOUR_MS),
    DEFAULT_LIMITS.pingMs,
    "time between two pings",
  ),
  pongMs: limit(
    ms(1000, 600_000),
    DEFAULT_LIMITS.pongMs,
    "time until a ping must be answered",
  ),
  bufferedBytes: limit(
    bytesWithin(1024, 2 ** 28),
    DEFAULT_LIMITS.bufferedBytes,
    "bytes waiting on a socket beyond which nothing is sent until it drains",
  ),
  unacked: limit(
    wholeNumber(1, 100_000),
    DEFAULT_LIMITS.unacked,
    "unacknowledged events of a consumer beyond which nothing is sent",
  ),
  stallMs: limit(
    ms(1000, HOUR_MS),
    30_000,
    "time without progress after which a slow reader is closed",
  ),
  outboxGapMs: limit(
    ms(0, HOUR_MS),
    1000,
    "least time between two commands of one kind of an account",
  ),
  pollMinMs: limit(
    ms(1, HOUR_MS),
    1000,
    "least time between two polls of an account at a server without long polls",
  ),
  pollMaxMs: limit(
    ms(1, HOUR_MS),
    15_000,
    "most time between two polls, if nothing comes",
  ),
} as const satisfies Readonly<Record<string, Option<unknown>>>;

export type LimitName = keyof typeof LIMIT_OPTIONS;

/** Default per address, if clients have addresses of their own. */
const CONNECTIONS_PER_ADDRESS = 1000;

/** Parsed values of {@linkcode LIMIT_OPTIONS}. */
type LimitValues = {
  readonly [K in LimitName]: (typeof LIMIT_OPTIONS)[K] extends Option<infer T>
    ? T
    : never;
};

/** The limits of clients, as `welcome` reports them. */
export type ClientLimits =
  & Limits
  & Required<
    Pick<Limits, "connections" | "connectionsPerToken" | "headMs" | "stallMs">
  >;

/** Limits of the bridge itself, by the options of `Bridge`. */
export interface BridgeLimits {
  readonly outbox: { readonly gapMs: number };
}

/** Converts parsed options to the limits of the bridge itself. */
export function bridgeLimits(values: LimitValues): BridgeLimits {
  return { outbox: { gapMs: values.outboxGapMs } };
}

/**
 * Converts parsed options to the limits of clients.
 *
 * @param countsAddresses Whether clients have addresses of their own.
 */
export function clientLimits(
  values: LimitValues,
  countsAddresses: boolean,
): ClientLimits {
  const perAddress = values.connectionsPerAddress ??
    (countsAddresses ? CONNECTIONS_PER_ADDRESS : undefined);
  return {
    frameBytes: values.frameBytes,
    fragments: values.fragments,
    jsonDepth: values.jsonDepth,
    commandsPerMinute: values.commandsPerMinute,
    helloMs: values.helloMs,
    pingMs: values.pingMs,
    pongMs: values.pongMs,
    bufferedBytes: values.bufferedBytes,
    unacked: values.unacked,
    stallMs: values.stallMs,
    headMs: values.headMs,
    connections: values.connections,
    connectionsPerToken: values.connectionsPerToken,
    ...(perAddress === undefined ? {} : { connectionsPerAddress: perAddress }),
  };
}

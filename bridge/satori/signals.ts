/** What is said on a WebSocket of Satori: `{ op, body? }`. @module */

import { isDeeper } from "../schemas/json.ts";
import { z } from "../deps.ts";
import type { SatoriEvent } from "./events.ts";
import type { Login } from "./resources.ts";

/** What a signal says. */
export const OPCODES = {
  event: 0,
  ping: 1,
  pong: 2,
  identify: 3,
  ready: 4,
  meta: 5,
} as const;

/** Close codes that Satori's servers have; the others are the gateway's. */
export const SATORI_CLOSE = {
  /** A signal was none. */
  invalidMessage: 4000,
  /** The token was wrong. */
  invalidToken: 4004,
} as const;

/** What the bridge says. */
export type ServerSignal =
  | { op: typeof OPCODES.event; body: SatoriEvent }
  | { op: typeof OPCODES.pong; body: Record<never, never> }
  | {
    op: typeof OPCODES.ready;
    body: { logins: readonly Login[]; proxy_urls: readonly string[] };
  }
  | { op: typeof OPCODES.meta; body: { proxy_urls: readonly string[] } };

/** What a client says. */
export type ClientSignal =
  | { op: "ping" }
  | {
    op: "identify";
    /** The token; the handshake's where absent. */
    token?: string;
    /** The last event that it has; none where absent. */
    sn?: number;
  };

const sn = z.int().nullish();

const signals = z.union([
  z.object({ op: z.literal(OPCODES.ping) }),
  z.object({
    op: z.literal(OPCODES.identify),
    // `sequence` is how clients of the first years call it.
    body: z.object({ token: z.string().nullish(), sn, sequence: sn }).nullish(),
  }),
]);

/** Reads a signal; undefined where it is none. */
export function readSignal(
  text: string,
  jsonDepth: number,
): ClientSignal | undefined {
  if (isDeeper(text, jsonDepth)) return undefined;
  const read = signals.safeParse(parsed(text));
  if (!read.success) return undefined;
  if (read.data.op === OPCODES.ping) return { op: "ping" };
  const { token, sn, sequence } = read.data.body ?? {};
  const last = sn ?? sequence ?? 0;
  return {
    op: "identify",
    ...(token === undefined || token === null ? {} : { token }),
    // No event has a place before 1: such a client has none yet.
    ...(last < 1 ? {} : { sn: last }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Signals on a WebSocket of Satori: `{ op, body? }`. @module */

import { parseJson } from "../schemas/json.ts";
import * as z from "../deps_zod.ts";
import type { SatoriEvent } from "./events.ts";
import type { Login } from "./resources.ts";

export const OPCODES = {
  event: 0,
  ping: 1,
  pong: 2,
  identify: 3,
  ready: 4,
  meta: 5,
} as const;

/** Close codes of Satori; the others are those of the gateway. */
export const SATORI_CLOSE = {
  /** The client sent something that is not a signal. */
  invalidMessage: 4000,
  /** The token was rejected. */
  invalidToken: 4004,
} as const;

export type ServerSignal =
  | { op: typeof OPCODES.event; body: SatoriEvent }
  | { op: typeof OPCODES.pong; body: Record<never, never> }
  | {
    op: typeof OPCODES.ready;
    body: { logins: readonly Login[]; proxy_urls: readonly string[] };
  }
  | { op: typeof OPCODES.meta; body: { proxy_urls: readonly string[] } };

export type ClientSignal =
  | { op: "ping" }
  | {
    op: "identify";
    /** The token of the client. @default the token of the handshake */
    token?: string;
    /** The last event that the client has. @default it has none */
    sn?: number;
  };

const sn = z.int().nullish();

const signals = z.union([
  z.object({ op: z.literal(OPCODES.ping) }),
  z.object({
    op: z.literal(OPCODES.identify),
    // Older clients call it `sequence`.
    body: z.object({ token: z.string().nullish(), sn, sequence: sn }).nullish(),
  }),
]);

/** Reads a signal; `undefined` if the text is not one. */
export function parseSignal(
  text: string,
  jsonDepth: number,
): ClientSignal | undefined {
  const read = signals.safeParse(parseJson(text, jsonDepth));
  if (!read.success) return undefined;
  if (read.data.op === OPCODES.ping) return { op: "ping" };
  const { token, sn, sequence } = read.data.body ?? {};
  const last = sn ?? sequence ?? 0;
  return {
    op: "identify",
    ...(token === undefined || token === null ? {} : { token }),
    // Positions start at 1, so such a client has no event yet.
    ...(last < 1 ? {} : { sn: last }),
  };
}

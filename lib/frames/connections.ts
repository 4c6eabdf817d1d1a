/** Connections of clients, as the command `connections` lists them. @module */

/**
 * Kinds of connections: WebSockets of the frame protocol, event streams, OneBot and
 * Satori WebSockets, pages of the console, and OneBot WebSockets that the bridge
 * opened. POST targets and webhooks have no connection.
 *
 * @category Frames
 */
export const CONNECTION_KINDS = [
  "ws",
  "sse",
  "onebot",
  "satori",
  "console",
  "onebot-reverse",
] as const;

/**
 * One of the {@linkcode CONNECTION_KINDS}.
 *
 * @category Frames
 */
export type ConnectionKind = typeof CONNECTION_KINDS[number];

/**
 * One connection in the result of `connections`.
 *
 * @category Frames
 */
export interface OpenConnectionInfo {
  /** Id of the connection, as in the log. */
  id: string;
  /** Kind of the connection. */
  kind: ConnectionKind;
  /** Name of its token. */
  token: string;
  /** Address of the client; absent if it is not known. */
  address?: string;
  /** When it was opened, ISO 8601. */
  since: string;
  /** Number of accounts whose events it receives, or `all`. */
  accounts: "all" | number;
  /** Names of the events that it receives; absent for all, or if it receives none. */
  events?: string[];
  /** Id of its consumer; absent if it has none. */
  consumer?: string;
  /** Position up to which it has every event; absent if it receives none. */
  position?: number;
  /** Number of positions behind the last event. */
  lag: number;
  /** Number of events that were sent and not acknowledged. */
  unacked: number;
  /** Bytes that wait to be sent. */
  bufferedBytes: number;
  /** Number of commands in the current minute of its rate. */
  commands: number;
}

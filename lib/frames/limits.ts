/** Limits of the frame protocol, with their default values. @module */

/**
 * Maximum length of a message, in UTF-16 code units.
 *
 * @category Frames
 */
export const MAX_MESSAGE_CHARACTERS = 4000;

/**
 * Maximum length of a nickname, reason, province or password, in UTF-16 code units.
 *
 * @category Frames
 */
export const MAX_SHORT_TEXT_CHARACTERS = 256;

/**
 * Maximum number of events in one result of the command `history`.
 *
 * @category Frames
 */
export const MAX_HISTORY_EVENTS = 100;

/**
 * Limits of a connection, as the `welcome` frame reports them.
 *
 * @category Frames
 */
export interface Limits {
  /** Maximum size of a frame that the client sends, in bytes. */
  frameBytes: number;
  /** Maximum number of WebSocket fragments of a frame. */
  fragments: number;
  /** Maximum nesting depth of a frame's JSON. */
  jsonDepth: number;
  /** Maximum number of commands in a minute. */
  commandsPerMinute: number;
  /** Time in which a client without a token in its request must send `hello`, in milliseconds. */
  helloMs: number;
  /** Time between pings, in milliseconds. */
  pingMs: number;
  /** Time in which a client must answer a ping, in milliseconds. */
  pongMs: number;
  /** Bytes that may wait in the socket; the bridge sends no events above it. */
  bufferedBytes: number;
  /** Unacknowledged events of a consumer; the bridge sends no events above it. */
  unacked: number;
  /** Time without progress after which the bridge closes a slow connection, in milliseconds. */
  stallMs?: number;
  /** Time in which the head of a request must arrive, in milliseconds. */
  headMs?: number;
  /**
   * Maximum number of WebSockets and event streams. This and the two limits
   * below are absent if the bridge does not report them.
   */
  connections?: number;
  /** Maximum number of WebSockets and event streams with one token. */
  connectionsPerToken?: number;
  /** Maximum number of WebSockets and event streams from one address. */
  connectionsPerAddress?: number;
}

const FRAME_BYTES = 65_536;
const COMMANDS_PER_MINUTE = 120;

/** Of these limits, those that a client keeps to before it was welcomed. */
export const SENDING_LIMITS: Readonly<
  Pick<Limits, "frameBytes" | "commandsPerMinute">
> = { frameBytes: FRAME_BYTES, commandsPerMinute: COMMANDS_PER_MINUTE };

/**
 * The limits of a bridge that is not configured otherwise.
 *
 * @category Frames
 */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  frameBytes: FRAME_BYTES,
  fragments: 16,
  jsonDepth: 32,
  commandsPerMinute: COMMANDS_PER_MINUTE,
  helloMs: 10_000,
  pingMs: 25_000,
  pongMs: 8_000,
  bufferedBytes: 262_144,
  unacked: 256,
};

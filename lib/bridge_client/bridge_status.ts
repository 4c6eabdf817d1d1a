/** States of a client's connection to the bridge. @module */

import type { BridgeError } from "./bridge_error.ts";
import type { WelcomeFrame } from "../frames/frames.ts";

/**
 * The connection of a `BridgeClient`.
 *
 * @category Bridge client
 */
export type BridgeStatus =
  | {
    /** Not connected so far: neither iterated nor commanded. */
    state: "idle";
  }
  | {
    /** A connection is being made. */
    state: "connecting";
    /** 1 for the first attempt, then one more for each that failed in a row. */
    attempt: number;
  }
  | {
    /** The bridge has accepted the connection. */
    state: "open";
    /** What the bridge said: its accounts, limits, and the journal's end. */
    welcome: WelcomeFrame;
  }
  | {
    /** The connection was lost, or could not be had; the next attempt is due. */
    state: "waiting";
    /** Time until the next attempt, in milliseconds. */
    retryInMs: number;
    /** Cause, in words for people. */
    reason: string;
    /** The close code of the WebSocket; 1006 where there was no proper close. */
    closeCode: number;
    /** Attempts in a row without a connection that held. */
    failures: number;
  }
  | {
    /**
     * The queue is full, so the client let go of the connection: it comes back,
     * without a gap, when the loop has taken half of it.
     */
    state: "paused";
  }
  | {
    /** The client was closed, and does not connect again. */
    state: "closed";
    /** Why, unless it was asked for. */
    error?: BridgeError;
  };

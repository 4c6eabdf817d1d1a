/** WebSockets of the package `ws` whose frames come in a bounded number of pieces. @module */

import { WebSocket } from "../../deps_node.ts";

/**
 * Maximum number of pieces in which TCP may deliver one incomplete frame; a
 * further one closes the WebSocket with 1009. Each piece costs several hundred
 * bytes, however short it is.
 */
export const MAX_BUFFERED_CHUNKS = 256;

/** Closes with 1009 (too big) where `ws` uses 1008, which it sends for a message in too many fragments. */
export class BoundedWebSocket extends WebSocket {
  override close(code?: number, reason?: string): void {
    super.close(code === 1008 && reason === undefined ? 1009 : code, reason);
  }
}

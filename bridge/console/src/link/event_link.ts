/** A second connection, for events alone: what follows or reads the journal must not hold up the page's own. @module */

import { BridgeClient } from "../../../../lib/bridge_client/bridge_client.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { GapFrame } from "../../../../lib/frames/frames.ts";
import type { Position } from "../../../../lib/frames/position.ts";
import { readProof } from "./session.ts";

export interface EventLinkOptions {
  /** QQ numbers of the accounts. @default all that the token reaches */
  accounts?: readonly string[];
  /** Names of events, or what precedes their dot. @default all */
  events?: readonly string[];
  /** Events after this position. @default from now on */
  after?: Position;
  /** Maximum number of events that wait to be handled. */
  maxQueued: number;
  onEvent(frame: EventFrame): void;
  onGap?(frame: GapFrame): void;
  /** Called when the connection has opened, also again. */
  onOpen?(): void;
  /** Called when the connection is lost; it is opened again. */
  onLost?(): void;
  /** Closes the connection when it aborts. */
  signal: AbortSignal;
}

/** WebSocket whose hello has the page's half of the session. Its frames are not recorded. */
class EventSocket extends WebSocket {
  override send(data: string): void {
    super.send(
      data.startsWith('{"type":"hello"')
        ? JSON.stringify({ type: "hello", proof: readProof() ?? "none" })
        : data,
    );
  }
}

/** Receives events until the signal aborts. Rejects if the bridge does not accept the connection. */
export async function receiveEvents(options: EventLinkOptions): Promise<void> {
  const { accounts, events, after, maxQueued, signal } = options;
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const client = new BridgeClient({
    url,
    // EventSocket puts the page's half of the session in its place.
    token: "in the session",
    WebSocket: EventSocket,
    backoff: { maxMs: 5000 },
    maxQueued,
    signal,
    ...(accounts === undefined ? {} : { accounts: [...accounts] }),
    ...(events === undefined ? {} : { events: [...events] }),
    ...(after === undefined ? {} : { after }),
    onStatus: ({ state }) => {
      if (signal.aborted) return;
      if (state === "open") options.onOpen?.();
      if (state === "waiting") options.onLost?.();
    },
  });
  try {
    for await (const frame of client) {
      if (signal.aborted) return;
      if (frame.type === "event") options.onEvent(frame);
      else options.onGap?.(frame);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await client.close();
  }
}

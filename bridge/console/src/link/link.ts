/** The page's connection to the bridge: one client from sign-in to sign-out. @module */

import { BridgeClient } from "../../../../lib/bridge_client/bridge_client.ts";
import type {
  BridgeAccountOptions,
  BridgeCommandData,
  BridgeCommandParams,
} from "../../../../lib/bridge_client/bridge_commands.ts";
import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import type { BridgeStatus } from "../../../../lib/bridge_client/bridge_status.ts";
import type { BridgeCommandName } from "../../../../lib/frames/commands.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { GapFrame } from "../../../../lib/frames/frames.ts";
import { type Signal, signal } from "../deps.ts";
import { RecordedSocket } from "./recorder.ts";
import { checkSession, refusal, session } from "./session.ts";
import { t } from "../texts/strings.ts";

/** The connection. */
export const status: Signal<BridgeStatus> = signal({ state: "idle" });

/** A gap that nobody has dismissed. */
export const gap: Signal<GapFrame | undefined> = signal(undefined);

/** Who is told what comes. */
export interface LinkListener {
  /** A connection stands: the first, or another. */
  opened(): void;
  /** An event. */
  event(frame: EventFrame): void;
  /** Events are missing. */
  gap(frame: GapFrame): void;
}

let client: BridgeClient | undefined;

/** Connects, and tells what comes until {@linkcode disconnect}. */
export function connect(listener: LinkListener): void {
  const url = new URL("/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const own = client = new BridgeClient({
    url,
    // The cookie carries the token: this text goes nowhere.
    token: "in the cookie",
    WebSocket: RecordedSocket,
    backoff: { maxMs: 5000 },
    onStatus: (now) => {
      if (client !== own) return;
      status.value = now;
      if (now.state === "open") listener.opened();
      // A refused upgrade looks like a bridge that is not there.
      if (now.state === "waiting") void checkSession();
      if (now.state === "closed" && now.error?.code === "forbidden") {
        refusal.value = { text: "signedOutByBridge" };
        session.value = null;
      }
    },
  });
  void listen(own, listener);
}

/** Ends the connection. */
export function disconnect(): void {
  const ended = client;
  client = undefined;
  status.value = { state: "idle" };
  gap.value = undefined;
  void ended?.close();
}

/** Does a command. Rejects with BridgeError. */
export function command<N extends BridgeCommandName>(
  name: N,
  params: BridgeCommandParams<N>,
  options?: BridgeAccountOptions,
): Promise<BridgeCommandData<N>> {
  if (client === undefined) {
    return Promise.reject(new BridgeError("closed", t("disconnected")));
  }
  return client.command(name, params, options);
}

/** Where the client stands in the journal. */
export function position(): { epoch: string; seq: number } | undefined {
  return client?.position;
}

/** Why a command failed, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function listen(
  own: BridgeClient,
  listener: LinkListener,
): Promise<void> {
  try {
    for await (const frame of own) {
      if (client !== own) return;
      if (frame.type === "event") {
        listener.event(frame);
        continue;
      }
      gap.value = frame;
      listener.gap(frame);
    }
  } catch {
    // The status has told it.
  }
}

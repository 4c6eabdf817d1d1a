/** Connection of the page to the bridge: one client from sign-in to sign-out. @module */

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
import { checkSession, endSession, refusal } from "./session.ts";
import { t } from "../texts/strings.ts";

export const status: Signal<BridgeStatus> = signal({ state: "idle" });

/** The last gap, until the user dismisses it. */
export const gap: Signal<GapFrame | undefined> = signal(undefined);

/** Receives what the connection delivers. */
export interface LinkListener {
  /** Called when the first connection opens, and after each reconnect. */
  onOpen(): void;
  onEvent(frame: EventFrame): void;
  onGap(frame: GapFrame): void;
}

let client: BridgeClient | undefined;

/** Connects, and notifies the listener until {@linkcode disconnect}. */
export function connect(listener: LinkListener): void {
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const own = client = new BridgeClient({
    url,
    // The session authenticates. The client requires a text, which RecordedSocket replaces by the proof.
    token: "in the session",
    WebSocket: RecordedSocket,
    backoff: { maxMs: 5000 },
    onStatus: (now) => {
      if (client !== own) return;
      status.value = now;
      if (now.state === "open") listener.onOpen();
      // A browser does not say whether the upgrade was refused or the bridge is down.
      if (now.state === "waiting") void checkSession();
      if (now.state === "closed" && now.error?.code === "forbidden") {
        refusal.value = { text: "signedOutByBridge" };
        endSession();
      }
    },
  });
  void listen(own, listener);
}

export function disconnect(): void {
  const ended = client;
  client = undefined;
  status.value = { state: "idle" };
  gap.value = undefined;
  void ended?.close();
}

/** Runs a command of the bridge. Rejects with BridgeError. */
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

/** Position in the journal up to which the client has received. */
export function position(): { epoch: string; seq: number } | undefined {
  return client?.position;
}

/** Text of an error, for the user. */
export function formatError(error: unknown): string {
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
        listener.onEvent(frame);
        continue;
      }
      gap.value = frame;
      listener.onGap(frame);
    }
  } catch {
    // onStatus has reported the error.
  }
}

/** Connections of the page to the bridge, from sign-in to sign-out. @module */

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
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { RecordedSocket } from "./recorder.ts";
import { checkSession, endSession, refusal } from "./session.ts";

/** Events of the main connection. Presence comes over one of its own, for the accounts on screen. */
const EVENTS = ["message", "friend", "account"];

/** Longest wait before the next attempt to connect, in milliseconds. */
const MAX_RECONNECT_MS = 5000;

/** A shorter wait for the rate is not shown. */
const SHOWN_WAIT_MS = 500;

/** Stands for a connection that ended without a close code. */
const NO_CLOSE = 1006;

/** Close codes that mean that the session has ended. */
const SIGNED_OUT: ReadonlySet<number | undefined> = new Set([1008, 4003]);

export const status: Signal<BridgeStatus> = signal({ state: "idle" });

/** Whether the bridge takes commands now. */
export const isConnected: ReadonlySignal<boolean> = computed(() =>
  status.value.state === "open"
);

/** Code with which the bridge closed the connection last; `undefined` while there is one, and if it said none. */
export const closeCode: Signal<number | undefined> = signal(undefined);

/** When the connection was lost, in milliseconds since 1970; `undefined` while there is one, and before the first. */
export const lostAt: Signal<number | undefined> = signal(undefined);

/** The last gap, until the user dismisses it. */
export const gap: Signal<GapFrame | undefined> = signal(undefined);

/** Until when a command of the user waits for the rate, in milliseconds since 1970; `undefined` if none does. */
export const rateWaitUntil: Signal<number | undefined> = signal(undefined);

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
  const own = client = newClient({ events: EVENTS }, (now) => {
    if (client !== own) return;
    status.value = now;
    if (now.state === "open") {
      lostAt.value = closeCode.value = undefined;
      listener.onOpen();
    }
    if (now.state === "waiting" || now.state === "closed") {
      lostAt.value ??= Date.now();
      const code = now.state === "waiting"
        ? now.closeCode
        : now.error?.closeCode;
      // An attempt that finds no bridge says nothing new.
      if (code !== undefined && code !== NO_CLOSE) closeCode.value = code;
    }
    // A browser does not say whether the upgrade was refused or the bridge is down.
    if (now.state === "waiting") void checkSession();
    if (now.state === "closed" && SIGNED_OUT.has(now.error?.closeCode)) {
      refusal.value = { text: "signedOutByBridge" };
      endSession();
    }
  });
  void listen(own, () => client === own, (frame) => {
    if (frame.type === "event") return listener.onEvent(frame);
    gap.value = frame;
    listener.onGap(frame);
  });
}

export function disconnect(): void {
  const ended = client;
  client = undefined;
  status.value = { state: "idle" };
  lostAt.value = closeCode.value = undefined;
  gap.value = undefined;
  rateWaitUntil.value = undefined;
  void ended?.close();
}

/** Runs a command of the bridge. Rejects with BridgeError. */
export async function command<N extends BridgeCommandName>(
  name: N,
  params: BridgeCommandParams<N>,
  options: BridgeAccountOptions = {},
): Promise<BridgeCommandData<N>> {
  if (client === undefined) {
    throw new BridgeError("closed", "Cannot send: the page is signed out");
  }
  if (options.lane === "background") {
    return await client.command(name, params, options);
  }
  let until: number | undefined;
  try {
    return await client.command(name, params, {
      ...options,
      onWait: (waitMs) => {
        options.onWait?.(waitMs);
        if (waitMs < SHOWN_WAIT_MS) return;
        until = Date.now() + waitMs;
        rateWaitUntil.value = Math.max(rateWaitUntil.value ?? 0, until);
      },
    });
  } finally {
    if (until !== undefined && rateWaitUntil.value === until) {
      rateWaitUntil.value = undefined;
    }
  }
}

/** Position in the journal up to which the client has received. */
export function position(): { epoch: string; seq: number } | undefined {
  return client?.position;
}

/** Receives the presence of an account's friends, until the returned function is called. */
export function followPresence(
  account: string,
  onEvent: (frame: EventFrame) => void,
): () => void {
  const own = newClient({ events: ["presence"], accounts: [account] });
  let isOver = false;
  void listen(own, () => !isOver, (frame) => {
    if (frame.type === "event") onEvent(frame);
  });
  return () => {
    isOver = true;
    void own.close();
  };
}

function newClient(
  subscription: { events: string[]; accounts?: string[] },
  onStatus?: (status: BridgeStatus) => void,
): BridgeClient {
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return new BridgeClient({
    ...subscription,
    url,
    // The session authenticates. The client requires a text, which RecordedSocket replaces by the proof.
    token: "in the session",
    WebSocket: RecordedSocket,
    backoff: { maxMs: MAX_RECONNECT_MS },
    ...(onStatus === undefined ? {} : { onStatus }),
  });
}

async function listen(
  own: BridgeClient,
  isWanted: () => boolean,
  onFrame: (frame: EventFrame | GapFrame) => void,
): Promise<void> {
  try {
    for await (const frame of own) {
      if (!isWanted()) return;
      onFrame(frame);
    }
  } catch {
    // onStatus has reported the error.
  }
}

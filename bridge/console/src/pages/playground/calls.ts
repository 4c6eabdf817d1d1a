/** Calls of the playground: how they are made, and the last ones, which the browser keeps without secrets. @module */

import type { BridgeCommandName } from "../../../../../lib/frames/commands.ts";
import { BridgeError } from "../../../../../lib/bridge_client/bridge_error.ts";
import { type Signal, signal } from "../../deps.ts";
import { command } from "../../link/link.ts";
import { fetchWithSession } from "../../link/session.ts";
import { load, save } from "../../texts/saved.ts";
import { type Call, toBody, withoutSecrets } from "./snippets.ts";

export type Transport = "ws" | "http";

/** How a call ended. */
export interface Outcome {
  call: Call;
  transport: Transport;
  /** Time of the call, in milliseconds since 1970. */
  at: number;
  /** Time until the answer, in milliseconds. */
  tookMs: number;
  /** Length of the answer as JSON, in bytes. */
  bytes: number;
  /** HTTP status; `undefined` over the WebSocket. */
  status?: number;
  data?: unknown;
  error?: CallError;
}

export interface CallError {
  code: string;
  /** The bridge's words, in English. */
  message: string;
  isRetriable: boolean;
  retryAfterMs?: number;
}

/** A call in the history. */
export interface PastCall {
  call: Call;
  transport: Transport;
  at: number;
  /** `ok`, or the code of the error. */
  outcome: string;
}

/** Maximum number of calls that the history keeps; the oldest is dropped. */
const MAX_CALLS = 50;

const SAVED_AS = "playground.calls";

/** The last calls, newest first. */
export const pastCalls: Signal<readonly PastCall[]> = signal(loadCalls());

export function clearCalls(): void {
  pastCalls.value = [];
  save(SAVED_AS, []);
}

/** Makes a call. It rejects only if the page has a defect: failures are outcomes. */
export async function makeCall(
  call: Call,
  transport: Transport,
): Promise<Outcome> {
  const at = Date.now();
  const from = performance.now();
  const result = await (transport === "ws" ? overSocket(call) : overHttp(call));
  const outcome: Outcome = {
    call,
    transport,
    at,
    tookMs: performance.now() - from,
    bytes: new TextEncoder().encode(
      JSON.stringify(result.data ?? result.error ?? null),
    ).length,
    ...result,
  };
  const past: PastCall = {
    call: withoutSecrets(call),
    transport,
    at,
    outcome: outcome.error?.code ?? "ok",
  };
  pastCalls.value = [past, ...pastCalls.value].slice(0, MAX_CALLS);
  save(SAVED_AS, pastCalls.value);
  return outcome;
}

type Result = Pick<Outcome, "data" | "error" | "status">;

async function overSocket(call: Call): Promise<Result> {
  const { account, key } = call;
  try {
    // The parameters are what the user wrote: the bridge checks them.
    const data = await command(
      call.command as BridgeCommandName,
      call.params as never,
      {
        ...(account === undefined ? {} : { account }),
        ...(key === undefined ? {} : { key }),
      } as never,
    );
    return { data };
  } catch (error) {
    return { error: toCallError(error) };
  }
}

async function overHttp(call: Call): Promise<Result> {
  try {
    const response = await fetchWithSession(`api/${call.command}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(toBody(call)),
    });
    const { status } = response;
    const answer = await response.json();
    if (response.ok) return { status, data: answer };
    const { code, detail, retriable, retryAfterMs } = answer;
    return {
      status,
      error: {
        code: String(code ?? status),
        message: String(detail ?? ""),
        isRetriable: retriable === true,
        ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
      },
    };
  } catch (error) {
    return { error: toCallError(error) };
  }
}

function toCallError(error: unknown): CallError {
  if (error instanceof BridgeError) {
    return {
      code: error.code,
      message: error.message,
      isRetriable: error.retriable,
      ...(error.retryAfterMs === undefined
        ? {}
        : { retryAfterMs: error.retryAfterMs }),
    };
  }
  return { code: "unreachable", message: String(error), isRetriable: true };
}

function loadCalls(): PastCall[] {
  const saved = load(SAVED_AS);
  if (!Array.isArray(saved)) return [];
  return saved.filter((one): one is PastCall =>
    typeof one?.call?.command === "string" && typeof one.at === "number" &&
    typeof one.call.params === "object" && one.call.params !== null
  ).slice(0, MAX_CALLS);
}

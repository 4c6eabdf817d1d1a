/** Checks and encodes batches before they are stored. @module */

import { Buffer } from "node:buffer";
import {
  EVENT_NAMES,
  type EventName,
  isQqNumber,
  NAME_PATTERN,
} from "../../mod.ts";
import {
  frameText,
  type NewEvent,
  partyOf,
  type StoredEvent,
} from "./event.ts";
import type { Batch, IdempotencyRecord, JournalledOutcome } from "./journal.ts";
import { EVENT_BYTES } from "./limits.ts";

const TOKEN_OWNER = "token:";
const NAMES: ReadonlySet<string> = new Set(EVENT_NAMES);

/** A valid event without a position. */
export interface Draft {
  readonly account: string;
  readonly at: number;
  readonly event: EventName;
  /** Empty if there is none. */
  readonly party: string;
  readonly data: string;
  /** Bytes for which retention counts it. */
  readonly bytes: number;
}

/**
 * Checks a batch and encodes its events.
 *
 * @param maxEventBytes Bytes that the data of an event may have.
 */
export function toDrafts(batch: Batch, maxEventBytes = Infinity): Draft[] {
  const { poll, outcome } = batch;
  if (poll !== undefined) {
    checkAccount(poll.account);
    checkCount("a poll's number", poll.number);
    checkCount("a part's index", poll.part ?? 0);
  }
  if (outcome !== undefined) checkOwner(outcome.account);
  return batch.events.map((event) => toDraft(event, maxEventBytes));
}

function toDraft(
  { account, at, event, data }: NewEvent,
  maxEventBytes: number,
): Draft {
  checkAccount(account);
  if (!NAMES.has(event)) {
    throw new TypeError(
      `Cannot journal an event: its name must be one of ${
        EVENT_NAMES.join(", ")
      }, got ${JSON.stringify(event)}`,
    );
  }
  if (Number.isNaN(new Date(at).getTime())) {
    throw new RangeError(
      `Cannot journal an event: at must be milliseconds since 1970, got ${at}`,
    );
  }
  const text = toJson("an event's data", data);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxEventBytes) {
    throw new RangeError(
      `Cannot journal an event: its data must have at most ${maxEventBytes} bytes, got ${bytes}`,
    );
  }
  return {
    account,
    at: Math.trunc(at),
    event,
    party: String(partyOf(data) ?? ""),
    data: text,
    bytes: bytes + EVENT_BYTES,
  };
}

/** The event of a draft at a position. */
export function eventAt(seq: number, draft: Draft): StoredEvent {
  const { account, at, event, data } = draft;
  return {
    seq,
    account,
    event,
    frame: frameText(seq, at, account, event, data),
  };
}

/**
 * An outcome as JSON text, with the position of its first event in the field
 * that asks for it.
 */
export function outcomeText(
  { outcome, seqField }: Pick<JournalledOutcome, "outcome" | "seqField">,
  seq: number | undefined,
): string {
  if (seqField === undefined || seq === undefined || !outcome.ok) {
    return toJson("an outcome", outcome);
  }
  const data = { ...outcome.data as object, [seqField]: seq };
  return toJson("an outcome", { ok: true, data });
}

/** Checks a keyed command. Returns its outcome as JSON text, or null if it has none yet. */
export function checkKeyed(
  account: string,
  command: IdempotencyRecord,
): string | null {
  checkOwner(account);
  checkCount("a keyed command's time", command.at);
  return command.outcome === undefined
    ? null
    : toJson("an outcome", command.outcome);
}

/** Throws TypeError if the value cannot be JSON. */
export function toJson(what: string, value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError(
      `Cannot journal ${what}: it must be JSON, got ${typeof value}`,
    );
  }
  return text;
}

/** Throws RangeError if the value is not a whole number from 0 on. */
export function checkCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(
    `Cannot journal ${what}: it must be a whole number from 0 on, got ${value}`,
  );
}

/** Checks the owner of a key: an account, or a token for the bridge's own commands. */
function checkOwner(owner: string): void {
  const isToken = typeof owner === "string" && owner.startsWith(TOKEN_OWNER) &&
    NAME_PATTERN.test(owner.slice(TOKEN_OWNER.length));
  if (!isToken) checkAccount(owner);
}

function checkAccount(account: string): void {
  if (isQqNumber(account)) return;
  throw new TypeError(
    `Cannot journal for an account: its number must have 1 to 20 digits, got ${
      JSON.stringify(account)
    }`,
  );
}

/** An epoch: 12 characters of `0-9a-z`. */
export function newEpoch(random: () => number): string {
  return Array.from(
    { length: 12 },
    () => Math.floor(random() * 36).toString(36),
  ).join("");
}

/** Unpredictable random numbers in [0, 1). */
export function systemRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

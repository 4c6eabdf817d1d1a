/** Acting once for each Idempotency-Key. @module */

import { KEY_CHARACTERS } from "../../protocol/codes.ts";
import type { Batch } from "../store/batches.ts";
import { KEPT_MS } from "../limits.ts";
import type { State } from "./state.ts";

/** The answer to a command that acts: the reply's body with an empty SEQ, and how late it comes. */
export interface ActAnswer {
  /** Body of the reply. */
  body: string;
  /** How late, in milliseconds. */
  lateMs: number;
}

/** An Idempotency-Key that counts, or null: a longer one is none. */
export function keyOf(header: string | null): string | null {
  return header === null || header === "" || header.length > KEY_CHARACTERS
    ? null
    : header;
}

/** The digest of a request's body, its SEQ aside. */
export async function digestOf(body: string): Promise<string> {
  const text = body.replace(/(^|&)SEQ=[^&]*/, "$1SEQ=");
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  // As Base64: so the stores of earlier versions have it.
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

/**
 * Acts, inside a transaction, unless the key has an answer already. The answer
 * is kept in the same transaction.
 *
 * @param refuse Makes the body that says RES=3, for a key that was another request's.
 */
export function actOnce(
  state: State,
  batch: Batch,
  request: { uin: string; key: string | null; digest: string },
  act: (batch: Batch) => ActAnswer,
  refuse: () => string,
): ActAnswer {
  const { uin, key, digest } = request;
  if (key === null) return act(batch);
  const now = state.clock.now();
  const kept = state.store.keptAnswer(uin, key);
  if (kept !== undefined && kept.at > now - KEPT_MS) {
    if (kept.digest !== digest) return { body: refuse(), lateMs: 0 };
    return { body: kept.body, lateMs: Math.max(0, kept.dueAt - now) };
  }
  const answer = act(batch);
  state.store.keepAnswer(uin, key, {
    digest,
    body: answer.body,
    at: now,
    dueAt: now + answer.lateMs,
  }, state.limits.keptAnswers);
  return answer;
}

/** Actions on many accounts, with their progress and their failures. @module */

import { explainError, loadErrorTexts } from "../../app/errors.ts";
import { type Signal, signal } from "../../deps.ts";
import { accounts, loadAccounts } from "../../store/accounts.ts";
import { nameOf } from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { type Act, act } from "./actions.ts";
import { a } from "./texts.ts";

/** Number of accounts that are acted on at a time. */
const PARALLEL = 4;

interface Bulk {
  readonly all: number;
  readonly done: number;
  readonly failures: readonly { readonly name: string; readonly why: string }[];
  readonly isRunning: boolean;
}

/** The last action on many; kept on screen until the next one or until dismissed. */
const bulk: Signal<Bulk | undefined> = signal(undefined);

let stop: AbortController | undefined;

/** Runs an action for each account, and goes on after a failure. */
export async function runBulk(
  uins: readonly string[],
  which: Act,
): Promise<void> {
  stop?.abort();
  const own = stop = new AbortController();
  const left = [...uins];
  bulk.value = { all: uins.length, done: 0, failures: [], isRunning: true };
  const note = (change: (now: Bulk) => Partial<Bulk>) => {
    const now = bulk.value;
    if (stop === own && now !== undefined) {
      bulk.value = { ...now, ...change(now) };
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (;;) {
      const uin = left.shift();
      if (uin === undefined || own.signal.aborted) return;
      try {
        await act(uin, which);
        note((now) => ({ done: now.done + 1 }));
      } catch (error) {
        const name = toVisible(nameOf(accounts.peek(uin), uin));
        await loadErrorTexts();
        const why = explainError(error, which).text;
        note((now) => ({ failures: [...now.failures, { name, why }] }));
      }
    }
  }));
  note(() => ({ isRunning: false }));
  await loadAccounts().catch(() => {});
}

export function BulkProgress() {
  const now = bulk.value;
  if (now === undefined) return null;
  const { all, done, failures, isRunning } = now;
  const isStopped = !isRunning && done + failures.length < all;
  return (
    <div class={`note bulk ${failures.length > 0 ? "bad" : "good"}`}>
      <div class="note-text" role="status">
        <p>
          {isStopped
            ? a("stopped", { done, all })
            : a("progress", { done, all, failed: failures.length })}
        </p>
        {failures.length > 0 && (
          <ul>
            {failures.map(({ name, why }) => (
              <li key={name}>{a("failedHere", { name, why })}</li>
            ))}
          </ul>
        )}
      </div>
      {isRunning
        ? (
          <button
            type="button"
            class="small"
            onClick={() => {
              stop?.abort();
              bulk.value = { ...now, isRunning: false };
            }}
          >
            {a("stop")}
          </button>
        )
        : (
          <button
            type="button"
            class="small"
            onClick={() => bulk.value = undefined}
          >
            {t("dismiss")}
          </button>
        )}
    </div>
  );
}

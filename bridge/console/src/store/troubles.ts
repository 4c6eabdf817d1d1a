/** Counts of what needs somebody: accounts, failing targets, lagging consumers. @module */

import type { ConsumerInfo } from "../../../../lib/frames/frames.ts";
import type { TargetInfo } from "../../../../lib/frames/targets.ts";
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";
import { hasScope, session } from "../link/session.ts";
import { accounts } from "./accounts.ts";
import { isFailing, isLagging } from "./trouble_rules.ts";

/** Number of targets and of consumers that are looked at. */
const MAX_ROWS = 500;

export const failingTargets: Signal<number> = signal(0);
export const laggingConsumers: Signal<number> = signal(0);

/** Number of accounts that stay out until somebody does something. */
export const accountsInNeed: ReadonlySignal<number> = computed(() => {
  void accounts.version;
  let count = 0;
  for (const { state } of accounts.values()) {
    if (state === "refused" || state === "replaced") count++;
  }
  return count;
});

export function noteTargets(targets: readonly TargetInfo[]): void {
  failingTargets.value = targets.filter(isFailing).length;
}

export function noteConsumers(consumers: readonly ConsumerInfo[]): void {
  laggingConsumers.value = consumers.filter(isLagging).length;
}

/** Asks for what the token may see. */
export async function loadTroubles(): Promise<void> {
  const options = { lane: "background" } as const;
  const mayManage = hasScope("manage") && session.value?.accounts === "all";
  const [targets, consumers] = await Promise.all([
    mayManage ? command("targets", { limit: MAX_ROWS }, options) : undefined,
    command("consumers", { limit: MAX_ROWS }, options),
  ]);
  noteTargets(targets?.targets ?? []);
  noteConsumers(consumers.consumers);
}

export function clearTroubles(): void {
  noteTargets([]);
  noteConsumers([]);
}

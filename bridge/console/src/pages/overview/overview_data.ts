/** Loads what the overview shows. @module */

import type { BridgeLane } from "../../../../../lib/bridge_client/lanes.ts";
import { command } from "../../link/link.ts";
import { fetchWithSession, hasScope, session } from "../../link/session.ts";
import { noteConsumers, noteTargets } from "../../store/troubles.ts";
import type { OverviewData, Readiness } from "./problems.ts";

/** The figures that the page draws or counts. */
const FIGURES = [
  "events_total",
  "connections",
  "journal_append_seconds",
  "journal_append_failures_total",
  "journal_head",
  "journal_oldest",
  "journal_bytes",
  "gaps_total",
  "slow_closes_total",
  "auth_failures_total",
];

/** Targets and consumers of which problems are looked for. */
const MAX_ROWS = 500;

export async function loadOverview(lane: BridgeLane): Promise<OverviewData> {
  const reachesAll = session.value?.accounts === "all";
  const mayManage = reachesAll && hasScope("manage");
  const options = { lane };
  const [readiness, accounts, targets, consumers, figures, settings] =
    await Promise.all([
      readReadiness(),
      command("accounts", { limit: 1 }, options),
      mayManage ? command("targets", { limit: MAX_ROWS }, options) : undefined,
      command("consumers", { limit: MAX_ROWS }, options),
      reachesAll
        ? command("figures", { names: FIGURES, range: "10m" }, options)
        : undefined,
      mayManage ? command("settings", {}, options) : undefined,
    ]);
  if (targets !== undefined) noteTargets(targets.targets);
  noteConsumers(consumers.consumers);
  const { counts } = accounts;
  return {
    readiness,
    counts,
    accountCount: Object.values(counts).reduce((sum, count) => sum + count, 0),
    targets: targets?.targets,
    consumers: consumers.consumers,
    figures,
    version: settings?.version ?? session.value?.version ?? "",
    startedAt: settings?.startedAt,
  };
}

/** The answer has a body also when the bridge is not ready. */
async function readReadiness(): Promise<Readiness> {
  const response = await fetchWithSession("readyz");
  return await response.json();
}

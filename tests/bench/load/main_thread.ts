/** What a page's main thread did, by the time of the thread: a busy machine does not change it. @module */

import type { CDPSession, Page } from "../../console/deps.ts";

/** Work of the main thread between two moments. */
export interface Work {
  /** Time of the thread, in milliseconds. */
  readonly cpuMs: number;
  /** Time of the thread in scripts, in milliseconds. */
  readonly scriptMs: number;
  readonly layouts: number;
  /** Times of the thread of its tasks, in milliseconds, longest first. */
  readonly taskMs: readonly number[];
}

/** Category of the events of the trace that are tasks. */
const TASKS = "disabled-by-default-devtools.timeline";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Watches the main thread of the only page that is open. Call the result to end it. */
export async function watchMainThread(
  page: Page,
): Promise<() => Promise<Work>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const trace = await page.context().browser()!.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  trace.on("Tracing.dataCollected", ({ value }) => {
    for (const one of value as unknown as TraceEvent[]) {
      if (one.name === "RunTask" || one.ph === "M") events.push(one);
    }
  });
  await trace.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: [TASKS] },
  });
  const before = await metricsOf(session);
  return async () => {
    const after = await metricsOf(session);
    const ended = new Promise((resolve) =>
      trace.once("Tracing.tracingComplete", resolve)
    );
    await trace.send("Tracing.end");
    await ended;
    await trace.detach();
    const change = (name: string) =>
      (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
    return {
      cpuMs: change("ThreadTime") * 1000,
      scriptMs: change("ScriptDuration") * 1000,
      layouts: change("LayoutCount"),
      taskMs: tasksOf(events),
    };
  };
}

async function metricsOf(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

function tasksOf(events: readonly TraceEvent[]): number[] {
  const main = new Set(
    events.filter(({ name, args }) =>
      name === "thread_name" && args?.name === "CrRendererMain"
    ).map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events.filter(({ name, pid, tid }) =>
    name === "RunTask" && main.has(`${pid} ${tid}`)
  ).map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
}

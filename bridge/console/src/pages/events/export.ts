/** Export of filtered events as a file. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { command } from "../../link/link.ts";
import { receiveEvents } from "../../link/event_link.ts";
import { type Filters, passes, toSubscription } from "./filters.ts";

/** Maximum number of events in a file. */
export const MAX_EXPORTED = 100_000;

export interface ExportProgress {
  /** Number of events that pass the filters. */
  found: number;
  /** Part of the journal that has been read, 0 to 1. */
  part: number;
}

export interface ExportOptions {
  filters: Filters;
  epoch: string;
  signal: AbortSignal;
  onProgress(progress: ExportProgress): void;
}

/**
 * Reads the matching events, oldest first, over a connection of its own: the
 * history gives 100 a command, and commands have a rate.
 *
 * @returns The events, and whether there are more than a file takes.
 */
export async function collectEvents(
  { filters, epoch, signal, onProgress }: ExportOptions,
): Promise<{ events: EventFrame[]; isCut: boolean }> {
  const events: EventFrame[] = [];
  const last = await findLast(filters, signal);
  if (last === undefined) return { events, isCut: false };
  const from = await findStart(filters) - 1;
  if (from >= last) return { events, isCut: false };
  const done = new AbortController();
  let isCut = false;
  await receiveEvents({
    ...toSubscription(filters),
    after: { epoch, seq: from },
    // The bridge sends faster than a page handles.
    maxQueued: MAX_EXPORTED,
    signal: AbortSignal.any([signal, done.signal]),
    onEvent: (frame) => {
      if (done.signal.aborted) return;
      if (passes(frame, filters)) {
        if (events.length === MAX_EXPORTED) {
          isCut = true;
          done.abort();
          return;
        }
        if (frame.seq <= last) events.push(frame);
      }
      onProgress({
        found: events.length,
        part: (frame.seq - from) / (last - from),
      });
      if (frame.seq >= last) done.abort();
    },
  });
  return { events, isCut };
}

/** First position that the filters can match. */
async function findStart(filters: Filters): Promise<number> {
  const { account, since, after } = filters;
  const isBounded = since !== undefined || after !== undefined;
  const { oldest, searched } = await command(
    "history",
    {
      limit: 1,
      ...(since === undefined ? {} : { since }),
      ...(after === undefined ? {} : { after }),
    },
    account === undefined ? {} : { account },
  );
  return isBounded ? Math.max(oldest, searched.from) : oldest;
}

/** Position of the last event that the connection gives for the filters; `undefined` if there is none. */
async function findLast(
  { account, events, until }: Filters,
  signal: AbortSignal,
): Promise<number | undefined> {
  let before: number | undefined;
  while (!signal.aborted) {
    const found = await command(
      "history",
      {
        limit: 1,
        ...(events === undefined ? {} : { events: [...events] }),
        ...(until === undefined ? {} : { until }),
        ...(before === undefined ? {} : { before }),
      },
      account === undefined ? {} : { account },
    );
    const [last] = found.events;
    if (last !== undefined) return last.seq;
    // One call looks at a part of the journal.
    if (!found.more) return undefined;
    before = found.searched.from;
  }
  return undefined;
}

/** Offers a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Search in a conversation, and the jump to a date. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { useEffect, useRef, useState } from "../../deps.ts";
import { findSince, searchThread, type Thread } from "../../store/messages.ts";
import { t } from "../../texts/strings.ts";
import { wholeTime } from "../../texts/times.ts";
import { onSubmit, textOf } from "../../ui/controls.tsx";
import { Icon } from "../../ui/icon.tsx";
import { c } from "./texts.ts";

interface Found {
  readonly text: string;
  readonly events: readonly EventFrame[];
  readonly more: boolean;
  readonly from: number;
}

export function SearchBar(
  { thread, onOpen, onClose }: {
    thread: Thread;
    onOpen: (seq: number) => void;
    onClose: () => void;
  },
) {
  const [found, setFound] = useState<Found>();
  const field = useRef<HTMLInputElement>(null);
  const task = useTask();
  useEffect(() => field.current?.focus(), []);
  const search = (text: string, before?: number) =>
    task.run(async () => {
      const page = await searchThread(thread, text, before);
      const known = before === undefined ? [] : found?.events ?? [];
      setFound({ ...page, text, events: [...known, ...page.events] });
    }, "history");
  return (
    <div
      class="search-bar"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <form
        role="search"
        onSubmit={onSubmit((form) => {
          const text = textOf(form, "text");
          if (text !== "") void search(text);
        })}
      >
        <input
          ref={field}
          name="text"
          type="search"
          data-filter
          aria-label={c("searchText")}
          placeholder={c("searchText")}
          maxLength={256}
        />
        <Action type="submit" class="small" disabled={task.busy}>
          {t(task.busy ? "searching" : "search")}
        </Action>
      </form>
      <form
        onSubmit={onSubmit((form) => {
          const date = textOf(form, "date");
          if (date === "") return;
          void task.run(async () => {
            const since = new Date(`${date}T00:00:00`).toISOString();
            const seq = await findSince(thread, since);
            if (seq === undefined) return c("noneSince");
            onOpen(seq);
            return undefined;
          }, "history");
        })}
      >
        <input name="date" type="date" aria-label={c("jumpTo")} />
        <Action type="submit" class="small" disabled={task.busy}>
          {c("jump")}
        </Action>
      </form>
      <button
        type="button"
        class="quiet ui-square"
        aria-label={c("close")}
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
      <Failure task={task} />
      <div role="status">
        {task.success !== undefined && <p class="hint">{task.success}</p>}
        {found !== undefined && (
          <p class="hint">
            {found.events.length === 0
              ? c("searchNone")
              : c("searchSome", { n: found.events.length })}{" "}
            {found.more && c("searchedBack", { seq: found.from })}
          </p>
        )}
      </div>
      {found !== undefined && (
        <ul class="found">
          {found.events.map((frame) => (
            <li key={frame.seq}>
              <button
                type="button"
                class="quiet"
                onClick={() => onOpen(frame.seq)}
              >
                <bdi>{(frame.data as { text: string }).text}</bdi>
                <time dateTime={frame.at}>{wholeTime(frame.at)}</time>
              </button>
            </li>
          ))}
        </ul>
      )}
      {found?.more && (
        <Action
          class="small"
          disabled={task.busy}
          onClick={() => search(found.text, found.from)}
        >
          {c("searchOn")}
        </Action>
      )}
    </div>
  );
}

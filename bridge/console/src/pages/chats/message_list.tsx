/** Messages of a conversation: only the visible ones are drawn, and the view stays where it is. @module */

import { Failure, useTask } from "../../app/task.tsx";
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../../deps.ts";
import { hasScope } from "../../link/session.ts";
import { conversations, markRead } from "../../store/inbox.ts";
import { conversationKey } from "../../store/inbox_rules.ts";
import {
  loadAround,
  loadNewer,
  loadNewest,
  loadOlder,
  type Thread,
} from "../../store/messages.ts";
import { outgoingOf } from "../../store/outbox.ts";
import { t } from "../../texts/strings.ts";
import { useVirtual } from "../../ui/lists/virtual.ts";
import { Loading } from "../../ui/states.tsx";
import { RowView } from "./message.tsx";
import { rowsOf } from "./rows.ts";
import { c } from "./texts.ts";

/** Distance from an end within which the next page is loaded, in pixels. */
const NEAR_END = 600;

/** With fewer unread messages, the newest page has them all. */
const NEWEST = 80;

/** A message counts as read once its end was in view for this long. */
const READ_MS = 1000;

/** A view that leaves the end this soon after a wheel, a touch or a key was scrolled by somebody. */
const MOVE_MS = 500;

/** Least time between two marks. */
const MARK_MS = 2000;

export function MessageList(
  { thread, at, name }: {
    thread: Thread;
    at: number | undefined;
    name: string;
  },
) {
  const { account, peer } = thread;
  const key = conversationKey(account, peer);
  const window = thread.window.value;
  const isLoaded = thread.isLoaded.value;
  const conversation = conversations.get(key);
  const outgoing = outgoingOf(account, peer);
  const task = useTask();
  const [isAtEnd, setAtEnd] = useState(true);
  const [line, setLine] = useState(conversation?.firstUnread);
  const isPaging = useRef(false);
  const rows = useMemo(() => rowsOf(window.events, outgoing, line), [
    window,
    outgoing,
    line,
  ]);
  const virtual = useVirtual({
    count: rows.length,
    estimate: 36,
    keyOf: (index) => rows[index]!.key,
    anchor: "end",
    overscan: 8,
  });

  // Without a position in the address, the view begins at the first unread message.
  const goal = at ?? line;
  const loadFirst = () =>
    task.run(async () => {
      const { events, hasNewer } = thread.window.peek();
      const isHere = thread.isLoaded.peek() &&
        events.some(({ seq }) => seq === goal);
      if (isHere) return;
      if (at === undefined && (conversation?.unread ?? 0) < NEWEST) {
        if (!thread.isLoaded.peek() || hasNewer) await loadNewest(thread);
      } else if (goal !== undefined) await loadAround(thread, goal);
      else if (!thread.isLoaded.peek() || hasNewer) await loadNewest(thread);
    }, "history");
  useEffect(() => void loadFirst(), [at]);

  // The first view: at the address's position, the first unread message, or the end.
  const placed = useRef<number | "end" | undefined>(undefined);
  useLayoutEffect(() => {
    if (!isLoaded || rows.length === 0) return;
    if (placed.current === (at ?? "end")) return;
    const index = rows.findIndex((row) =>
      at === undefined ? row.kind === "unread" : row.key === String(at)
    );
    if (at !== undefined && index < 0) return;
    placed.current = at ?? "end";
    thread.isFollowing = index < 0;
    if (index >= 0) {
      virtual.scrollTo(index, at === undefined ? "start" : "center");
    } else virtual.scrollToEnd();
  });

  // Only somebody who scrolls leaves the end: events that come, and old ones that a full window drops, do not.
  const first = window.events[0]?.seq;
  const before = useRef({ height: 0, top: 0, shown: window.events });
  const changedAt = useRef(-Infinity);
  const movedAt = useRef(-Infinity);
  const onMove = () => movedAt.current = performance.now();
  const look = () => {
    const box = virtual.scroll.current;
    if (box === null) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    const now = performance.now();
    const { events } = thread.window.peek();
    const { height, top, shown } = before.current;
    before.current = {
      height: box.scrollHeight,
      top: box.scrollTop,
      shown: events,
    };
    if (events !== shown) changedAt.current = now;
    // Rows that come or are dropped move the place too, at once and when they are measured.
    const isMoved = now - movedAt.current <= MOVE_MS ||
      now - changedAt.current > MOVE_MS &&
        box.scrollHeight === height && box.scrollTop < top;
    if (
      thread.isFollowing && below >= 8 && !isMoved &&
      !thread.window.peek().hasNewer
    ) return virtual.scrollToEnd();
    const isThere = below < 8 && !thread.window.peek().hasNewer;
    thread.isFollowing = isThere;
    setAtEnd(isThere);
    if (isPaging.current || !thread.isLoaded.peek()) return;
    const { hasOlder, hasNewer } = thread.window.peek();
    const next = box.scrollTop < NEAR_END && hasOlder
      ? loadOlder
      : below < NEAR_END && hasNewer
      ? loadNewer
      : undefined;
    if (next === undefined) return;
    isPaging.current = true;
    next(thread).catch(() => {}).finally(() => isPaging.current = false);
  };
  useEffect(look, [isLoaded, rows.length, first, virtual.height]);

  const last = window.events.at(-1);
  const unread = conversation?.unread ?? 0;
  useMarks(thread, isAtEnd && isLoaded, last?.seq, unread);
  useEffect(() => {
    // Messages that come while nobody looks get a line above the first of them.
    if (line === undefined && unread > 0 && (!isAtEnd || document.hidden)) {
      setLine(conversation?.firstUnread);
    }
    if (
      last?.event === "message.sent" && line !== undefined && last.seq > line
    ) {
      setLine(undefined);
    }
  }, [unread, last?.seq]);

  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (target.closest(".pane") === null || target.closest("dialog")) return;
      void toEnd();
    };
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, []);
  const toEnd = async () => {
    if (thread.window.peek().hasNewer) {
      await task.run(() => loadNewest(thread), "history");
    }
    requestAnimationFrame(() => virtual.scrollToEnd());
  };

  // A message that was just written is shown, wherever the view is.
  const writtenAt = outgoing.at(-1)?.at ?? 0;
  const shownAt = useRef(writtenAt);
  useEffect(() => {
    if (writtenAt <= shownAt.current) return;
    shownAt.current = writtenAt;
    void toEnd();
  }, [writtenAt]);
  return (
    <div class="message-area">
      <div
        ref={virtual.scroll}
        class="messages"
        tabIndex={0}
        role="region"
        data-region
        aria-label={t("messages")}
        onScroll={look}
        onWheel={onMove}
        onTouchMove={onMove}
        onPointerDown={onMove}
        onKeyDown={(event) => {
          onMove();
          if (event.key !== "End") return;
          event.preventDefault();
          void toEnd();
        }}
      >
        <Failure task={task} />
        {task.failure !== undefined && (
          <button
            type="button"
            class="small older"
            onClick={() => void loadFirst()}
          >
            {t("retry")}
          </button>
        )}
        {!isLoaded && task.failure === undefined && <Loading />}
        {isLoaded && <Top window={window} />}
        <ol
          style={{ height: `${virtual.height}px` }}
          aria-label={t("messages")}
        >
          {virtual.items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <li
                key={row.key}
                ref={virtual.measure}
                class={`line of-${row.kind}`}
                data-index={index}
                aria-setsize={window.hasOlder ? -1 : rows.length}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
                <RowView row={row} name={name} />
              </li>
            );
          })}
        </ol>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          class="pill"
          onClick={() => void toEnd()}
        >
          {unread === 0
            ? c("toEnd")
            : unread === 1
            ? c("oneBelow")
            : c("newBelow", { n: unread })} ↓
        </button>
      )}
    </div>
  );
}

/** What stands above the first event. */
function Top({ window }: { window: Thread["window"]["value"] }) {
  const { events, hasOlder, oldestKept } = window;
  if (hasOlder) return <p class="hint top">{c("loadingOlder")}</p>;
  if (events.length === 0 && oldestKept <= 1) {
    return <p class="hint top">{t("noMessages")}</p>;
  }
  return <p class="hint top">{c(oldestKept > 1 ? "notKept" : "beginning")}</p>;
}

/** Marks messages as read while their end is in view of a focused window. */
function useMarks(
  { account, peer }: Thread,
  isSeen: boolean,
  last: number | undefined,
  unread: number,
): void {
  const lastAt = useRef(0);
  useEffect(() => {
    if (!isSeen || last === undefined || unread === 0 || !hasScope("send")) {
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isWatched = () => !document.hidden && document.hasFocus();
    const mark = () => {
      if (!isWatched()) return;
      lastAt.current = Date.now();
      markRead(account, peer, last).catch(() => {});
    };
    const begin = () => {
      clearTimeout(timer);
      if (!isWatched()) return;
      const rest = lastAt.current + MARK_MS - Date.now();
      timer = setTimeout(mark, Math.max(READ_MS, rest));
    };
    begin();
    addEventListener("focus", begin);
    document.addEventListener("visibilitychange", begin);
    return () => {
      clearTimeout(timer);
      removeEventListener("focus", begin);
      document.removeEventListener("visibilitychange", begin);
    };
  }, [isSeen, last, unread > 0]);
}

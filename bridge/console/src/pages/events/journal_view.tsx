/** The journal: filters, rows, the event in full. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { useEffect, useMemo, useState } from "../../deps.ts";
import { lazy } from "../../app/lazy.tsx";
import { formatLink } from "../../app/router.ts";
import { explainError } from "../../app/errors.ts";
import { status } from "../../link/link.ts";
import { dayName, preciseTime, wholeTime } from "../../texts/times.ts";
import { type Column, Table } from "../../ui/lists/table.tsx";
import { ExplorerBody } from "../../app/explorer/explorer.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useMedia, WIDE } from "../../ui/media.ts";
import { Failed, Loading, Nothing } from "../../ui/states.tsx";
import {
  excerptOf,
  type Filters,
  formatFilters,
  isForwards,
  parseFilters,
  partyOf,
} from "./filters.ts";
import { EventsHead } from "./events_head.tsx";
import { JournalFilters } from "./journal_filters.tsx";
import { JournalReader } from "./journal.ts";
import { e } from "./texts.ts";

const EventDetail = lazy(
  async () => (await import("./event_detail.tsx")).EventDetail,
);
const ExportDialog = lazy(
  async () => (await import("./export_dialog.tsx")).ExportDialog,
);

/** Rows from an end at which more are loaded. */
const NEAR = 20;

/** The text that is searched stays while the page is open, but is in no address. */
let searchedText: string | undefined;

export function JournalView({ query }: { query: URLSearchParams }) {
  const address = query.toString();
  const [text, setText] = useState(searchedText);
  const filters = useMemo((): Filters => {
    searchedText = text;
    const found = parseFilters(query);
    return text === undefined ? found : { ...found, text };
  }, [address, text]);
  const reader = useMemo(() => new JournalReader(filters), [filters]);
  const [chosen, setChosen] = useState<EventFrame>();
  const [isExporting, setExporting] = useState(false);
  const isWide = useMedia(WIDE);
  const [hasFilters, setHasFilters] = useState(false);
  const [wantsTail, setWantsTail] = useState(false);
  useEffect(() => {
    void reader.load();
    setChosen(undefined);
    return () => reader.close();
  }, [reader]);
  useEffect(() => {
    if (wantsTail) reader.follow();
    else reader.stopTail();
  }, [reader, wantsTail]);

  const setFilters = ({ text: next, ...others }: Filters) => {
    setText(next === "" ? undefined : next);
    const link = formatLink("events", [], formatFilters(others));
    if (location.hash !== link) location.hash = link;
  };
  // What is typed and not yet applied goes too, with its field.
  const [cleared, setCleared] = useState(0);
  const clear = () => {
    setCleared(cleared + 1);
    setFilters({});
  };

  const state = reader.state.value;
  const { rows, isLoading, error, hasOlder, hasNewer } = state;
  const failure = error === undefined
    ? undefined
    : explainError(error, "history");
  const tail = reader.tail.value;
  const allColumns: Column<EventFrame>[] = [
    {
      key: "seq",
      title: e("position"),
      width: "5.5rem",
      isNumber: true,
      render: ({ seq }) => seq,
    },
    {
      key: "at",
      title: e("time"),
      width: "7.5rem",
      render: ({ at }) => (
        <time dateTime={at} title={wholeTime(at)}>{preciseTime(at)}</time>
      ),
    },
    {
      key: "account",
      title: e("account"),
      width: "6.5rem",
      render: ({ account }) => account,
    },
    {
      key: "event",
      title: e("event"),
      width: "9.5rem",
      render: ({ event }) => <code>{event}</code>,
    },
    {
      key: "peer",
      title: e("peer"),
      width: "7.5rem",
      render: (frame) => partyOf(frame) ?? "",
    },
    {
      key: "excerpt",
      title: e("excerpt"),
      width: "minmax(8rem, 1fr)",
      render: (frame) => <bdi>{excerptOf(frame)}</bdi>,
    },
  ];
  const columns = chosen === undefined || isWide
    ? allColumns
    : allColumns.filter(({ key }) => key !== "account" && key !== "peer");

  return (
    <>
      <EventsHead view="journal">
        <button
          type="button"
          class="small events-toggle"
          aria-expanded={hasFilters}
          onClick={() => setHasFilters(!hasFilters)}
        >
          <Icon name="filter" size={16} />
          {e("filters")}
        </button>
        <button
          type="button"
          class="small"
          aria-pressed={tail !== "off"}
          onClick={() => setWantsTail(tail === "off")}
        >
          <Icon name={tail === "off" ? "run" : "pause"} size={16} />
          {e(tail === "connecting" ? "tailConnecting" : "tail")}
        </button>
        <button type="button" class="small" onClick={() => setExporting(true)}>
          <Icon name="download" size={16} />
          {e("export")}
        </button>
      </EventsHead>
      <JournalFilters
        key={cleared}
        filters={filters}
        onChange={setFilters}
        onClear={clear}
        isFolded={!hasFilters}
      />
      <div class="explorer-note" role="status">
        <Progress reader={reader} />
      </div>
      {error !== undefined && (
        <Failed
          text={`${e("historyFailed")} ${failure?.text}`}
          details={failure?.details}
          onRetry={() =>
            void (rows.length === 0
              ? reader.load()
              : reader.loadMore(hasOlder ? "older" : "newer"))}
        />
      )}
      <ExplorerBody
        rows={
          <Table
            name={e("journal")}
            columns={columns}
            rows={rows}
            keyOf={({ seq }) => seq}
            chosen={chosen?.seq}
            onChoose={(frame) => setChosen(frame)}
            anchor="end"
            startsAt={isForwards(filters) ? "start" : "end"}
            rowClass={classOf}
            onShow={(from, to) => {
              if (from < NEAR) void reader.loadMore("older");
              if (to >= rows.length - NEAR) void reader.loadMore("newer");
            }}
            empty={isLoading
              ? <Loading onRetry={() => void reader.load()} />
              : error !== undefined
              ? undefined
              : (
                <Nothing
                  title={e("nothing")}
                  hint={hasOlder || hasNewer
                    ? e("nothingYet")
                    : e("nothingHint")}
                >
                  {Object.keys(filters).length > 0 && (
                    <button
                      type="button"
                      onClick={clear}
                    >
                      {e("clearFilters")}
                    </button>
                  )}
                </Nothing>
              )}
          />
        }
        detail={chosen === undefined ? undefined : (
          <EventDetail
            frame={chosen}
            onClose={() => setChosen(undefined)}
          />
        )}
      />
      {isExporting && (
        <ExportDialog
          filters={filters}
          epoch={status.value.state === "open"
            ? status.value.welcome.epoch
            : undefined}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}

/** How far the journal has been read. */
function Progress({ reader }: { reader: JournalReader }) {
  const { rows, hasOlder, hasNewer, isLoading, oldest, searched } =
    reader.state.value;
  if (searched === undefined) return null;
  const first = rows[0];
  const isSearch = reader.filters.text !== undefined;
  return (
    <p class="hint">
      {rows.length > 0 && e("shown", {
        n: rows.length,
        from: first!.seq,
        to: rows.at(-1)!.seq,
      })} {hasOlder
        ? isSearch && !isLoading
          ? e(rows.length === 0 ? "searchedNothing" : "searchedBack", {
            from: searched.from,
          })
          : ""
        : hasNewer && isSearch && !isLoading
        ? e("searchedUpTo", { to: searched.to })
        : oldest !== undefined && oldest > 1
        ? e("notKept", { oldest })
        : ""} {isLoading && <span>{e("reading")}</span>}
      {!isLoading && hasOlder && (
        <button
          type="button"
          class="quiet small"
          onClick={() => void reader.loadMore("older")}
        >
          {e(isSearch ? "continueSearch" : "loadOlder")}
        </button>
      )}
      {!isLoading && hasNewer && (
        <button
          type="button"
          class="quiet small"
          onClick={() => void reader.loadMore("newer")}
        >
          {e(isSearch ? "continueSearch" : "loadNewer")}
        </button>
      )}
      {first !== undefined && (
        <span class="events-day">{daysOf(first, rows.at(-1)!)}</span>
      )}
    </p>
  );
}

/** Days of the rows, which show the time of day only. */
function daysOf(first: EventFrame, last: EventFrame): string {
  const [from, to] = [dayName(first.at), dayName(last.at)];
  return from === to ? from : `${from} – ${to}`;
}

function classOf(frame: EventFrame): string {
  const { data } = frame;
  return "state" in data && (data.state === "refused" ||
      data.state === "replaced")
    ? "failed"
    : `of-${frame.event.split(".")[0]}`;
}

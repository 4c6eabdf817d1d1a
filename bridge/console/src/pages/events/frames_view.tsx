/** The frames of this page's WebSocket, and their QQ wire text. @module */

import { useMemo, useState } from "../../deps.ts";
import {
  clearFrames,
  droppedFrames,
  frames,
  MAX_FRAMES,
} from "../../link/recorder.ts";
import type { RecordedFrame } from "../../link/recorded_frame.ts";
import { reconstructCommand, reconstructEvent } from "../../link/wire.ts";
import type { TextName } from "../../texts/strings.ts";
import { preciseTime } from "../../texts/times.ts";
import { ExplorerBody, RowDetail } from "../../app/explorer/explorer.tsx";
import { Icon } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json/json_view.tsx";
import { type Column, Table } from "../../ui/lists/table.tsx";
import { useMedia, WIDE } from "../../ui/media.ts";
import { Nothing } from "../../ui/states.tsx";
import { EventsHead } from "./events_head.tsx";
import { findExchange, type FrameRow, toFrameRows } from "./frame_rows.ts";
import { e } from "./texts.ts";
import { WireTexts } from "./wire_texts.tsx";

const KINDS = [
  "allFrames",
  "onlyCommands",
  "onlyEvents",
  "onlyFailed",
] as const;
type Kind = typeof KINDS[number];

/** Columns for which a list beside its detail has no room. */
const WIDE_ONLY = new Set(["account", "peer", "size"]);

export function FramesView() {
  const [kind, setKind] = useState<Kind>("allFrames");
  const [hasPings, setPings] = useState(false);
  const [paused, setPaused] = useState<readonly RecordedFrame[]>();
  const [chosen, setChosen] = useState<number>();
  const recorded = paused ?? frames.value;
  const all = useMemo(() => toFrameRows(recorded), [recorded]);
  const rows = useMemo(
    () =>
      all.filter((row) =>
        isOfKind(row, kind) && (hasPings || row.name !== "ping")
      ),
    [all, kind, hasPings],
  );
  const isWide = useMedia(WIDE);
  const detail = all.find(({ frame }) => frame.number === chosen);
  const waiting = paused === undefined
    ? 0
    : (frames.value.at(-1)?.number ?? 0) - (paused.at(-1)?.number ?? 0);
  return (
    <>
      <EventsHead view="frames">
        <button
          type="button"
          class="small"
          aria-pressed={paused !== undefined}
          onClick={() =>
            setPaused(paused === undefined ? frames.value : undefined)}
        >
          <Icon name={paused === undefined ? "pause" : "run"} size={16} />
          {e(paused === undefined ? "pause" : "resume")}
        </button>
        <button
          type="button"
          class="quiet small"
          onClick={() => {
            clearFrames();
            setPaused(undefined);
            setChosen(undefined);
          }}
        >
          {e("clear")}
        </button>
      </EventsHead>
      <div class="explorer-filters" role="search" aria-label={e("filters")}>
        <label class="explorer-filter">
          <span>{e("show")}</span>
          <select
            value={kind}
            onChange={({ currentTarget: { value } }) => setKind(value as Kind)}
          >
            {KINDS.map((one) => <option key={one} value={one}>{e(one)}
            </option>)}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={!hasPings}
            onChange={({ currentTarget: { checked } }) => setPings(!checked)}
          />
          {e("hidePings")}
        </label>
      </div>
      <div class="explorer-note" role="status">
        <p class="hint">
          {e("framesShown", { n: rows.length })} {droppedFrames.value > 0 &&
            e("framesDropped", { n: droppedFrames.value, most: MAX_FRAMES })}
          {" "}
          {paused !== undefined && e("framesWaiting", { n: waiting })}
        </p>
      </div>
      <ExplorerBody
        rows={
          <Table
            name={e("frames")}
            columns={detail === undefined || isWide
              ? COLUMNS()
              : COLUMNS().filter(({ key }) => !WIDE_ONLY.has(key))}
            rows={rows}
            keyOf={({ frame }) => frame.number}
            chosen={chosen}
            onChoose={({ frame }) => setChosen(frame.number)}
            anchor="end"
            rowClass={(row) =>
              `frame-row ${row.isFailed ? "failed" : ""} ${
                detail !== undefined && row.frame.number === detail.pair
                  ? "pair"
                  : ""
              }`}
            empty={<Nothing title={e("noFrames")} hint={e("noFramesHint")} />}
          />
        }
        detail={detail === undefined ? undefined : (
          <FrameDetail
            row={detail}
            recorded={recorded}
            onChoose={setChosen}
            onClose={() => setChosen(undefined)}
          />
        )}
      />
    </>
  );
}

/** Made at each draw, as the titles are in the shown language. */
const COLUMNS = (): Column<FrameRow>[] => [
  {
    key: "direction",
    title: e("direction"),
    isTitleHidden: true,
    width: "2.25rem",
    render: ({ frame: { direction } }) => (
      <>
        <Icon name={direction === "in" ? "down" : "up"} size={16} />
        <span class="visually-hidden">
          {e(direction === "in" ? "received" : "sent")}
        </span>
      </>
    ),
  },
  {
    key: "at",
    title: e("time"),
    width: "7.5rem",
    render: ({ frame: { at } }) => (
      <time dateTime={new Date(at).toISOString()}>{preciseTime(at)}</time>
    ),
  },
  {
    key: "type",
    title: e("type"),
    width: "6rem",
    render: ({ type }) => type,
  },
  {
    key: "name",
    title: e("name"),
    width: "8.5rem",
    render: ({ name }) => <code>{name}</code>,
  },
  {
    key: "account",
    title: e("account"),
    width: "6rem",
    render: ({ account }) => account,
  },
  {
    key: "peer",
    title: e("peer"),
    width: "7.5rem",
    render: ({ peer }) => peer,
  },
  {
    key: "excerpt",
    title: e("excerpt"),
    width: "minmax(8rem, 1fr)",
    render: ({ excerpt }) => <bdi>{excerpt}</bdi>,
  },
  {
    key: "size",
    title: e("size"),
    width: "4.5rem",
    isNumber: true,
    render: ({ frame: { size } }) => size,
  },
  {
    key: "answer",
    title: e("answer"),
    width: "5rem",
    isNumber: true,
    render: ({ answerMs }) => answerMs === undefined ? "" : `${answerMs} ms`,
  },
];

function FrameDetail(
  { row, recorded, onChoose, onClose }: {
    row: FrameRow;
    recorded: readonly RecordedFrame[];
    onChoose(number: number): void;
    onClose(): void;
  },
) {
  const { frame, type, name, pair } = row;
  const wire = wireOf(row, recorded);
  return (
    <RowDetail
      name={e("frame")}
      title={
        <>
          {type} <code>{name}</code>
        </>
      }
      at={new Date(frame.at).toISOString()}
      actions={pair === undefined ? undefined : (
        <button
          type="button"
          class="small"
          onClick={() => onChoose(pair)}
        >
          {e(type === "command" ? "showResult" : "showCommand")}
        </button>
      )}
      onClose={onClose}
    >
      <JsonView
        name={e("frame")}
        value={frame.value}
        size={e("characters", { n: frame.size })}
      />
      <WireTexts {...wire} />
    </RowDetail>
  );
}

/** Wire texts of a frame, or why it has none. */
function wireOf(
  row: FrameRow,
  recorded: readonly RecordedFrame[],
): Parameters<typeof WireTexts>[0] {
  const none: { texts: undefined; absent: TextName } = {
    texts: undefined,
    absent: "wireNone",
  };
  try {
    if (row.type === "event") {
      return { texts: reconstructEvent(row.frame.value) };
    }
    const exchange = findExchange(row, recorded);
    if (exchange === undefined) return none;
    const texts = reconstructCommand(exchange);
    if (texts === undefined) return { ...none, absent: "wireOwn" };
    return {
      texts,
      isWaiting: exchange.data === undefined && exchange.error === undefined,
    };
  } catch {
    // The codec cannot encode the parameters of a command that the bridge refused.
    return none;
  }
}

function isOfKind({ type, isFailed }: FrameRow, kind: Kind): boolean {
  switch (kind) {
    case "allFrames":
      return true;
    case "onlyCommands":
      return type === "command" || type === "result";
    case "onlyEvents":
      return type === "event" || type === "gap";
    case "onlyFailed":
      return isFailed;
  }
}

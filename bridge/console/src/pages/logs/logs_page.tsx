/** Page of the live log. @module */

import { isQqNumber } from "../../../../../lib/protocol/qq_number.ts";
import { useEffect, useMemo, useRef, useState } from "../../deps.ts";
import { formatLink, type PageProps } from "../../app/address.ts";
import { ExplorerBody, RowDetail } from "../../app/explorer/explorer.tsx";
import { offlineReason, Outcome, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { readStream } from "../../link/stream.ts";
import { Pace } from "../../store/pace.ts";
import { clockTime, preciseTime, wholeTime } from "../../texts/times.ts";
import { Icon } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json/json_view.tsx";
import { type Column, Table } from "../../ui/lists/table.tsx";
import { Nothing } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import {
  formatFields,
  formatLines,
  type Level,
  LEVELS,
  type LogEntry,
  matchesText,
  MAX_LINES,
  parseEntry,
} from "./log_lines.ts";
import css from "./logs.css" with { type: "text" };
import { l } from "./texts.ts";

addStyle(css);

/** Number of earlier lines that the page asks for. */
const TAIL = 1000;

interface LogState {
  lines: readonly LogEntry[];
  /** Number of lines that this page has dropped. */
  dropped: number;
  isConnected: boolean;
  /** Since when lines are looked for, in milliseconds since 1970. */
  since: number;
}

const EMPTY: LogState = {
  lines: [],
  dropped: 0,
  isConnected: false,
  since: Date.now(),
};

export function LogsPage({ query }: PageProps) {
  const level = LEVELS.find((one) => one === query.get("level")) ?? "info";
  const named = query.get("account");
  const account = isQqNumber(named) ? named : "";
  const connection = query.get("connection") ?? "";
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<LogEntry>();
  const [paused, setPaused] = useState<LogState>();
  const live = useLog(level, account, connection);
  const { lines, dropped } = paused ?? live;
  const rows = useMemo(
    () =>
      text.trim() === ""
        ? lines
        : lines.filter((line) => matchesText(line, text.trim())),
    [lines, text],
  );
  const go = (change: Record<string, string>) => {
    const next = { level, account, connection, ...change };
    location.hash = formatLink("logs", [], {
      level: next.level === "info" ? undefined : next.level,
      account: next.account || undefined,
      connection: next.connection || undefined,
    });
  };
  return (
    <div class="explorer logs">
      <header class="explorer-head">
        <h1>{l("logs")}</h1>
        <span class="hint" role="status">
          {l(live.isConnected ? "connected" : "notConnected")}
        </span>
        <div class="explorer-actions">
          <button
            type="button"
            class="small"
            aria-pressed={paused !== undefined}
            onClick={() => setPaused(paused === undefined ? live : undefined)}
          >
            <Icon name={paused === undefined ? "pause" : "run"} size={16} />
            {l(paused === undefined ? "pause" : "resume")}
          </button>
          <button type="button" class="small" onClick={() => download(rows)}>
            <Icon name="download" size={16} />
            {l("download")}
          </button>
        </div>
      </header>
      <div class="explorer-filters" role="search" aria-label={l("filters")}>
        <label class="explorer-filter">
          <span>{l("level")}</span>
          <select
            value={level}
            onChange={({ currentTarget: { value } }) => go({ level: value })}
          >
            {LEVELS.map((one) => <option key={one}>{one}</option>)}
          </select>
        </label>
        <Field
          name={l("account")}
          value={account}
          onApply={(value) => go({ account: value })}
        />
        <Field
          name={l("connection")}
          value={connection}
          onApply={(value) => go({ connection: value })}
        />
        <label class="explorer-filter wide">
          <span>{l("text")}</span>
          <input
            type="search"
            value={text}
            onInput={({ currentTarget: { value } }) => setText(value)}
          />
        </label>
        <BridgeLevel />
      </div>
      <p class="hint explorer-note" role="status">
        {l("shown", { n: rows.length })}{" "}
        {dropped > 0 && l("dropped", { n: dropped, most: MAX_LINES })}{" "}
        {paused !== undefined &&
          l("paused", {
            n: live.dropped + live.lines.length - dropped - lines.length,
          })}
      </p>
      <ExplorerBody
        rows={
          <Table
            name={l("logs")}
            columns={columns()}
            rows={rows}
            keyOf={({ number }) => number}
            chosen={chosen?.number}
            onChoose={(line) =>
              setChosen(line.level === "gap" ? undefined : line)}
            anchor="end"
            rowClass={({ level }) => `log-line of-${level}`}
            empty={
              <Nothing
                title={l("nothing", {
                  level,
                  time: clockTime(live.since),
                })}
                hint={l("nothingHint")}
              />
            }
          />
        }
        detail={chosen === undefined ? undefined : (
          <Detail
            line={chosen}
            onClose={() => setChosen(undefined)}
          />
        )}
      />
    </div>
  );
}

/** The lines of the filters, newest last; loaded anew when a filter changes. */
function useLog(level: Level, account: string, connection: string): LogState {
  const [state, setState] = useState<LogState>(EMPTY);
  useEffect(() => {
    const controller = new AbortController();
    let lines: LogEntry[] = [];
    let dropped = 0;
    let number = 0;
    let isConnected = false;
    const since = Date.now();
    const pace = new Pace(() => {
      const excess = lines.length - MAX_LINES;
      if (excess > 0) {
        dropped += excess;
        lines = lines.slice(excess);
      }
      setState({ lines: [...lines], dropped, isConnected, since });
    });
    const draw = () => pace.ask();
    const query = new URLSearchParams({ level, tail: String(TAIL) });
    if (account !== "") query.set("account", account);
    if (connection !== "") query.set("connection", connection);
    setState({ ...EMPTY, since });
    void readStream(`logs?${query}`, {
      signal: controller.signal,
      onOpen: () => {
        isConnected = true;
        draw();
      },
      onLost: () => {
        isConnected = false;
        draw();
      },
      onEvent: ({ event, data }) => {
        lines.push(
          event === "gap"
            ? {
              number: ++number,
              time: "",
              level: "gap",
              message: l("gap", { n: JSON.parse(data).dropped }),
              fields: {},
            }
            : parseEntry(data, ++number),
        );
        // A hidden page draws late, so the bound is held here too.
        if (lines.length >= 2 * MAX_LINES) {
          dropped += MAX_LINES;
          lines = lines.slice(MAX_LINES);
        }
        draw();
      },
    });
    return () => {
      controller.abort();
      pace.stop();
    };
  }, [level, account, connection]);
  return state;
}

const columns = (): Column<LogEntry>[] => [
  {
    key: "time",
    title: l("time"),
    width: "7.5rem",
    render: ({ time }) =>
      time === "" ? "" : (
        <time dateTime={time} title={wholeTime(time)}>
          {preciseTime(time)}
        </time>
      ),
  },
  {
    key: "level",
    title: l("level"),
    width: "4rem",
    render: ({ level }) => level === "gap" ? "" : level,
  },
  {
    key: "message",
    title: l("message"),
    width: "minmax(10rem, 1fr)",
    render: ({ message }) => <span lang="en">{message}</span>,
  },
  {
    key: "fields",
    title: l("fields"),
    width: "minmax(10rem, 2fr)",
    render: ({ fields }) => <bdi>{formatFields(fields)}</bdi>,
  },
];

function Detail({ line, onClose }: { line: LogEntry; onClose(): void }) {
  const { time, level, message, fields } = line;
  const { account, connection } = fields;
  return (
    <RowDetail
      name={l("line")}
      title={<span lang="en">{message}</span>}
      at={time}
      note={level}
      actions={
        <>
          {typeof account === "string" && (
            <a class="button small" href={formatLink("accounts", [account])}>
              {l("showAccount", { account })}
            </a>
          )}
          {typeof connection === "string" && (
            <a
              class="button small"
              href={formatLink("logs", [], { level: "debug", connection })}
            >
              {l("onlyConnection", { connection })}
            </a>
          )}
        </>
      }
      onClose={onClose}
    >
      <JsonView name={l("line")} value={{ time, level, message, ...fields }} />
    </RowDetail>
  );
}

/** Level at which the bridge writes its log; below it there are no lines to show. */
function BridgeLevel() {
  const task = useTask();
  const [now, setNow] = useState<string>();
  useEffect(() => {
    command("settings", {}).then(
      ({ settings }) =>
        setNow(settings.find(({ name }) => name === "logLevel")?.value),
      () => {
        // Without it the page shows the log all the same.
      },
    );
  }, []);
  if (now === undefined) return null;
  return (
    <div class="logs-level">
      <label class="explorer-filter">
        <span>{l("bridgeLevel")}</span>
        <select
          value={now}
          disabled={task.busy || offlineReason() !== undefined}
          title={offlineReason()}
          onChange={({ currentTarget: { value } }) =>
            void task.run(async () => {
              await command("setSetting", { name: "logLevel", value });
              setNow(value);
              return l("levelChanged", { level: value });
            }, "setSetting")}
        >
          {LEVELS.map((one) => <option key={one}>{one}</option>)}
        </select>
      </label>
      <Outcome task={task} />
    </div>
  );
}

/** Field that is applied with Enter or when it is left. */
function Field(
  { name, value, onApply }: {
    name: string;
    value: string;
    onApply(value: string): void;
  },
) {
  const field = useRef<HTMLInputElement>(null);
  const apply = () => {
    const typed = field.current!.value.trim();
    if (typed !== value) onApply(typed);
  };
  return (
    <label class="explorer-filter">
      <span>{name}</span>
      <input
        ref={field}
        type="text"
        autocomplete="off"
        value={value}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) apply();
        }}
      />
    </label>
  );
}

function download(rows: readonly LogEntry[]): void {
  const blob = new Blob([formatLines(rows)], { type: "application/jsonl" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `log-${new Date().toISOString().slice(0, 19)}.jsonl`
    .replaceAll(":", "-");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

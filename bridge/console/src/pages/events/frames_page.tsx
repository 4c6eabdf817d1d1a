/** Page of the inspector: frames of this page's WebSocket, and their QQ wire text. @module */

import { useState } from "../../deps.ts";
import { Empty, Field } from "../../ui/controls.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./frames.css" with { type: "text" };
import { Icon } from "../../ui/icon.tsx";
import {
  clearFrames,
  frames,
  isPaused,
  type RecordedFrame,
} from "../../link/recorder.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { exactTime } from "../../texts/times.ts";
import {
  type Exchange,
  reconstructCommand,
  reconstructEvent,
  type WireText,
} from "../../link/wire.ts";

addStyle(css);

const FILTERS = ["showAll", "showCommands", "showEvents"] as const;
type Filter = typeof FILTERS[number];

/** Maximum number of rows drawn. */
const SHOWN = 200;

/** Maximum number of characters drawn of a frame or of a wire text. */
const SHOWN_CHARS = 20_000;

export function FramesPage() {
  const [filter, setFilter] = useState<Filter>("showAll");
  const [pings, setPings] = useState(false);
  const [chosen, setChosen] = useState<RecordedFrame | undefined>();
  const names = commandNames(frames.value);
  const rows = frames.value.filter((frame) =>
    fits(frame, filter) && (pings || nameOfFrame(frame, names) !== "ping")
  ).slice(-SHOWN).reverse();
  return (
    <div class="page inspector">
      <header class="page-head">
        <div>
          <h1>{t("events")}</h1>
          <p class="hint">{t("inspectorLead")}</p>
        </div>
      </header>
      <div class="toolbar">
        <Field label={t("show")}>
          <select
            value={filter}
            onChange={({ currentTarget: { value } }) =>
              setFilter(FILTERS.find((one) => one === value) ?? "showAll")}
          >
            {FILTERS.map((one) => (
              <option key={one} value={one}>{t(one)}</option>
            ))}
          </select>
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={!pings}
            onChange={({ currentTarget }) => setPings(!currentTarget.checked)}
          />
          {t("hidePings")}
        </label>
        <button
          type="button"
          aria-pressed={isPaused.value}
          onClick={() => isPaused.value = !isPaused.value}
        >
          {t(isPaused.value ? "resume" : "pause")}
        </button>
        <button
          type="button"
          onClick={() => {
            clearFrames();
            setChosen(undefined);
          }}
        >
          {t("clear")}
        </button>
      </div>
      <div class="split">
        <section class="card frames" aria-label={t("frames")}>
          {rows.length === 0 && <Empty title={t("noFrames")} />}
          <ol reversed tabIndex={0} aria-label={t("frames")}>
            {rows.map((frame) => (
              <FrameRow
                key={frame.number}
                frame={frame}
                name={nameOfFrame(frame, names)}
                isChosen={frame.number === chosen?.number}
                onChoose={() => setChosen(frame)}
              />
            ))}
          </ol>
        </section>
        <section class="card detail" aria-label={t("frame")}>
          {chosen === undefined
            ? <Empty title={t("pickFrame")} />
            : <FrameDetail frame={chosen} name={nameOfFrame(chosen, names)} />}
        </section>
      </div>
    </div>
  );
}

function FrameRow(
  { frame, name, isChosen, onChoose }: {
    frame: RecordedFrame;
    name: string;
    isChosen: boolean;
    onChoose: () => void;
  },
) {
  const { direction, at, size, value } = frame;
  const isIn = direction === "in";
  return (
    <li>
      <button
        type="button"
        class={`frame-row ${direction} ${value.ok === false ? "failed" : ""}`}
        aria-pressed={isChosen}
        onClick={onChoose}
      >
        <Icon name={isIn ? "down" : "up"} />
        <span class="visually-hidden">
          {t(isIn ? "received" : "sentFrame")}
        </span>
        <span class="kind">{String(value.type)}</span>
        <span class="what">{name}</span>
        <span class="size">{size}</span>
        <time>{exactTime(at)}</time>
      </button>
    </li>
  );
}

function FrameDetail({ frame, name }: { frame: RecordedFrame; name: string }) {
  return (
    <>
      <h2>
        {String(frame.value.type)} {name}
      </h2>
      <Code text={JSON.stringify(frame.value, null, 2)} label={t("frame")} />
      <h3>{t("wire")}</h3>
      <Wire frame={frame} />
      <p class="hint">{t("wireHint")}</p>
    </>
  );
}

function Wire({ frame }: { frame: RecordedFrame }) {
  const wire = wireOf(frame);
  if (typeof wire === "string") return <p>{t(wire)}</p>;
  return (
    <>
      {wire.texts.map(({ kind, source, text }, at) => (
        <figure key={at}>
          <figcaption>
            {t(kind === "request" ? "wireRequest" : "wireReply")} ·{" "}
            {t(source === "reported" ? "wireReported" : "wireReconstructed")}
          </figcaption>
          {text === null
            ? <p>{t("wireNull")}</p>
            : <Code text={text} label={t("wire")} />}
        </figure>
      ))}
      {wire.isWaiting && <p class="hint">{t("wireWaiting")}</p>}
    </>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  const left = text.length - SHOWN_CHARS;
  return (
    <pre tabIndex={0} role="group" aria-label={label}>
      <code>{left > 0 ? text.slice(0, SHOWN_CHARS) : text}</code>
      {left > 0 && <em>{t("cutOff", { n: left })}</em>}
    </pre>
  );
}

/** Wire texts of a frame, or the name of the text that says why it has none. */
function wireOf(
  frame: RecordedFrame,
): { texts: WireText[]; isWaiting: boolean } | TextName {
  const { value } = frame;
  try {
    if (value.type === "event") {
      const texts = reconstructEvent(value);
      return texts === undefined ? "wireNone" : { texts, isWaiting: false };
    }
    const exchange = findExchange(frame);
    if (exchange === undefined) return "wireNone";
    const texts = reconstructCommand(exchange);
    if (texts === undefined) return "wireOwn";
    const isWaiting = exchange.data === undefined &&
      exchange.error === undefined;
    return { texts, isWaiting };
  } catch {
    // The codec cannot encode the parameters of a command that the bridge refused.
    return "wireNone";
  }
}

/** Finds the command and the result that belong to a frame, which is one of the two. */
function findExchange(frame: RecordedFrame): Exchange | undefined {
  const { id, type } = frame.value;
  if (type !== "command" && type !== "result") return undefined;
  const of = (other: "command" | "result") =>
    frame.value.type === other
      ? frame
      : frames.value.find((one) =>
        one.value.type === other && one.value.id === id
      );
  const command = of("command")?.value;
  if (command === undefined) return undefined;
  const result = of("result")?.value;
  return {
    account: String(command.account ?? ""),
    command: String(command.command),
    params: (command.params ?? {}) as Record<string, unknown>,
    ...(result?.ok === true ? { data: result.data ?? {} } : {}),
    ...(result?.ok === false
      ? { error: result.error as { code: string } }
      : {}),
  };
}

function commandNames(
  all: readonly RecordedFrame[],
): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>([["alive", "ping"]]);
  for (const { value } of all) {
    if (value.type === "command") names.set(value.id, String(value.command));
  }
  return names;
}

function nameOfFrame(
  { value }: RecordedFrame,
  names: ReadonlyMap<unknown, string>,
): string {
  switch (value.type) {
    case "command":
      return String(value.command);
    case "result":
      return names.get(value.id) ?? "";
    case "event":
      return String(value.event);
    default:
      return "";
  }
}

function fits({ value: { type } }: RecordedFrame, filter: Filter): boolean {
  switch (filter) {
    case "showAll":
      return true;
    case "showCommands":
      return type === "command" || type === "result";
    case "showEvents":
      return type === "event" || type === "gap";
  }
}

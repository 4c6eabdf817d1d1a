/** One row of a conversation. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { explainCode } from "../../app/errors.ts";
import { useRest } from "../../app/strip.tsx";
import { discard, sendAgain } from "../../store/outbox.ts";
import type { Outgoing } from "../../store/outbox_rules.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { clockTime, dayName, wholeTime } from "../../texts/times.ts";
import type { Row } from "./rows.ts";
import { c } from "./texts.ts";

const NOTES: Readonly<Partial<Record<EventFrame["event"], TextName>>> = {
  "friend.request": "noteRequest",
  "friend.accepted": "noteAccepted",
  "friend.refused": "noteRefused",
  "friend.added": "noteAdded",
};

/** @param name Name of the other side, with its hidden characters made visible. */
export function RowView({ row, name }: { row: Row; name: string }) {
  switch (row.kind) {
    case "day":
      return <p class="day">{dayName(row.at)}</p>;
    case "unread":
      return <p class="unread-line">{c("newMessages")}</p>;
    case "note":
      return <Note frame={row.frame} name={name} />;
    case "message":
      return <Message {...row} name={name} />;
    case "outgoing":
      return <OutgoingMessage message={row.message} />;
  }
}

function Note({ frame, name }: { frame: EventFrame; name: string }) {
  const { text = "" } = frame.data as { text?: string };
  const note = NOTES[frame.event];
  return (
    <p class="event" data-seq={frame.seq}>
      <bdi>{note === undefined ? frame.event : t(note, { name })}</bdi>
      {text !== "" && <q dir="auto">{text}</q>}
    </p>
  );
}

function Message(
  { frame, isInRun, isLastOwn, name }:
    & Extract<Row, { kind: "message" }>
    & { name: string },
) {
  const isOwn = frame.event === "message.sent";
  const { text } = frame.data as { text: string };
  return (
    <div
      class={`bubble ${isOwn ? "own" : ""} ${isInRun ? "in-run" : ""}`}
      data-seq={frame.seq}
      title={wholeTime(frame.at)}
    >
      <span class="visually-hidden">
        {c("saysAt", {
          name: isOwn ? t("you") : name,
          time: clockTime(frame.at),
        })}
      </span>
      <p dir="auto">{text}</p>
      {!isInRun && (
        <span class="meta">
          {isLastOwn && <>{t("sent")} ·{" "}</>}
          <time dateTime={frame.at}>{clockTime(frame.at)}</time>
        </span>
      )}
    </div>
  );
}

function OutgoingMessage({ message }: { message: Outgoing }) {
  const { state, text, code, details, waitUntil } = message;
  const waitMs = useRest(state === "waiting" ? waitUntil : undefined);
  const isOver = state === "failed" || state === "unknown";
  return (
    <div class={`bubble own ${state}`} data-key={message.key}>
      <span class="visually-hidden">{t("you")}:</span>
      <p dir="auto">{text}</p>
      {state === "sending" && <span class="meta">{t("sending")}</span>}
      {state === "waiting" && (
        <span class="meta">
          {waitMs > 0
            ? c("waitingForRate", { n: Math.ceil(waitMs / 1000) })
            : c("waiting")}{" "}
          <button
            type="button"
            class="link"
            onClick={() => discard(message)}
          >
            {c("withdraw")}
          </button>
        </span>
      )}
      {isOver && (
        <>
          <div class="outcome" role="alert">
            <strong>
              {t(state === "failed" ? "notSent" : "outcomeUnknown")}
            </strong>
            {code !== undefined && <span>{explainCode(code, "send")}</span>}
            {details !== undefined && (
              <details>
                <summary>{t("details")}</summary>
                <span lang="en" dir="auto">{details}</span>
              </details>
            )}
          </div>
          <div class="actions">
            <button
              type="button"
              class="small"
              onClick={() => sendAgain(message)}
            >
              {t(state === "failed" ? "retry" : "askAgain")}
            </button>
            <button
              type="button"
              class="small"
              onClick={() => discard(message)}
            >
              {t("discard")}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

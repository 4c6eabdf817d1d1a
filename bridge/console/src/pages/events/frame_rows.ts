/** What a row says about a recorded frame. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import type { RecordedFrame } from "../../link/recorded_frame.ts";
import type { Exchange } from "../../link/wire.ts";
import { excerptOf, partyOf } from "./filters.ts";

export interface FrameRow {
  frame: RecordedFrame;
  /** Type of the frame: `command`, `result`, `event` and so on. */
  type: string;
  /** Name of the command or of the event. */
  name: string;
  account: string;
  peer: string;
  excerpt: string;
  /** Number of the other frame of a command and its result; `undefined` if it is not recorded. */
  pair: number | undefined;
  /** Time between the command and its result, in milliseconds. */
  answerMs: number | undefined;
  isFailed: boolean;
}

/** Makes the rows of frames, oldest first. Results are matched with their commands by id. */
export function toFrameRows(frames: readonly RecordedFrame[]): FrameRow[] {
  const commands = new Map<unknown, RecordedFrame>();
  const results = new Map<unknown, RecordedFrame>();
  for (const frame of frames) {
    if (eventRows.has(frame)) continue;
    const { type, id } = frame.value;
    if (type === "command" || type === "subscribe") commands.set(id, frame);
    if (type === "result") results.set(id, frame);
  }
  return frames.map((frame) => {
    const known = eventRows.get(frame);
    if (known !== undefined) return known;
    const { id, type } = frame.value;
    const row = toRow(frame, commands.get(id), results.get(id));
    if (type === "event") eventRows.set(frame, row);
    return row;
  });
}

/** Rows of events, which never change: a flood makes each of them once. */
const eventRows = new WeakMap<RecordedFrame, FrameRow>();

function toRow(
  frame: RecordedFrame,
  command: RecordedFrame | undefined,
  result: RecordedFrame | undefined,
): FrameRow {
  const { value } = frame;
  const type = String(value.type);
  const row = { frame, type, pair: undefined, answerMs: undefined };
  const answerMs = command === undefined || result === undefined
    ? undefined
    : result.at - command.at;
  switch (type) {
    case "command":
    case "result": {
      const asked = command?.value;
      const params = (asked?.params ?? {}) as Record<string, unknown>;
      const error = value.error as Record<string, unknown> | undefined;
      return {
        ...row,
        name: type === "result" && asked === undefined && value.id === "alive"
          ? "ping"
          : String(asked?.command ?? asked?.type ?? ""),
        account: String(asked?.account ?? ""),
        peer: String(params.to ?? params.uin ?? params.with ?? ""),
        excerpt: type === "command"
          ? excerptOfParams(params)
          : error === undefined
          ? excerptOfData(value.data)
          : `${error.code}: ${error.message}`,
        pair: (type === "command" ? result : command)?.number,
        answerMs,
        isFailed: type === "result"
          ? value.ok === false
          : result?.value.ok === false,
      };
    }
    case "event": {
      const event = value as unknown as EventFrame;
      return {
        ...row,
        name: String(value.event),
        account: String(value.account),
        peer: partyOf(event) ?? "",
        excerpt: excerptOf(event),
        isFailed: false,
      };
    }
    default:
      return {
        ...row,
        name: "",
        account: "",
        peer: "",
        excerpt: excerptOfParams(withoutType(value)),
        isFailed: type === "gap" || type === "error",
      };
  }
}

function withoutType(
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { type: _, ...others } = value;
  return others;
}

function excerptOfParams(params: Record<string, unknown>): string {
  if (typeof params.text === "string") return params.text;
  return Object.entries(params)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(", ").slice(0, 300);
}

function excerptOfData(data: unknown): string {
  if (typeof data !== "object" || data === null) return "";
  return Object.entries(data).map(([name, value]) =>
    Array.isArray(value)
      ? `${name}: ${value.length}`
      : typeof value === "object"
      ? name
      : `${name}: ${value}`
  ).join(", ").slice(0, 300);
}

/** A command and its result, if the frame is one of the two and the command is recorded. */
export function findExchange(
  { frame, pair }: FrameRow,
  frames: readonly RecordedFrame[],
): Exchange | undefined {
  const other = frames.find(({ number }) => number === pair)?.value;
  const command = frame.value.type === "command" ? frame.value : other;
  const result = frame.value.type === "result" ? frame.value : other;
  if (command?.type !== "command") return undefined;
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

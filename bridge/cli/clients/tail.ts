/** `tail`: the events of a running bridge, as they come. @module */

import { defined } from "../../../lib/defined.ts";
import {
  EVENT_NAMES,
  type EventFrame,
  formatPosition,
  type GapFrame,
  NAME_PATTERN,
  parsePosition,
  type Position,
} from "../../../mod.ts";
import {
  type InfoRequest,
  list,
  type Source,
  value,
} from "../../config/option.ts";
import { listOf, type ValueParser } from "../../config/values.ts";
import { eventLine } from "../event_line.ts";
import {
  CLIENT_OPTIONS,
  type Paint,
  painter,
  type Screen,
  systemScreen,
} from "../client.ts";
import { uin } from "../own_options.ts";
import { printable, type Terminal } from "../terminal.ts";
import { runClientCommand } from "./client_command.ts";

const FLAG: { sources: readonly Source[] } = { sources: ["flag"] };

const eventName: ValueParser<string> = {
  rule: `an event's name or what stands before its dot (${
    EVENT_NAMES.join(", ")
  })`,
  parse: (text) =>
    EVENT_NAMES.some((name) => name === text || name.startsWith(`${text}.`))
      ? text
      : undefined,
};

const position: ValueParser<Position> = {
  rule: "EPOCH:SEQ, as tail prints it",
  parse: parsePosition,
};

const consumerName: ValueParser<string> = {
  rule: "a name of 1 to 64 letters, digits, dots, _ and -",
  parse: (text) => NAME_PATTERN.test(text) ? text : undefined,
};

const count: ValueParser<number> = {
  rule: "a whole number from 1",
  parse: (text) => /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined,
};

export const TAIL_OPTIONS = {
  accounts: list("LIST", listOf(uin), "of these accounts [all]", FLAG),
  events: list(
    "LIST",
    listOf(eventName),
    "of these names: message,friend [all]",
    FLAG,
  ),
  after: value(
    "EPOCH:SEQ",
    position,
    undefined,
    "goes on behind a position [from now on]",
    FLAG,
  ),
  consumer: value(
    "NAME",
    consumerName,
    undefined,
    "the bridge keeps the position under this name",
    FLAG,
  ),
  count: value("N", count, undefined, "ends after so many", FLAG),
  ...CLIENT_OPTIONS,
} as const;

/** Runs `tail` until it has printed enough, is interrupted, or nobody reads on. */
export async function tail(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  const ending = new AbortController();
  const stopListening = screen.onEnd(() => ending.abort());
  try {
    return await runClientCommand(
      {
        name: "tail",
        options: TAIL_OPTIONS,
        client: ({ accounts, events, after, consumer }) => ({
          signal: ending.signal,
          onStatus: noticesOn(terminal),
          ...defined({
            accounts: accounts.length === 0 ? undefined : [...accounts],
            events: events.length === 0 ? undefined : [...events],
            after,
            consumer,
          }),
        }),
        async run(bridge, { json, count }) {
          const format = formatter(json, painter(screen));
          let shown = 0;
          for await (const frame of bridge) {
            const position = bridge.position!;
            if (!tryPrint(terminal, format(frame, position))) break;
            if (++shown !== count) continue;
            bridge.acknowledge();
            break;
          }
          if (screen.progress && bridge.position !== undefined) {
            terminal.err(
              `Go on with --after ${formatPosition(bridge.position)}`,
            );
          }
        },
      },
      args,
      terminal,
    );
  } finally {
    stopListening();
  }
}

/** Reports that the connection is lost, and that it is back. */
function noticesOn(
  terminal: Terminal,
): (status: { state: string; reason?: string }) => void {
  let wasOpen = false;
  let isLost = false;
  return ({ state, reason }) => {
    if (state === "open") {
      if (isLost) terminal.err("tqq: Connected again");
      wasOpen = true;
      isLost = false;
    } else if (state === "waiting" && wasOpen && !isLost) {
      isLost = true;
      terminal.err(`tqq: Connecting again: ${printable(reason ?? "")}`);
    }
  };
}

function formatter(
  asJson: boolean,
  paint: Paint,
): (frame: EventFrame | GapFrame, position: Position) => string {
  if (!asJson) return (frame) => eventLine(frame, paint);
  return (frame, position) =>
    JSON.stringify({ ...frame, position: formatPosition(position) });
}

/** Returns false if nobody reads any more, as behind `head`. */
function tryPrint(terminal: Terminal, line: string): boolean {
  try {
    terminal.out(line);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

/** Formats events as lines for people. @module */

import type { EventFrame, GapFrame } from "../../mod.ts";
import type { Paint } from "./client.ts";
import { printable } from "./terminal.ts";

/**
 * Formats a frame as one line without its end. Apart from colours it contains
 * nothing that steers a terminal.
 */
export function eventLine(frame: EventFrame | GapFrame, paint: Paint): string {
  if (frame.type === "gap") {
    const { account, from, to, reason } = frame;
    const whose = account === undefined ? "" : ` of ${account}`;
    return paint(
      "red",
      `events ${from} to ${to}${whose} are missing (${reason})`,
    );
  }
  const { account, at } = frame;
  return `${paint("dim", localTime(at))}  ${account} ${whatOf(frame, paint)}`;
}

function whatOf(frame: EventFrame, paint: Paint): string {
  const name = (uin: string) => paint("cyan", printable(uin));
  switch (frame.event) {
    case "message":
      return `<- ${name(frame.data.from)}: ${shown(frame.data.text)}`;
    case "message.stranger":
      return `<- ${name(frame.data.from)} (a stranger): ${
        shown(frame.data.text)
      }`;
    case "message.sent":
      return `-> ${name(frame.data.to)}: ${shown(frame.data.text)}`;
    case "presence":
      return `   ${name(frame.data.from)} is ${frame.data.status}`;
    case "friend.request":
    case "friend.accepted":
    case "friend.refused":
    case "friend.added": {
      const { from, text } = frame.data;
      const said = text === "" ? "" : `: ${shown(text)}`;
      return `   ${name(from)} ${FRIEND_WORDS[frame.event]}${said}`;
    }
    case "account.state": {
      const { state, reason, action } = frame.data;
      const colour = state === "online" ? "green" : "yellow";
      const why = reason === undefined ? "" : ` (${shown(reason)})`;
      const what = action === undefined ? "" : `. ${shown(action)}`;
      return `   is ${paint(colour, state)}${why}${what}`;
    }
    case "account.removed":
      return "   was removed";
    default:
      // Events that a later version adds are shown too.
      return `   ${frame.event}: ${shown(JSON.stringify(frame.data))}`;
  }
}

const FRIEND_WORDS = {
  "friend.request": "asks to be a friend",
  "friend.accepted": "accepts the request",
  "friend.refused": "refuses the request",
  "friend.added": "has added the account",
} as const;

/** Formats any text as one line. */
function shown(text: string): string {
  return printable(text.replace(/\r\n|\r|\n/g, " / "));
}

function localTime(at: string): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${day.map(two).join("-")} ${time.map(two).join(":")}`;
}

/** The messages of a conversation, page by page. @module */

import {
  type BridgeCommands,
  type EventFrame,
  MAX_HISTORY_EVENTS,
} from "../../mod.ts";

/** An event of the journal that is a message. */
export type MessageFrame = Extract<
  EventFrame,
  { event: "message" | "message.stranger" | "message.sent" }
>;

/** Whether an event is a message. */
export function isMessage(frame: EventFrame): frame is MessageFrame {
  return frame.event === "message" || frame.event === "message.stranger" ||
    frame.event === "message.sent";
}

/** Messages, and the position of the next page. */
export interface MessagePage {
  /** In ascending order of position. */
  frames: MessageFrame[];
  /** Position before which the next page begins; `undefined` if there is none. */
  next?: number;
}

/** Maximum number of reads of the journal for a page; the page is shorter if they find too few messages. */
const PAGE_READS = 10;

type History = BridgeCommands["history"];

/**
 * Returns the newest messages of a conversation before a position. Presence and
 * other events lie between them.
 *
 * @param history Runs the command `history`.
 * @param other QQ number of the other side.
 * @param before The position. @default the newest messages
 * @param limit Maximum number of messages.
 */
export async function messagesBefore(
  history: (params: History["params"]) => Promise<History["data"]>,
  other: string,
  before: number | undefined,
  limit: number,
): Promise<MessagePage> {
  let frames: MessageFrame[] = [];
  let place = before;
  for (let read = 0; read < PAGE_READS; read++) {
    const { events, more } = await history({
      with: other,
      limit: MAX_HISTORY_EVENTS,
      ...(place === undefined ? {} : { before: place }),
    });
    frames = [...events.filter(isMessage), ...frames];
    const oldest = events[0];
    if (frames.length > limit) {
      const page = frames.slice(-limit);
      return { frames: page, next: page[0]!.seq };
    }
    if (!more || oldest === undefined) return { frames };
    place = oldest.seq;
  }
  return place === undefined ? { frames } : { frames, next: place };
}

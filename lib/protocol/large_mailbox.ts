/** A mailbox too large to be decoded at one go, piece by piece. No I/O. @module */

import type { LongText } from "../long_text.ts";
import { decodeMailbox, type MailItem } from "./mailbox.ts";

/** Most rows of a piece, unless said otherwise. */
const PIECE_ROWS = 500;

/** Most characters of a piece's texts, though always one row. */
const PIECE_CHARACTERS = 262_144;

/** How much is kept of what is unreadable, in characters. */
const RAW_CHARACTERS = 4_000;

const encoder = /* @__PURE__ */ new TextEncoder();

/** The lists of a mailbox in wire form. */
export interface MailboxLists {
  /** The wire value of `MT`. */
  mt: LongText;
  /** The wire value of `UN`. */
  un: LongText;
  /** The wire value of `MG`. */
  mg: LongText;
  /** How many bytes were cut off at the end; 0: none. */
  omittedBytes: number;
}

/**
 * The items of a mailbox, as {@linkcode decodeMailbox} reads them, in pieces.
 * What is unreadable, or cut off, is one item at the end with the beginning of
 * its text and its number of bytes.
 */
export function* decodeLargeMailbox(
  { mt, un, mg, omittedBytes }: MailboxLists,
  pieceRows = PIECE_ROWS,
): Generator<MailItem[], void, undefined> {
  const at = { mt: 0, un: 0, mg: 0 };
  /** Where the row behind begins, by 0 in a list that has none. */
  const after = (row: typeof at) => ({
    mt: mt.indexOf(",", row.mt) + 1,
    un: un.indexOf(",", row.un) + 1,
    mg: mg.indexOf(",", row.mg) + 1,
  });
  const isAlone = omittedBytes === 0 && isOne(mt) && isOne(un);
  while (!isAlone) {
    const end = { ...at };
    let rows = 0;
    while (rows < pieceRows && end.mg - at.mg < PIECE_CHARACTERS) {
      const next = after(end);
      if (next.mt === 0 || next.un === 0 || next.mg === 0) break;
      Object.assign(end, next);
      rows++;
    }
    if (rows === 0) break;
    const items = decodeMailbox(
      mt.slice(at.mt, end.mt),
      un.slice(at.un, end.un),
      mg.slice(at.mg, end.mg),
      false,
    );
    const whole = items.findIndex(({ type }) => type === "unreadable");
    if (whole < 0) {
      Object.assign(at, end);
      yield items;
      continue;
    }
    for (let row = 0; row < whole; row++) Object.assign(at, after(at));
    if (whole > 0) yield items.slice(0, whole);
    break;
  }
  const rest = [mt.slice(at.mt), un.slice(at.un), mg.slice(at.mg)] as const;
  const items = omittedBytes > 0
    ? [unreadable(`MT=${rest[0]}&UN=${rest[1]}&MG=${rest[2]}`, omittedBytes)]
    : decodeMailbox(...rest, at.mt === 0).map((item) =>
      item.type === "unreadable" ? unreadable(item.raw, 0) : item
    );
  if (items.length > 0) yield items;
}

function unreadable(raw: string, omittedBytes: number): MailItem {
  if (omittedBytes === 0 && raw.length <= RAW_CHARACTERS) {
    return { type: "unreadable", raw };
  }
  return {
    type: "unreadable",
    // Not half a character at the end.
    raw: raw.slice(0, RAW_CHARACTERS).replace(/[\ud800-\udbff]$/, ""),
    bytes: encoder.encode(raw).length + omittedBytes,
  };
}

/** Whether a list has at most one element. */
function isOne(list: LongText): boolean {
  const comma = list.indexOf(",");
  return comma < 0 || comma === list.length - 1;
}

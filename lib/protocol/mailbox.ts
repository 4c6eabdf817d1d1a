/** The lists of a GETMSGEX reply <-> mail items. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import { MAIL_TYPES, namesOf, type Status, STATUSES } from "./codes.ts";
import {
  BLANK,
  COMMA,
  decodeText,
  encodeText,
  endsElements,
  percentDecode,
  restoreEscaped,
  shown,
  wholeNumber,
  ZERO,
} from "./fields.ts";
import { digitsEnd, MAX_QQ_NUMBER_DIGITS } from "./qq_number.ts";

/**
 * What every item of a mailbox has.
 *
 * @category Codec
 */
export interface MailOf<T extends string> {
  /** The kind of item. Narrow {@linkcode MailItem} on it. */
  type: T;
}

/**
 * A text from somebody, or about a friend request.
 *
 * @category Codec
 */
export interface TextMail {
  /**
   * `message` from a friend, `stranger_message`, `request` to be added (the
   * text is the reason), `accepted` or `refused` (the answer to one's own
   * request), `added` (somebody added you).
   */
  type:
    | "message"
    | "stranger_message"
    | "request"
    | "accepted"
    | "refused"
    | "added";
  /** QQ number of the sender. */
  from: string;
  /** The text; empty where there is none. */
  text: string;
}

/**
 * A friend's presence changed.
 *
 * @category Codec
 */
export interface StatusMail extends MailOf<"status"> {
  /** QQ number of the sender. */
  from: string;
  /** The friend's new presence. */
  status: Status;
}

/**
 * An item of a type that the protocol's descriptions do not know.
 *
 * @category Codec
 */
export interface UnknownMail extends MailOf<"unknown"> {
  /** Its number on the wire. */
  code: number;
  /** QQ number of the sender. */
  from: string;
  /** Text of the item. */
  text: string;
}

/**
 * What is left of a mailbox whose lists do not fit together, in wire form.
 *
 * @category Codec
 */
export interface UnreadableMail extends MailOf<"unreadable"> {
  /** `MT=..&UN=..&MG=..`, what could not be read. */
  raw: string;
  /** Number of bytes of what could not be read, if `raw` is only its beginning. */
  bytes?: number;
}

/**
 * One item of a mailbox.
 *
 * @category Codec
 */
export type MailItem = TextMail | StatusMail | UnknownMail | UnreadableMail;

/**
 * The items of a mailbox. Never throws and never drops a text: rows are taken
 * from the front while all three lists have an element and the numbers are
 * numbers; the rest is one `unreadable` item.
 *
 * @param mt The wire value of `MT`.
 * @param un The wire value of `UN`.
 * @param mg The wire value of `MG`.
 * @param isWhole Whether the lists are not the rest of longer ones: the text of
 * a row that is alone may hold commas that nobody escaped.
 */
export function decodeMailbox(
  mt: string,
  un: string,
  mg: string,
  isWhole = true,
): MailItem[] {
  const items: MailItem[] = [];
  // Texts may be empty, so the numbers beside them tell which form the lists have.
  const ended = mt.charCodeAt(mt.length - 1) === COMMA;
  // All texts at one go are quicker, where that makes no comma that ends none.
  const escaped = mg.includes("%");
  const atOnce = escaped && !ESCAPED_COMMA.test(mg);
  const texts = atOnce ? percentDecode(mg) : mg;
  const decode = atOnce ? restoreEscaped : decodeText;
  const plain = atOnce ? !texts.includes("%") : !escaped;
  let mtAt = 0;
  let unAt = 0;
  let mgAt = 0;
  while (
    mtAt < mt.length && unAt < un.length &&
    (mgAt < texts.length || !ended && mgAt === texts.length)
  ) {
    // Read while its end is looked for: twice over the digits costs a tenth.
    let code = 0;
    let mtEnd = mtAt;
    for (; mtEnd < mt.length; mtEnd++) {
      const digit = mt.charCodeAt(mtEnd) - ZERO;
      if (digit < 0 || digit > 9) break;
      code = code * 10 + digit;
    }
    const unEnd = digitsEnd(un, unAt);
    if (
      !isNumber(mt, mtAt, mtEnd) || !isNumber(un, unAt, unEnd) ||
      code > Number.MAX_SAFE_INTEGER
    ) break;
    const from = un.slice(unAt, unEnd);
    const alone = isWhole && items.length === 0 && mtEnd + 1 >= mt.length &&
      unEnd + 1 >= un.length;
    const mgEnd = alone ? wholeEnd(texts, ended) : elementEnd(texts, mgAt);
    if (plain) {
      const blank = code === MAIL_TYPES.message && endsBlank(texts, mgEnd);
      items.push(
        itemOf(code, from, texts.slice(mgAt, mgEnd - (blank ? 1 : 0))),
      );
    } else {
      const text = decode(texts.slice(mgAt, mgEnd));
      const blank = code === MAIL_TYPES.message && endsBlank(text, text.length);
      items.push(itemOf(code, from, blank ? text.slice(0, -1) : text));
    }
    mtAt = mtEnd + 1;
    unAt = unEnd + 1;
    mgAt = mgEnd + 1;
  }
  if (mtAt < mt.length || unAt < un.length || mgAt < texts.length) {
    const rest = mgAt < texts.length ? behind(mg, items.length) : "";
    items.push({
      type: "unreadable",
      raw: `MT=${mt.slice(mtAt)}&UN=${un.slice(unAt)}&MG=${rest}`,
    });
  }
  return items;
}

/** The old client's font trailer was cut off a message and left one blank. */
function endsBlank(text: string, end: number): boolean {
  return text.charCodeAt(end - 1) === BLANK;
}

const ESCAPED_COMMA = /%2c/i;

/** Whether digits are a whole element of a list. */
function isNumber(list: string, from: number, end: number): boolean {
  return end > from && end - from <= MAX_QQ_NUMBER_DIGITS &&
    (end === list.length || list.charCodeAt(end) === COMMA);
}

function elementEnd(list: string, from: number): number {
  const comma = list.indexOf(",", from);
  return comma < 0 ? list.length : comma;
}

/** What follows so many elements of a list. */
function behind(list: string, elements: number): string {
  let from = 0;
  for (let nth = 0; nth < elements; nth++) from = elementEnd(list, from) + 1;
  return list.slice(from);
}

function wholeEnd(list: string, ended: boolean): number {
  return ended && list.charCodeAt(list.length - 1) === COMMA
    ? list.length - 1
    : list.length;
}

const STATUS_NAMES = /* @__PURE__ */ namesOf(STATUSES);
const TYPE_NAMES = /* @__PURE__ */ namesOf(MAIL_TYPES);

/** The item that a row of a mailbox is. */
export function itemOf(code: number, from: string, text: string): MailItem {
  const type = TYPE_NAMES[code];
  if (type === "status") {
    const status = STATUS_NAMES[wholeNumber(text.trim())];
    if (status !== undefined) return { type, from, status };
  } else if (type !== undefined) {
    return { type, from, text };
  }
  return { type: "unknown", code, from, text };
}

/** The fields of a mailbox, `MN=..&MT=..&UN=..&MG=..`. Throws TypeError or RangeError. */
export function encodeMailbox(items: readonly MailItem[]): string {
  let rows = 0;
  let mt = "";
  let un = "";
  let mg = "";
  for (const [index, item] of items.entries()) {
    if (item.type === "unreadable") {
      const rest = /^MT=([^&]*)&UN=([^&]*)&MG=([^&]*)$/.exec(item.raw);
      if (rest === null || index !== items.length - 1) {
        throw new TypeError(
          `Cannot encode a mailbox: an unreadable item must be the last and of the form MT=..&UN=..&MG=.., got ${
            shown(item.raw)
          }`,
        );
      }
      // Where MG ended early, a last comma would be one more, empty, text.
      if (rest[3] === "" && rows > 0 && !endsElements(rest[1]!)) {
        mg = mg.slice(0, -1);
      }
      mt += rest[1];
      un += rest[2];
      mg += rest[3];
    } else {
      rows++;
      un += checkUin("a mailbox", "from", item.from) + ",";
      if (item.type === "status") {
        mt += "99,";
        mg += checkName("a mailbox", "status", STATUSES, item.status) + ",";
      } else {
        const text = checkText("a mailbox", "text", item.text);
        mt += codeOf(item) + ",";
        mg += encodeText(text) + (item.type === "message" ? " ," : ",");
      }
    }
  }
  return `MN=${rows}&MT=${mt}&UN=${un}&MG=${mg}`;
}

/** The `MT` of an item. Throws RangeError. */
export function codeOf(item: TextMail | UnknownMail): string {
  if (item.type !== "unknown") {
    return checkName("a mailbox", "type", MAIL_TYPES, item.type);
  }
  const code = checkNumber("a mailbox", "code", item.code);
  if (itemOf(item.code, item.from, item.text).type !== "unknown") {
    throw new RangeError(
      `Cannot encode a mailbox: code must be one that has no name, got ${item.code}`,
    );
  }
  return code;
}

/** The fields of a mailbox of one item, without what the item adds to them. */
const EMPTY_BYTES = "MN=1&MT=&UN=&MG=".length;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Number of bytes that an item adds to a reply as encoded. Throws as {@linkcode encodeMailbox}. */
export function encodedBytes(item: MailItem): number {
  return encoder.encode(encodeMailbox([item])).length - EMPTY_BYTES;
}

/** Pushes: mail that a server sends without a request, on a connection of lines. No I/O. @module */

import { checkName, checkText, checkUin } from "./checks.ts";
import { type PushName, STATUSES } from "./codes.ts";
import type { FieldReader } from "./field_reader.ts";
import { decodeText, encodeText, wholeNumber } from "./fields.ts";
import { codeOf, itemOf, type MailItem } from "./mailbox.ts";

/** The push that carries an item. */
export function pushNameOf(item: MailItem): PushName {
  return item.type === "status" ? "update_stat" : "Server_Msg";
}

/** The fields of a push behind its head, each with `&` before it. Throws TypeError or RangeError. */
export function encodePushed(cmd: PushName, item: MailItem): string {
  if (pushNameOf(item) !== cmd) {
    throw new TypeError(
      `Cannot encode a push: cmd must be ${
        pushNameOf(item)
      } for a ${item.type}, got ${cmd}`,
    );
  }
  if (item.type === "unreadable") return `&MN=1&${item.raw}`;
  const from = checkUin(cmd, "from", item.from);
  if (item.type === "status") {
    const st = checkName(cmd, "status", STATUSES, item.status);
    return `&ST=${st}&UN=${from}`;
  }
  const text = encodeText(checkText(cmd, "text", item.text));
  return `&MN=1&MT=${codeOf(item)}&UN=${from}&MG=${text}`;
}

/** The item of a push. Throws MalformedError. */
export function decodePushed(cmd: PushName, fields: FieldReader): MailItem {
  const from = fields.uin("UN");
  if (cmd === "Server_Msg") {
    // No blank stands behind the text, unlike in a mailbox.
    return itemOf(fields.whole("MT"), from, decodeText(fields.required("MG")));
  }
  const wire = fields.required("ST");
  const item = itemOf(99, from, wire);
  if (item.type === "status") return item;
  throw fields.malformed(
    "ST",
    "must be 10, 20, 30 or 40",
    String(wholeNumber(wire)),
  );
}

/** A reply to GetMsgEx that is too large to be decoded at one go. @module */

import { decodeLargeMailbox } from "../protocol/large_mailbox.ts";
import { LongText } from "../long_text.ts";
import type { MailItem } from "../protocol/mailbox.ts";
import { decodeReply, type Reply } from "../protocol/reply.ts";

/** What such a reply has: first its head, last its three lists. */
const CODES = ["VER", "CMD", "SEQ", "UIN", "RES", "MN", "MT", "UN", "MG"];

/** How far the `=` behind a code is looked for. */
const CODE_LETTERS = 4;

/** How many pairs are looked at in a turn. */
const TURN_PAIRS = 20_000;

const NONE = /* @__PURE__ */ LongText.of([]);

/**
 * Decodes it with turns of the event loop in between. Rejects with MalformedError
 * if its head is malformed.
 *
 * @param pieces The body.
 */
export async function decodeLargeReply(
  pieces: readonly string[],
  omittedBytes: number,
): Promise<Reply> {
  const fields = await fieldsOf(LongText.of(pieces));
  let head = "";
  for (const code of CODES.slice(0, -3)) {
    const value = fields.get(code);
    if (value !== undefined) head += `${code}=${value.slice(0)}&`;
  }
  const reply = decodeReply(`${head}MT=&UN=&MG=`);
  if (reply.cmd !== "GetMsgEx" || !("items" in reply)) return reply;
  const items: MailItem[] = [];
  const decoded = decodeLargeMailbox({
    mt: fields.get("MT") ?? NONE,
    un: fields.get("UN") ?? NONE,
    mg: fields.get("MG") ?? NONE,
    omittedBytes,
  });
  for (const piece of decoded) {
    for (const item of piece) items.push(item);
    await nextStep();
  }
  return { ...reply, items };
}

/** The first value of each code that such a reply has, in wire form. */
async function fieldsOf(body: LongText): Promise<Map<string, LongText>> {
  const fields = new Map<string, LongText>();
  let pairs = 0;
  for (let from = 0; from < body.length;) {
    const next = body.indexOf("&", from);
    const end = next < 0 ? body.length : next;
    const [code, value] = body.slice(from, Math.min(end, from + CODE_LETTERS))
      .split("=");
    if (value !== undefined && CODES.includes(code!) && !fields.has(code!)) {
      fields.set(code!, body.part(from + code!.length + 1, end));
    }
    from = end + 1;
    if (++pairs % TURN_PAIRS === 0) await nextStep();
  }
  return fields;
}

/** Not the client's clock: nothing is waited for, others have their turn. */
function nextStep(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

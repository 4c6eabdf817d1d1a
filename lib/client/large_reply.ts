/** A reply to GetMsgEx that is too large to be decoded at one go. @module */

import { fieldOf, parseFields } from "../protocol/fields.ts";
import { decodeLargeMailbox } from "../protocol/large_mailbox.ts";
import type { MailItem } from "../protocol/mailbox.ts";
import { decodeReply, type Reply } from "../protocol/reply.ts";

/** Decodes it with turns of the event loop in between. Rejects with MalformedError if its head is malformed. */
export async function decodeLargeReply(
  body: string,
  omittedBytes: number,
): Promise<Reply> {
  const fields = parseFields(body);
  let head = "";
  for (const code of ["VER", "CMD", "SEQ", "UIN", "RES", "MN"]) {
    const value = fieldOf(fields, code);
    if (value !== undefined) head += `${code}=${value}&`;
  }
  const reply = decodeReply(`${head}MT=&UN=&MG=`);
  if (reply.cmd !== "GetMsgEx" || !("items" in reply)) return reply;
  const items: MailItem[] = [];
  const pieces = decodeLargeMailbox({
    mt: fieldOf(fields, "MT") ?? "",
    un: fieldOf(fields, "UN") ?? "",
    mg: fieldOf(fields, "MG") ?? "",
    omittedBytes,
  });
  for (const piece of pieces) {
    for (const item of piece) items.push(item);
    // Not the client's clock: nothing is waited for, others have their turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { ...reply, items };
}

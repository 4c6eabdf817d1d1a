/** Ids of messages: that of the record, and how often the log was full for it. @module */

/** Id of the next message of a record. */
export function messageIdOf(recordId: string, refusals: number): string {
  return refusals === 0 ? recordId : `${recordId}~${refusals}`;
}

/** Id of the record that a message carries. */
export function recordIdOf(messageId: string): string {
  return messageId.replace(/~\d+$/, "");
}

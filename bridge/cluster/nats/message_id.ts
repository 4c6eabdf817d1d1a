/** Ids of messages: that of the record, and the attempt to append it. @module */

/** Id of the message of an attempt. */
export function messageIdOf(recordId: string, attempt: number): string {
  return attempt === 0 ? recordId : `${recordId}~${attempt}`;
}

/** Id of the record that a message carries. */
export function recordIdOf(messageId: string): string {
  return messageId.replace(/~\d+$/, "");
}

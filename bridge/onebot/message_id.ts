/** A place in the journal <-> a `message_id`: positive, 32 bits, the same on replay and after a restart. @module */

/** How many ids there are; past so many events they begin anew. */
export const MESSAGE_IDS = 2 ** 31 - 1;

/** The id of the event at a place. */
export function messageIdOf(seq: number): number {
  return (seq - 1) % MESSAGE_IDS + 1;
}

/** The newest place that has an id, or undefined where none has. */
export function seqOfMessage(id: number, head: number): number | undefined {
  if (id < 1 || id > MESSAGE_IDS || id > head) return undefined;
  return id + Math.floor((head - id) / MESSAGE_IDS) * MESSAGE_IDS;
}

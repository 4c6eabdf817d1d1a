/** Mail on its way to connections of lines. @module */

import { encodeReply } from "../../protocol/reply.ts";
import { pushNameOf } from "../../protocol/push.ts";
import type { LinePort } from "../rules/bindings.ts";
import { endSession } from "../rules/presence.ts";
import type { State } from "../rules/state.ts";

/** An item that can be written to a connection. */
export interface PushedItem {
  /** Whose mail it is. */
  readonly uin: string;
  /** Its place in the mailbox. */
  readonly id: number;
  /** Encodes it, without the line end. @param seq The number of the push on its connection. */
  encode(seq: number): string;
}

/** Hands mail to connections, and removes it once they have written it. */
export class Pushes {
  readonly #state: State;
  /** The last item of a number that was written and may still be in the store. */
  readonly #written = new Map<string, number>();
  /** The numbers whose written items are being removed. */
  readonly #removing = new Set<string>();

  constructor(state: State) {
    this.#state = state;
  }

  /** The oldest item for a connection that was not written yet; of its numbers, each in turn. */
  next(port: LinePort): PushedItem | undefined {
    for (const uin of port.bound) {
      const item = this.#oldest(uin);
      if (item === undefined) continue;
      // To the end: the next one has its turn.
      port.bound.delete(uin);
      port.bound.add(uin);
      return item;
    }
    return undefined;
  }

  #oldest(uin: string): PushedItem | undefined {
    const written = this.#written.get(uin) ?? -1;
    for (const { id, item } of this.#state.store.mail(uin)) {
      if (id <= written) continue;
      const head = { cmd: pushNameOf(item), ver: "1.4", uin, res: 0 } as const;
      return {
        uin,
        id,
        encode: (seq) => encodeReply({ ...head, seq: String(seq), item }),
      };
    }
    return undefined;
  }

  /** The socket has taken an item: it leaves the mailbox. */
  written({ uin, id }: PushedItem): void {
    this.#written.set(uin, id);
    if (this.#removing.has(uin)) return;
    this.#removing.add(uin);
    // If that fails, the next push tries again; until then it is not pushed twice.
    this.#remove(uin).catch(() => {}).finally(() => this.#removing.delete(uin));
  }

  async #remove(uin: string): Promise<void> {
    const { batches, store } = this.#state;
    for (let removed = -1; removed !== this.#written.get(uin);) {
      await batches.run(() => {
        removed = this.#written.get(uin)!;
        store.removeMail(uin, removed);
      });
    }
    this.#written.delete(uin);
  }

  /** A connection has ended, and with it the sessions that were bound to it. */
  ended(port: LinePort): void {
    const { batches, bindings, sessions } = this.#state;
    for (const uin of [...port.bound]) {
      bindings.unbind(uin);
      const session = sessions.get(uin);
      if (session === undefined) continue;
      // If the commit fails, friends see the change with the next one.
      batches.run((batch) => {
        if (sessions.get(uin) === session) endSession(this.#state, batch, uin);
      }).catch(() => {});
    }
  }
}

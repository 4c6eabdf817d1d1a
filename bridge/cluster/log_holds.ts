/** Who holds the names of consumers, as the log decides it. @module */

import type { ConsumerHolds } from "../journal/journal.ts";
import type { HoldOperation, Operation } from "./replica/operations.ts";

/** What {@linkcode LogHolds} needs of the journal. */
export interface HoldLog {
  /** Id of this process. */
  readonly node: string;
  /** Writes operations; resolves once they are applied here. */
  write(operations: readonly Operation[]): Promise<unknown[]>;
  /** Calls a listener after each applied run of records. */
  onApplied(
    listener: (changes: { readonly holds: readonly HoldOperation[] }) => void,
  ): () => void;
}

/** The name of a consumer belongs to the connection that took it last in the log. */
export class LogHolds implements ConsumerHolds {
  readonly #log: HoldLog;
  #count = 0;

  constructor(log: HoldLog) {
    this.#log = log;
  }

  async take(consumer: string): Promise<string> {
    const connection = `${this.#log.node}/${++this.#count}`;
    await this.#log.write([{ type: "hold", consumer, connection }]);
    return connection;
  }

  watch(listener: (consumer: string, hold: string) => void): () => void {
    return this.#log.onApplied(({ holds }) => {
      for (const { consumer, connection } of holds) {
        if (connection !== null) listener(consumer, connection);
      }
    });
  }

  isOwn(hold: string): boolean {
    return hold.startsWith(`${this.#log.node}/`);
  }
}

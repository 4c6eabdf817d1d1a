/** What of the inbox outlasts a restart. @module */

import type { Position } from "../../mod.ts";
import type { Conversation } from "./conversation.ts";

/** Which kind of mark: read messages, or answered friend requests. */
export type MarkKind = "read" | "answered";

/** A mark of a conversation; an empty `party` stands for all of an account. */
export interface Mark {
  readonly kind: MarkKind;
  readonly account: string;
  readonly party: string;
  /** Position up to which it is done. */
  readonly seq: number;
}

/** Maximum number of marks of each kind; those with the lowest positions are dropped first. */
export const MARKS = 100_000;

/** A store; a change is durable when its method returns, or its promise resolves. */
export interface InboxStore {
  marks(): Mark[];
  /** Sets a mark, and drops the lowest if there are too many. */
  putMark(mark: Mark): void | Promise<void>;
  /**
   * Calls a listener with marks that were set, here or elsewhere. Absent if only this process sets them.
   *
   * @returns Removes the listener.
   */
  watch?(listener: (marks: readonly Mark[]) => void): () => void;
  /** The stored summary; undefined if there is none. */
  load(): { position: Position; conversations: Conversation[] } | undefined;
  /** Stores the changed conversations of a summary, and its new position; `isWhole` replaces all of it. */
  save(
    position: Position,
    changed: Iterable<Conversation>,
    removed: Iterable<Conversation>,
    isWhole: boolean,
  ): void;
}

/** Nothing outlasts the process. */
export class MemoryInboxStore implements InboxStore {
  readonly #marks = new Map<string, Mark>();

  marks(): Mark[] {
    return [...this.#marks.values()];
  }

  putMark(mark: Mark): void {
    const { kind, account, party } = mark;
    this.#marks.set(`${kind} ${account} ${party}`, mark);
  }

  load(): undefined {
    return undefined;
  }

  save(): void {}
}

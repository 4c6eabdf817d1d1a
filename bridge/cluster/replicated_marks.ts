/** Marks of the inbox that all nodes of a cluster share. @module */

import type { InboxStore, Mark, MarkKind } from "../inbox/inbox_store.ts";
import type { Operation } from "./replica/operations.ts";
import { MARK_PREFIX } from "./replica/shared_state.ts";
import type { ReplicatedSource } from "./replicated_stores.ts";

/** Marks that are written in one record when a single bridge becomes a cluster. */
const IMPORTED_AT_ONCE = 200;

/** What is read on one node is read on all. The summary of the journal stays local, because each node makes its own. */
export class ReplicatedMarks implements InboxStore {
  readonly #journal: ReplicatedSource;
  readonly #local: Pick<InboxStore, "load" | "save">;

  constructor(
    journal: ReplicatedSource,
    local: Pick<InboxStore, "load" | "save">,
  ) {
    this.#journal = journal;
    this.#local = local;
  }

  marks(): Mark[] {
    return marksOf(this.#journal.replica.shared);
  }

  async putMark(mark: Mark): Promise<void> {
    await this.#journal.write([toOperation(mark)]);
  }

  /** Writes the marks of a bridge that founds a cluster. */
  async putAll(marks: readonly Mark[]): Promise<void> {
    for (let from = 0; from < marks.length; from += IMPORTED_AT_ONCE) {
      const some = marks.slice(from, from + IMPORTED_AT_ONCE);
      await this.#journal.write(some.map(toOperation));
    }
  }

  watch(listener: (marks: readonly Mark[]) => void): () => void {
    return this.#journal.onApplied(({ shared }) => {
      const names = shared.filter((name) => name.startsWith(MARK_PREFIX));
      if (names.length === 0) return;
      listener(names.flatMap((name) => {
        const value = this.#journal.replica.shared.get(name);
        return value === undefined ? [] : [toMark(name, value)];
      }));
    });
  }

  load(): ReturnType<InboxStore["load"]> {
    return this.#local.load();
  }

  save(...args: Parameters<InboxStore["save"]>): void {
    this.#local.save(...args);
  }
}

/** The marks among shared values. */
export function marksOf(shared: ReadonlyMap<string, string>): Mark[] {
  return [...shared].flatMap(([name, value]) =>
    name.startsWith(MARK_PREFIX) ? [toMark(name, value)] : []
  );
}

function toMark(name: string, value: string): Mark {
  const [kind, account, party] = name.slice(MARK_PREFIX.length).split("/") as [
    MarkKind,
    string,
    string,
  ];
  return { kind, account, party, seq: Number(value) };
}

function toOperation({ kind, account, party, seq }: Mark): Operation {
  const name = `${MARK_PREFIX}${kind}/${account}/${party}`;
  return { type: "value", name, value: String(seq) };
}

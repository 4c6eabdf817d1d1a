import { DatabaseSync } from "node:sqlite";

/** Tables that must be equal in all replicas. */
const TABLES = [
  "events",
  "polls",
  "keyed",
  "consumers",
  "accounts",
  "tokens",
  "states",
];

/** What became of numbered texts. */
export interface Arrivals {
  lost: number;
  doubled: number;
  outOfOrder: number;
}

/** Counts texts that end with their number, each kind from 0. */
class Tally {
  readonly #seen: Uint8Array;
  #last = -1;
  doubled = 0;
  outOfOrder = 0;

  constructor(count: number) {
    this.#seen = new Uint8Array(count);
  }

  add(number: number): void {
    if (number >= this.#seen.length) return;
    if (this.#seen[number]) return void this.doubled++;
    this.#seen[number] = 1;
    if (number < this.#last) this.outOfOrder++;
    this.#last = number;
  }

  get lost(): number {
    return this.#seen.reduce((lost, seen) => lost + (seen ? 0 : 1), 0);
  }
}

/**
 * Compares numbered texts with those that arrived. What no caller was promised,
 * such as a command that was under way at the end, may be there or not.
 *
 * @param counts Number of texts by their beginning.
 */
export function compareTexts(
  counts: ReadonlyMap<string, number>,
  texts: Iterable<string>,
): Arrivals {
  const tallies = new Map(
    [...counts].map(([start, count]) => [start, new Tally(count)]),
  );
  for (const text of texts) {
    const at = text.lastIndexOf(" ");
    tallies.get(text.slice(0, at))?.add(Number(text.slice(at + 1)));
  }
  const result = { lost: 0, doubled: 0, outOfOrder: 0 };
  for (const { lost, doubled, outOfOrder } of tallies.values()) {
    result.lost += lost;
    result.doubled += doubled;
    result.outOfOrder += outOfOrder;
  }
  return result;
}

/** Texts of all messages of a journal in their order, those received and those sent. */
export function* textsOf(journalPath: string): Generator<string, void> {
  using database = new DatabaseSync(journalPath, { readOnly: true });
  const rows = database.prepare(
    "SELECT data FROM events WHERE data LIKE '%\"text\":%' ORDER BY seq",
  ).iterate();
  for (const { data } of rows) {
    yield (JSON.parse(String(data)) as { text: string }).text;
  }
}

/** Compares two replicas row by row. Returns how many rows differ. */
export function countDifferences(one: string, other: string): number {
  using a = new DatabaseSync(one, { readOnly: true });
  using b = new DatabaseSync(other, { readOnly: true });
  let differing = 0;
  for (const table of TABLES) {
    // The first columns are the key of each of these tables.
    const query = `SELECT * FROM ${table} ORDER BY 1, 2`;
    const [left, right] = [a, b].map((database) =>
      database.prepare(query).iterate()
    );
    for (;;) {
      const [l, r] = [left!.next(), right!.next()];
      if (l.done === true && r.done === true) break;
      if (JSON.stringify(l.value) !== JSON.stringify(r.value)) differing++;
    }
  }
  return differing;
}

/** Number of events of a journal. */
export function countEvents(journalPath: string): number {
  using database = new DatabaseSync(journalPath, { readOnly: true });
  return Number(
    database.prepare("SELECT count(*) AS count FROM events").get()!["count"],
  );
}

/** A text too long to be put together at one go. No I/O. @module */

/** A text, or a part of one, in the pieces in which it came. */
export class LongText {
  readonly #pieces: readonly string[];
  /** Where each piece begins in the whole, and where the last one ends. */
  readonly #starts: readonly number[];
  readonly #from: number;
  readonly #to: number;
  /** The piece that was found last: most questions go on where the one before ended. */
  #near = 0;

  private constructor(
    pieces: readonly string[],
    starts: readonly number[],
    from: number,
    to: number,
  ) {
    this.#pieces = pieces;
    this.#starts = starts;
    this.#from = from;
    this.#to = to;
  }

  /** The text that such pieces are, in order. */
  static of(pieces: readonly string[]): LongText {
    const starts = [0];
    let end = 0;
    for (const { length } of pieces) starts.push(end += length);
    return new LongText(pieces, starts, 0, end);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** The index of a character at or behind another index; -1 if there is none. */
  indexOf(character: string, from = 0): number {
    const start = this.#from + from;
    for (
      let nth = this.#pieceAt(start), at = start;
      at < this.#to;
      at = this.#starts[++nth]!
    ) {
      const found = this.#pieces[nth]!
        .indexOf(character, at - this.#starts[nth]!);
      if (found < 0) continue;
      const index = this.#starts[nth]! + found;
      return index < this.#to ? index - this.#from : -1;
    }
    return -1;
  }

  /** What stands between two indexes, put together. */
  slice(from: number, to: number = this.length): string {
    const [start, end] = [this.#from + from, this.#from + to];
    let text = "";
    for (
      let nth = this.#pieceAt(start), at = start;
      at < end;
      at = this.#starts[++nth]!
    ) {
      const first = this.#starts[nth]!;
      text += this.#pieces[nth]!.slice(at - first, end - first);
    }
    return text;
  }

  /** What stands between two indexes, in pieces. */
  part(from: number, to: number): LongText {
    return new LongText(
      this.#pieces,
      this.#starts,
      this.#from + from,
      this.#from + to,
    );
  }

  /** The piece that holds an index of the whole. */
  #pieceAt(index: number): number {
    while (index < this.#starts[this.#near]!) this.#near--;
    while (this.#starts[this.#near + 1]! <= index) this.#near++;
    return this.#near;
  }
}

/** Parser of server-sent events. @module */

export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** Longest line that is kept: the bridge's frames have at most 64 KiB. */
const MAX_LINE = 1 << 20;

/** Parses the text of a stream, piece by piece. */
export class StreamParser {
  readonly #onEvent: (event: StreamEvent) => void;
  #rest = "";
  #id = "";
  #event = "";
  #data: string[] = [];

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @throws {RangeError} If a line does not end. */
  push(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n/);
    this.#rest = lines.pop()!;
    if (this.#rest.length > MAX_LINE) {
      throw new RangeError(
        `Cannot read the stream: a line has at most ${MAX_LINE} characters.`,
      );
    }
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    if (line === "") {
      if (this.#data.length > 0) {
        const data = this.#data.join("\n");
        this.#onEvent({ id: this.#id, event: this.#event, data });
      }
      this.#event = "";
      this.#data = [];
      return;
    }
    const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (name === "id") this.#id = value;
    else if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
  }
}

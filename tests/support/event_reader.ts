/** A message of a stream of server-sent events. */
export interface ReadMessage {
  id?: string;
  event?: string;
  data?: string;
  retry?: string;
  comment?: string;
}

/** Reads server-sent events one by one, and only when asked. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!
      .pipeThrough(new TextDecoderStream(), {})
      .getReader();
  }

  /** The next message, or undefined at the end. */
  async next(): Promise<ReadMessage | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const lines = this.#text.slice(0, end).split("\n");
        this.#text = this.#text.slice(end + 2);
        return messageOf(lines);
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** The next messages. */
  async take(count: number): Promise<ReadMessage[]> {
    const messages: ReadMessage[] = [];
    while (messages.length < count) {
      const message = await this.next();
      if (message === undefined) break;
      messages.push(message);
    }
    return messages;
  }

  /** Stops reading. */
  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

function messageOf(lines: string[]): ReadMessage {
  const message: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    message[name === "" ? "comment" : name] = line.slice(colon + 1);
  }
  return message;
}

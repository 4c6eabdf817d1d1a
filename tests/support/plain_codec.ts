import {
  ForgedRecordError,
  type RecordCodec,
  type RecordPart,
} from "../../bridge/cluster/replica/codec.ts";
import type { LogMessage } from "../../bridge/cluster/replicated_log.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Messages that are not sealed, in parts of at most so many characters. */
export class PlainCodec implements RecordCodec {
  readonly #most: number;

  constructor(most = 100_000) {
    this.#most = most;
  }

  encode(node: string, number: number, text: string): LogMessage[] {
    const parts = Math.max(1, Math.ceil(text.length / this.#most));
    return Array.from({ length: parts }, (_, part) => {
      const piece = text.slice(part * this.#most, (part + 1) * this.#most);
      const whole: RecordPart = { node, number, part, parts, text: piece };
      const id = parts === 1
        ? `${node}.${number}`
        : `${node}.${number}.${part}`;
      return { id, bytes: encoder.encode(JSON.stringify(whole)) };
    });
  }

  decode({ id, bytes }: LogMessage): RecordPart {
    try {
      return JSON.parse(decoder.decode(bytes));
    } catch {
      throw new ForgedRecordError(`Cannot read message ${id}`);
    }
  }
}

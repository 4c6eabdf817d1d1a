/** Encrypts calls between nodes, and refuses those that are repeated or late. @module */

import type { Clock } from "../../../lib/clock.ts";
import { type Rpc, RpcTimeoutError } from "../rpc.ts";
import { HeldAnswers } from "./held_answers.ts";
import { type ClusterKeys, NONCE_BYTES, toNonce } from "./keys.ts";
import { MAX_PART_BYTES } from "./parts.ts";

/** Requests and answers that are older or further in the future are refused. Clocks of nodes may differ by so much. */
const MAX_AGE_MS = 30_000;

/** Remembered numbers of requests of each node, which are not accepted again. Lower numbers are refused. */
const WINDOW = 4096;

/** Remembered nodes; beyond, the one that was silent for longest is forgotten. */
const MAX_CALLERS = 1000;

const NODE_BYTES = 32;
const HEAD_BYTES = NODE_BYTES + NONCE_BYTES;
const TIME_BYTES = 8;

/** Before an answer's bytes: the number of its parts, 0 if it is no longer held. */
const PARTS_BYTES = 2;

/** Before a request's bytes: whether it asks for a part of the answer to an earlier one. */
const WHOLE = 0;
const PART = 1;

/** A message between nodes was not sent by a node of the cluster, or not now. */
export class ForgedCallError extends Error {
  override name = "ForgedCallError";
}

/** Options of a {@linkcode SealedRpc}. */
export interface SealedRpcOptions {
  readonly rpc: Rpc;
  readonly keys: ClusterKeys;
  /** Id of this process. */
  readonly node: string;
  readonly clock: Clock;
  /** Called with requests that were refused. */
  readonly onForged?: (error: ForgedCallError) => void;
}

/** Seals what another {@linkcode Rpc} carries. */
export class SealedRpc implements Rpc {
  readonly #options: SealedRpcOptions;
  readonly #callers = new Map<string, { highest: number; seen: Set<number> }>();
  readonly #held: HeldAnswers;
  #requests = 0;
  #answers = 0;

  constructor(options: SealedRpcOptions) {
    this.#options = options;
    this.#held = new HeldAnswers(options.clock);
  }

  async call(
    node: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    const { clock } = this.#options;
    const deadline = clock.now() + timeoutMs;
    const first = await this.#ask(node, WHOLE, request, timeoutMs);
    if (first.parts === 1) return first.part;
    const whole: Uint8Array[] = [first.part];
    while (whole.length < first.parts) {
      // A number of the request and of the part.
      const wanted = new Uint8Array(16);
      const view = new DataView(wanted.buffer);
      view.setBigUint64(0, BigInt(first.number));
      view.setBigUint64(8, BigInt(whole.length));
      const leftMs = Math.max(0, deadline - clock.now());
      const next = await this.#ask(node, PART, wanted, leftMs);
      if (next.parts !== 1) {
        throw new RpcTimeoutError(
          `Cannot call node ${node}: it no longer holds its answer`,
        );
      }
      whole.push(next.part);
    }
    return new Uint8Array(await new Blob(whole as BlobPart[]).arrayBuffer());
  }

  async #ask(
    node: string,
    kind: number,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<{ number: number; parts: number; part: Uint8Array }> {
    if (request.length > MAX_PART_BYTES) {
      throw new RangeError(
        `Cannot send the request: it must have at most ${MAX_PART_BYTES} bytes, got ${request.length}`,
      );
    }
    const number = ++this.#requests;
    const plain = new Uint8Array(1 + request.length);
    plain[0] = kind;
    plain.set(request, 1);
    const sealed = this.#seal("request", number, [node], plain);
    const answer = await this.#options.rpc.call(node, sealed, timeoutMs);
    try {
      const bound = [this.#options.node, number];
      const opened = this.#open("answer", answer, bound, node).plain;
      const parts = new DataView(opened.buffer, opened.byteOffset).getUint16(0);
      return { number, parts, part: opened.subarray(PARTS_BYTES) };
    } catch (cause) {
      throw new RpcTimeoutError(
        `Cannot call node ${node}: its answer cannot be used`,
        { cause },
      );
    }
  }

  serve(
    node: string,
    handler: (request: Uint8Array) => Promise<Uint8Array>,
  ): () => void {
    const stop = this.#options.rpc.serve(node, async (sealed) => {
      let caller: string;
      let number: number;
      let plain: Uint8Array;
      try {
        ({ writer: caller, number, plain } = this.#open("request", sealed, [
          node,
        ]));
        this.#assertNew(caller, number);
      } catch (error) {
        if (error instanceof ForgedCallError) this.#options.onForged?.(error);
        throw error;
      }
      const request = plain.subarray(1);
      const { part, parts } = plain[0] === PART
        ? this.#laterPart(caller, request)
        : this.#held.begin(`${caller}/${number}`, await handler(request));
      const answer = new Uint8Array(PARTS_BYTES + part.length);
      new DataView(answer.buffer).setUint16(0, parts);
      answer.set(part, PARTS_BYTES);
      return this.#seal("answer", ++this.#answers, [caller, number], answer);
    });
    return () => {
      stop();
      this.#held.clear();
    };
  }

  #laterPart(
    caller: string,
    wanted: Uint8Array,
  ): { part: Uint8Array; parts: number } {
    const view = new DataView(wanted.buffer, wanted.byteOffset);
    const name = `${caller}/${view.getBigUint64(0)}`;
    const part = this.#held.part(name, Number(view.getBigUint64(8)));
    return part === undefined
      ? { part: new Uint8Array(), parts: 0 }
      : { part, parts: 1 };
  }

  #seal(
    purpose: "request" | "answer",
    number: number,
    bound: readonly unknown[],
    plain: Uint8Array,
  ): Uint8Array {
    const { keys, node, clock } = this.#options;
    const timed = new Uint8Array(TIME_BYTES + plain.length);
    new DataView(timed.buffer).setFloat64(0, clock.now());
    timed.set(plain, TIME_BYTES);
    const nonce = toNonce(number);
    const sealed = keys.seal(purpose, node, nonce, bound, timed);
    const message = new Uint8Array(HEAD_BYTES + sealed.length);
    message.set(new TextEncoder().encode(node.padEnd(NODE_BYTES)));
    message.set(nonce, NODE_BYTES);
    message.set(sealed, HEAD_BYTES);
    return message;
  }

  #open(
    purpose: "request" | "answer",
    message: Uint8Array,
    bound: readonly unknown[],
    expected?: string,
  ): { writer: string; number: number; plain: Uint8Array } {
    const { keys, clock } = this.#options;
    const writer = new TextDecoder().decode(message.slice(0, NODE_BYTES))
      .trimEnd();
    const nonce = message.slice(NODE_BYTES, HEAD_BYTES);
    let timed: Uint8Array;
    try {
      if (expected !== undefined && writer !== expected) {
        throw new SyntaxError("another node sent it");
      }
      const sealed = message.subarray(HEAD_BYTES);
      timed = keys.open(purpose, writer, nonce, bound, sealed);
    } catch (cause) {
      throw new ForgedCallError(
        `Cannot accept the ${purpose}: it was not sent with the secret key`,
        { cause },
      );
    }
    const ageMs = clock.now() -
      new DataView(timed.buffer, timed.byteOffset).getFloat64(0);
    if (Math.abs(ageMs) > MAX_AGE_MS) {
      throw new ForgedCallError(
        `Cannot accept the ${purpose} of node ${writer}: it must be at most ${MAX_AGE_MS} ms old, got ${
          Math.round(ageMs)
        }. Set the clocks of both machines.`,
      );
    }
    const number = Number(
      new DataView(nonce.buffer, nonce.byteOffset).getBigUint64(0),
    );
    return { writer, number, plain: timed.subarray(TIME_BYTES) };
  }

  #assertNew(caller: string, number: number): void {
    const known = this.#callers.get(caller) ?? { highest: 0, seen: new Set() };
    const { highest, seen } = known;
    if (seen.has(number) || number <= highest - WINDOW) {
      throw new ForgedCallError(
        `Cannot accept the request of node ${caller}: number ${number} was received before`,
      );
    }
    seen.add(number);
    if (number > highest) {
      known.highest = number;
      for (const one of seen) {
        if (one > number - WINDOW) break;
        seen.delete(one);
      }
    }
    this.#callers.delete(caller);
    this.#callers.set(caller, known);
    if (this.#callers.size > MAX_CALLERS) {
      this.#callers.delete(this.#callers.keys().next().value!);
    }
  }
}

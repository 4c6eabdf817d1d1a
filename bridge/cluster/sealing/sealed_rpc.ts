/** Encrypts calls between nodes, and refuses those that are repeated or late. @module */

import { type Rpc, RpcTimeoutError } from "../rpc.ts";
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
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
  /** Called with requests that were refused. */
  readonly onForged?: (error: ForgedCallError) => void;
}

/** Seals what another {@linkcode Rpc} carries. */
export class SealedRpc implements Rpc {
  readonly #options: SealedRpcOptions;
  readonly #callers = new Map<string, { highest: number; seen: Set<number> }>();
  #requests = 0;
  #answers = 0;

  constructor(options: SealedRpcOptions) {
    this.#options = options;
  }

  async call(
    node: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    assertSize(request, "request");
    const number = ++this.#requests;
    const sealed = this.#seal("request", number, [node], request);
    const answer = await this.#options.rpc.call(node, sealed, timeoutMs);
    try {
      return this.#open("answer", answer, [this.#options.node, number], node)
        .plain;
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
    return this.#options.rpc.serve(node, async (sealed) => {
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
      const answer = await handler(plain);
      assertSize(answer, "answer");
      return this.#seal("answer", ++this.#answers, [caller, number], answer);
    });
  }

  #seal(
    purpose: "request" | "answer",
    number: number,
    bound: readonly unknown[],
    plain: Uint8Array,
  ): Uint8Array {
    const { keys, node, now } = this.#options;
    const timed = new Uint8Array(TIME_BYTES + plain.length);
    new DataView(timed.buffer).setFloat64(0, now());
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
    const { keys, now } = this.#options;
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
    const ageMs = now() -
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

function assertSize(message: Uint8Array, what: string): void {
  if (message.length <= MAX_PART_BYTES) return;
  throw new RangeError(
    `Cannot send the ${what}: it must have at most ${MAX_PART_BYTES} bytes, got ${message.length}`,
  );
}

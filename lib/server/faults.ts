/** Scripted misbehaviour of the server, for tests of its clients. @module */

import { type Clock, sleep } from "../clock.ts";
import type { CommandName } from "../protocol/codes.ts";
import type { QqAnswer } from "./http/answer.ts";

/**
 * A way in which a reply of the server goes wrong.
 *
 * @category Server
 */
export type Misbehaviour =
  /** The answer comes so much later, in milliseconds. */
  | { type: "late"; lateMs: number }
  /** No answer: the connection closes, or an empty 200 on the fetch front. */
  | { type: "null" }
  /** No answer, and the connection stays open until the client gives up. */
  | { type: "silent" }
  /** The response breaks off after so many bytes of its body. */
  | { type: "cut"; bytes: number }
  /** This RES and nothing more, and nothing is done; so much later, in milliseconds. */
  | { type: "res"; res: number; lateMs?: number }
  /** This text as the body. */
  | { type: "body"; body: string }
  /** This value of a field in place of the true one, such as CMD or SEQ. */
  | { type: "field"; code: string; value: string }
  /** This HTTP status, with this text. */
  | { type: "http"; status: number; body: string }
  /** A second response on the connection: this text, or the first again. */
  | { type: "twice"; body?: string };

/**
 * Which requests go wrong, how, and how often.
 *
 * @category Server
 */
export interface Fault {
  /** Only this command. Absent: any. */
  cmd?: CommandName;
  /** Only this number's requests. Absent: anybody's. */
  uin?: string;
  /**
   * How many requests; then the fault is gone.
   *
   * @default {1}
   */
  times?: number;
  /**
   * Whether the server does what it is asked, and only the answer suffers.
   * `res` never acts.
   *
   * @default {true}
   */
  acts?: boolean;
  /** The way in which the reply goes wrong. */
  how: Misbehaviour;
}

/**
 * A script of faults. The first that matches a request is used up by it.
 * Requests that are NULL anyway match none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { QqClient } from "@tqq/tqq";
 * import { addDemo, createServer, Faults } from "@tqq/tqq/server";
 *
 * const faults = new Faults();
 * const server = createServer({ faults });
 * await addDemo(server);
 * const client = new QqClient({
 *   uin: "10001",
 *   password: "demo",
 *   fetch: (url, init) => server.fetch(new Request(url, init)),
 * });
 * await client.login();
 * // The next message arrives, but its sender never learns that it did.
 * faults.add({ cmd: "CLTMSG", how: { type: "null" } });
 * const error = await client.send("10002", "hi").catch((error) => error);
 * assertEquals([error.code, faults.pending], ["outcome_unknown", 0]);
 *
 * await client[Symbol.asyncDispose]();
 * await server.close();
 * ```
 * @category Server
 */
export class Faults {
  #script: { fault: Fault; left: number }[] = [];

  /**
   * Appends a fault to the script, and returns the script.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Faults } from "@tqq/tqq/server";
   *
   * const faults = new Faults().add({ cmd: "CLTMSG", how: { type: "null" }, times: 2 });
   * assertEquals(faults.pending, 2);
   * ```
   */
  add(fault: Fault): this {
    this.#script.push({ fault, left: fault.times ?? 1 });
    return this;
  }

  /**
   * Forgets all faults that are left.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Faults } from "@tqq/tqq/server";
   *
   * const faults = new Faults().add({ how: { type: "null" } });
   * faults.clear();
   * assertEquals(faults.pending, 0);
   * ```
   */
  clear(): void {
    this.#script = [];
  }

  /**
   * How many requests will go wrong, if they come.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Faults } from "@tqq/tqq/server";
   *
   * const faults = new Faults().add({ how: { type: "res", res: 3 } });
   * assertEquals(faults.pending, 1);
   * ```
   */
  get pending(): number {
    return this.#script.reduce((sum, { left }) => sum + left, 0);
  }

  /**
   * Uses up the first fault for a request.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Faults } from "@tqq/tqq/server";
   *
   * const faults = new Faults().add({ cmd: "List", how: { type: "res", res: 3 } });
   * assertEquals(faults.take("Finger", "10001"), undefined);
   * assertEquals(faults.take("List", "10001")?.cmd, "List");
   * ```
   */
  take(cmd: CommandName, uin: string): Fault | undefined {
    const index = this.#script.findIndex(({ fault }) =>
      (fault.cmd ?? cmd) === cmd && (fault.uin ?? uin) === uin
    );
    const entry = this.#script[index];
    if (entry === undefined) return undefined;
    if (--entry.left <= 0) this.#script.splice(index, 1);
    return entry.fault;
  }
}

/** What a fault needs to know of the request that it strikes. */
export interface Struck {
  /** Source of time and timers; tests pass a fake. */
  clock: Clock;
  /** Aborted when the client goes away, or the server ends. */
  signal: AbortSignal;
  /** Answers as the server would. */
  perform: () => Promise<QqAnswer>;
  /** The reply that says a RES and nothing more. */
  failed: (res: number) => QqAnswer;
}

/** Answers as a fault says. */
export async function misbehave(
  fault: Fault,
  { clock, signal, perform, failed }: Struck,
): Promise<QqAnswer> {
  const { how } = fault;
  if (how.type === "res") {
    const { lateMs = 0 } = how;
    if (lateMs > 0) await sleep(clock, lateMs, signal).catch(() => {});
    return failed(how.res);
  }
  const answer: QqAnswer = fault.acts === false
    ? { type: "null" }
    : await perform();
  const body = answer.type === "reply" ? answer.bodies[0]! : "";
  switch (how.type) {
    case "late":
      await sleep(clock, how.lateMs, signal).catch(() => {});
      return answer;
    case "null":
      return { type: "null" };
    case "silent":
      return { type: "silent" };
    case "cut":
      return { type: "cut", body, bytes: how.bytes };
    case "http":
      return { type: "http", status: how.status, body: how.body };
    case "body":
      return replied(answer, [how.body]);
    case "field": {
      const field = new RegExp(`(^|&)${how.code}=[^&]*`);
      const wrong = (_: string, before: string) =>
        `${before}${how.code}=${how.value}`;
      return replied(answer, [body.replace(field, wrong)]);
    }
    case "twice":
      return replied(answer, [body, how.body ?? body]);
  }
}

function replied(answer: QqAnswer, bodies: string[]): QqAnswer {
  const headers = answer.type === "reply" ? answer.headers : {};
  return { type: "reply", bodies, headers };
}

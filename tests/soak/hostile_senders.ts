/**
 * Old clients that send messages to healthy clients at a pace, in a process of
 * their own. They print `ready` once all are logged in, stop when standard input
 * ends, and print how many messages each healthy client was sent.
 *
 * deno run --allow-all tests/soak/hostile_senders.ts QQ_PORT MESSAGES_A_SECOND
 *
 * @module
 */

import { delay } from "@std/async";
import { md5Hex } from "../../mod.ts";
import { RawSocket } from "../support/raw_socket.ts";

export const PASSWORD = "a password of the soak";

/** Healthy clients, each with an account of its own and one sender. */
export const HEALTHY = 100;

export const FIRST_RECEIVER = 40_001;
export const FIRST_SENDER = 50_001;

/** Healthy clients whose events slow readers subscribe to as well: the first ones. */
export const SUBSCRIBED = 10;

/** Makes the messages of subscribed accounts long enough to fill the buffers of slow readers. */
const LONG_PADDING = "x".repeat(1500);

/** Makes all others as long as what people write: about 60 characters. */
const PADDING = "x".repeat(35);

/** How far behind its pace a sender may be, in milliseconds. What is later is not made up for. */
const MAX_BEHIND_MS = 1000;

/** The time that all processes of a machine share, in milliseconds. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}

/** An old client that sends messages over one connection. */
class Sender {
  sent = 0;
  #seq = 1;

  private constructor(readonly socket: RawSocket, readonly nth: number) {}

  static async login(port: number, nth: number): Promise<Sender> {
    const sender = new Sender(await RawSocket.connect(port), nth);
    await sender.ask(
      "Login",
      `PS=${md5Hex(PASSWORD)}&M5=1&LC=9326B87B234E7235`,
    );
    return sender;
  }

  /** Sends at a pace until the signal. */
  async send(everyMs: number, signal: AbortSignal): Promise<void> {
    let dueAt = performance.now() + everyMs * this.nth / HEALTHY;
    while (!signal.aborted) {
      const earlyMs = dueAt - performance.now();
      if (earlyMs > 1) await delay(earlyMs);
      dueAt = Math.max(dueAt + everyMs, performance.now() - MAX_BEHIND_MS);
      const receiver = FIRST_RECEIVER + this.nth;
      const padding = this.nth < SUBSCRIBED ? LONG_PADDING : PADDING;
      const text = `${this.sent++}-${sharedNow()}-${padding}`;
      await this.ask("CLTMSG", `UN=${receiver}&MG=${text}`);
    }
  }

  async ask(command: string, fields: string): Promise<void> {
    const body = `VER=1.1&CMD=${command}&SEQ=${this.#seq++}&UIN=${
      FIRST_SENDER + this.nth
    }&${fields}`;
    await this.socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const { head } = await this.socket.head();
    const bytes = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
    const reply = await this.socket.text(bytes);
    if (!reply.includes("&RES=0")) throw new Error(`${command}: ${reply}`);
  }
}

if (import.meta.main) {
  const [port, perSecond] = Deno.args.map(Number);
  const senders: Sender[] = [];
  for (let nth = 0; nth < HEALTHY; nth++) {
    senders.push(await Sender.login(port!, nth));
  }
  console.log("ready");
  const end = new AbortController();
  const everyMs = 1000 * HEALTHY / perSecond!;
  const sending = Promise.all(
    senders.map((sender) => sender.send(everyMs, end.signal)),
  );
  for await (const _ of Deno.stdin.readable);
  end.abort();
  await sending;
  console.log(JSON.stringify(senders.map(({ sent }) => sent)));
  Deno.exit(0);
}

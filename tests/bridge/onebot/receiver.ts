import { delay } from "@std/async";
import type { FakeClock } from "../../support/fake_clock.ts";
import type { Frame, Stage } from "./stage.ts";

interface Posted {
  headers: Headers;
  text: string;
  body: Frame;
}

/** A receiver of events, which answers as a test says. */
export class Receiver implements AsyncDisposable {
  readonly posted: Posted[] = [];
  /** What the next events are answered with; 204 where there is nothing. */
  readonly answers: (Response | Promise<Response> | "cut")[] = [];
  /** Answers an event that `answers` has nothing for. */
  answer: (event: Frame) => Promise<Response | undefined> = () =>
    Promise.resolve(undefined);
  /** How many events were answered. */
  taken = 0;
  /** The status that all is answered with, while there is one. */
  status: number | undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #changed: (() => void)[] = [];

  constructor(port = 0) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      async (request) => {
        const text = await request.text();
        const body = JSON.parse(text);
        const isEvent = body.post_type !== "meta_event" ||
          body.meta_event_type === "gap";
        const answer = isEvent ? this.answers.shift() : undefined;
        this.posted.push({ headers: request.headers, text, body });
        for (const resolve of this.#changed.splice(0)) resolve();
        if (answer === "cut") throw new Error("cut");
        if (this.status !== undefined) {
          return new Response(null, { status: this.status });
        }
        const given = await answer ?? await this.answer(body);
        if (body.seq !== undefined) this.taken++;
        return given ?? new Response(null, { status: 204 });
      },
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/post?key=s3cret`;
  }

  /** The events, without those about the bridge itself. */
  get events(): Frame[] {
    return this.posted.map(({ body }) => body).filter(({ seq }) =>
      seq !== undefined
    );
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Drives a stage on a fake clock while real requests are under way. */
export async function until(stage: Stage, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await delay(2);
    await stage.settle();
  }
}

/** Requests of this process that have no response yet. */
let requests = 0;
const realFetch = globalThis.fetch;
globalThis.fetch = async (...request) => {
  requests++;
  try {
    return await realFetch(...request);
  } finally {
    requests--;
  }
};

/** Waits until every request of this process has its response. */
export async function answered(): Promise<void> {
  do await tick(); while (requests > 0);
  await tick();
}

/**
 * The same, while the clock runs. It stands still while a request is under way:
 * on a busy machine the receiver would else be too late by the fake clock.
 */
export async function untilLater(
  stage: Stage,
  isSo: () => boolean,
): Promise<void> {
  while (!isSo()) {
    await answered();
    if (isSo()) return;
    await (stage.clock as FakeClock).advance(1000);
  }
}

/** Lets real sockets work for a moment. */
export function tick(): Promise<void> {
  return delay(2);
}

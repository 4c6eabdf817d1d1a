/** A receiver of webhooks, which answers as a test says. @module */

/** A request that the receiver got. */
export interface Posted {
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly frame: any;
}

export class HookReceiver implements AsyncDisposable {
  readonly posted: Posted[] = [];
  /** Returns the status of an answer. */
  answer: (posted: Posted) => number = () => 204;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #changed: (() => void)[] = [];

  constructor(port = 0) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      async (request) => {
        const text = await request.text();
        const posted = {
          headers: request.headers,
          text,
          frame: JSON.parse(text),
        };
        const status = this.answer(posted);
        this.posted.push(posted);
        for (const resolve of this.#changed.splice(0)) resolve();
        return new Response(null, { status });
      },
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?key=s3cret`;
  }

  /** The requests that carry an event or a gap. */
  get frames(): Posted[] {
    return this.posted.filter(({ frame }) => frame.type !== "ping");
  }

  /** Positions of the events, in the order of their arrival. */
  get seqs(): number[] {
    return this.frames.map(({ frame }) => frame.seq ?? frame.to);
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

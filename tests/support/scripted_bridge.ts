import type { EventFrame, GapFrame } from "../../mod.ts";

/** What a scripted bridge answers to a command: its data, or why not. */
export type ScriptedAnswer =
  | { data: unknown }
  | { error: { code: string; message: string; retriable: boolean } }
  /** Nothing at all. */
  | "silence";

/** How it behaves. */
export interface ScriptedBridgeOptions {
  /** What is said after the welcome. */
  events?: readonly (EventFrame | GapFrame)[];
  /** Answers by the command's name. */
  answers?: Readonly<
    Record<string, (params: Record<string, unknown>) => ScriptedAnswer>
  >;
}

/** The token that it takes. */
export const SCRIPTED_TOKEN = "the-token-of-the-scripted-bridge";

/** A bridge on a real socket that sends what its script says. */
export class ScriptedBridge implements AsyncDisposable {
  /** Commands as they came. */
  readonly commands: Record<string, unknown>[] = [];
  /** Queries of the connections. */
  readonly queries: string[] = [];
  /** The last event that was acknowledged. */
  acked = 0;
  readonly #options: ScriptedBridgeOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(options: ScriptedBridgeOptions = {}) {
    this.#options = options;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#upgrade(request),
    );
  }

  /** Its URL, with `ws:` and without a path. */
  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #upgrade(request: Request): Response {
    this.queries.push(new URL(request.url).search);
    const { socket, response } = Deno.upgradeWebSocket(request, {
      protocol: "tqq.v1",
      idleTimeout: 0,
    });
    const say = (frame: unknown) => socket.send(JSON.stringify(frame));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      switch (frame.type) {
        case "hello":
          if (frame.token !== SCRIPTED_TOKEN) return socket.close(1008);
          say({ type: "welcome", protocol: 1, epoch: "k3f9", seq: 4182 });
          return this.#options.events?.forEach(say);
        case "ack":
          this.acked = frame.seq;
          return;
        case "command": {
          this.commands.push(frame);
          const answer =
            this.#options.answers?.[frame.command]?.(frame.params) ??
              { data: {} };
          if (answer === "silence") return;
          say({
            type: "result",
            id: frame.id,
            ok: "data" in answer,
            ...answer,
          });
        }
      }
    };
    return response;
  }
}

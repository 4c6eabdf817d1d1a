/** What the runtimes talk to: a QQ server, a bridge, and a relay that cuts connections. @module */

import { md5Hex } from "../../mod.ts";
import * as library from "../../mod.ts";
import { DEMO_TOKEN, DemoBridge } from "../support/demo_bridge.ts";
import { Relay } from "../support/relay.ts";
import commands from "../vectors/commands.json" with { type: "json" };
import md5 from "../vectors/md5.json" with { type: "json" };
import replies from "../vectors/replies.json" with { type: "json" };
import type { StageInfo } from "./cases.ts";

/** Lengths around the blocks of MD5, and a long one. */
const MD5_LENGTHS = [0, 55, 56, 63, 64, 65, 119, 120, 1024 * 1024];

/** The first account of a runtime. */
const FIRST_UIN = 20001;

/** One for all runtimes; each gets an account, a consumer and a relay of its own. */
export class Stage implements AsyncDisposable {
  readonly #demo: DemoBridge;
  readonly #listener: Awaited<ReturnType<DemoBridge["qq"]["listen"]>>;
  readonly #control: Deno.HttpServer<Deno.NetAddr>;
  readonly #relays: Relay[] = [];

  private constructor(demo: DemoBridge) {
    this.#demo = demo;
    this.#listener = demo.qq.listen({ port: 0 });
    this.#control = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        const nth = Number(new URL(request.url).pathname.slice(1));
        if (request.method === "POST") this.#relays[nth]!.cutAll();
        return new Response(null, {
          status: 204,
          headers: { "access-control-allow-origin": "*" },
        });
      },
    );
  }

  /**
   * @param page Origin whose pages may use the bridge and the QQ server.
   * @param foreignPage Origin whose pages may use only the bridge.
   */
  static async start(
    { page, foreignPage }: { page: string; foreignPage: string },
  ): Promise<Stage> {
    return new Stage(
      await DemoBridge.start({
        allowOrigins: [page, foreignPage],
        qqAllowOrigins: [page],
      }),
    );
  }

  /** URL of the bridge. */
  get http(): string {
    return this.#demo.http;
  }

  /** Makes room for one runtime. */
  async enter(reachesQq: boolean): Promise<StageInfo> {
    const nth = this.#relays.length;
    this.#relays.push(new Relay(Number(new URL(this.http).port)));
    const uin = String(FIRST_UIN + nth);
    await this.#demo.qq.createAccount({ uin, passwordMd5: md5Hex("demo") });
    await this.#demo.qq.befriend(uin, "10000");
    return {
      names: Object.keys(library).sort(),
      qq: `http://127.0.0.1:${this.#listener.port}/`,
      uin,
      ws: `ws://127.0.0.1:${this.#relays[nth]!.port}/ws`,
      token: DEMO_TOKEN,
      cut: `http://127.0.0.1:${this.#control.addr.port}/${nth}`,
      md5: [
        ...md5 as [string, string][],
        ...MD5_LENGTHS.map((length) =>
          [
            length,
            md5Hex(Uint8Array.from({ length }, (_, at) => at & 255)),
          ] as [number, string]
        ),
      ],
      vectors: [
        ...commands.map((one) => ({ kind: "command" as const, ...one })),
        ...replies.map((one) => ({ kind: "reply" as const, ...one })),
      ],
      reachesQq,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const relay of this.#relays) relay[Symbol.dispose]();
    await this.#control.shutdown();
    await this.#listener.close();
    await this.#demo[Symbol.asyncDispose]();
  }
}

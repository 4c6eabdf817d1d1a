/** A bridge with an embedded QQ server in each Durable Object, one object for each test. @module */

import { BridgeObject, type ObjectState } from "../../bridge/cloudflare/mod.ts";
import { addDemo, createServer, type QqServer } from "../../lib/server/mod.ts";
import type { Limits } from "../../mod.ts";
import { READER, TOKEN } from "../contract/front_tokens.ts";

interface Objects {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

/** The object's name is JSON that holds the limits. */
interface NamedState extends ObjectState {
  readonly id: { readonly name: string };
}

export class Bridge extends BridgeObject<string> {
  declare server: QqServer;
  declare failures: string[];
  readonly #isReady: Promise<void>;

  constructor(state: NamedState) {
    super(state, state.id.name);
    this.#isReady = addDemo(this.server);
  }

  override options(name: string) {
    const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
    const failures: string[] = [];
    this.server = server;
    this.failures = failures;
    const { limits } = JSON.parse(name) as { limits: Partial<Limits> };
    return {
      accounts: [{ uin: "10001", password: "demo" }],
      endpoint: server.answer,
      token: TOKEN,
      tokens: [{ name: "reader", token: READER, accounts: ["10001"] }],
      limits,
      onError: (error: unknown) => failures.push(String(error)),
    };
  }

  override async fetch(request: Request): Promise<Response> {
    await this.#isReady;
    switch (new URL(request.url).pathname) {
      case "/test/deliver":
        await this.server.deliver("10001", {
          type: "message",
          from: "10002",
          text: await request.text(),
        });
        return new Response();
      case "/test/stop":
        await this.stop();
        return Response.json(this.failures);
      default:
        return await super.fetch(request);
    }
  }
}

/** Name of the object of the current test. */
let current = "";

export default {
  async fetch(request: Request, env: { BRIDGE: Objects }): Promise<Response> {
    if (new URL(request.url).pathname === "/test/start") {
      current = await request.text();
      return new Response();
    }
    return await env.BRIDGE.get(env.BRIDGE.idFromName(current)).fetch(request);
  },
};

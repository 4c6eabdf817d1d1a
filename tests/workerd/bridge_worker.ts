/** The bridge of the example, with what tests need. @module */

import {
  BridgeObject,
  bridgeWorker,
  type ObjectState,
} from "../../bridge/cloudflare/mod.ts";

interface Env {
  QQ_URL: string;
  QQ_PASSWORD: string;
  TQQ_TOKEN: string;
  /** QQ numbers of the accounts, separated by commas. */
  ACCOUNTS: string;
  WATCHDOG_MS: string;
}

interface AbortableState extends ObjectState {
  abort(reason: string): void;
}

export class Bridge extends BridgeObject<Env> {
  readonly #state: AbortableState;

  constructor(state: AbortableState, env: Env) {
    super(state, env);
    this.#state = state;
  }

  override options(env: Env) {
    return {
      accounts: env.ACCOUNTS.split(",").map((uin) => ({
        uin,
        password: env.QQ_PASSWORD,
      })),
      endpoint: env.QQ_URL,
      token: env.TQQ_TOKEN,
      watchdogMs: Number(env.WATCHDOG_MS),
    };
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/test/abort") {
      this.#state.abort("a test asks for it");
    }
    return await super.fetch(request);
  }
}

export default bridgeWorker("BRIDGE");

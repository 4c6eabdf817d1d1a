/**
 * A durable bridge on Cloudflare Workers: the package, a token and the password
 * as secrets, and this file.
 *
 *     npm install @tqq/tqq wrangler
 *     npx wrangler secret put QQ_PASSWORD
 *     npx wrangler secret put TQQ_TOKEN
 *     npx wrangler deploy
 *
 * @module
 */

import { BridgeObject, bridgeWorker } from "@tqq/tqq/cloudflare";

interface Env {
  QQ_URL: string;
  QQ_UIN: string;
  QQ_PASSWORD: string;
  TQQ_TOKEN: string;
}

export class Bridge extends BridgeObject<Env> {
  override options(env: Env) {
    return {
      accounts: [{ uin: env.QQ_UIN, password: env.QQ_PASSWORD }],
      endpoint: env.QQ_URL,
      token: env.TQQ_TOKEN,
    };
  }
}

export default bridgeWorker("BRIDGE");

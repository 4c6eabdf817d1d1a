/**
 * The durable bridge at the edge: one Durable Object of Cloudflare Workers,
 * with its journal in the object's SQLite database.
 *
 * @example `worker.ts`
 * ```ts ignore
 * import { BridgeObject, bridgeWorker } from "@tqq/tqq/cloudflare";
 *
 * interface Env {
 *   QQ_URL: string;
 *   QQ_PASSWORD: string;
 *   TQQ_TOKEN: string;
 * }
 *
 * export class Bridge extends BridgeObject<Env> {
 *   override options(env: Env) {
 *     return {
 *       accounts: [{ uin: "10001", password: env.QQ_PASSWORD }],
 *       endpoint: env.QQ_URL,
 *       token: env.TQQ_TOKEN,
 *     };
 *   }
 * }
 *
 * export default bridgeWorker("BRIDGE");
 * ```
 *
 * @module
 */

export {
  BridgeObject,
  type ObjectOptions,
  type ObjectState,
} from "./bridge_object.ts";
export { type BridgeWorker, bridgeWorker } from "./bridge_worker.ts";
export type { ObjectCursor, ObjectStorage } from "./object_database.ts";
export type {
  Answerer,
  EdgeAccount,
  EdgeMetrics,
  EdgeOptions,
  EdgeSocket,
  EdgeToken,
  Limits,
  QqAnswer,
  QqRequest,
  Retention,
  Scope,
  Transport,
  TransportRequest,
  TransportResponse,
} from "../mod.ts";

/**
 * Metrics of an edge bridge in the text format of Prometheus. They are apart
 * from the bridge, because their library is a fifth of its size.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createBridge } from "@tqq/tqq/bridge";
 * import { createMetrics } from "@tqq/tqq/metrics";
 *
 * const bridge = createBridge({
 *   accounts: [],
 *   endpoint: "https://qq.example.org/",
 *   token: "a-token-of-yours",
 *   metrics: createMetrics(),
 *   signals: false,
 * });
 * const response = await bridge.fetch(
 *   new Request("http://127.0.0.1/metrics?access_token=a-token-of-yours"),
 * );
 * assertEquals((await response.text()).includes("tqq_events_total"), true);
 * await bridge.stop();
 * ```
 *
 * @module
 */

import type { EdgeMetrics } from "./edge/options.ts";
import { Metrics } from "./ops/metrics.ts";
import { VERSION } from "./version.ts";

export type { EdgeMetrics } from "./edge/options.ts";

/**
 * Creates the metrics of one bridge, for its option `metrics`.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { createMetrics } from "@tqq/tqq/metrics";
 *
 * assertMatch(await createMetrics().text(), /^tqq_mail_items_total 0$/m);
 * ```
 * @category Edge
 */
export function createMetrics(): EdgeMetrics {
  return new Metrics(VERSION);
}

// deno-lint-ignore-file no-import-prefix -- the parts have no types of their own
/**
 * The library of the metrics format, with its exact version. The edge does without it.
 * Only four of its parts are loaded: the whole takes three times as long at each start.
 *
 * @module
 */

import type * as all from "npm:prom-client@15.1.3";
import counter from "npm:prom-client@15.1.3/lib/counter.js";
import gauge from "npm:prom-client@15.1.3/lib/gauge.js";
import histogram from "npm:prom-client@15.1.3/lib/histogram.js";
import registry from "npm:prom-client@15.1.3/lib/registry.js";

/** A figure that grows. */
export const Counter = counter as typeof all.Counter;
/** A figure that goes up and down. */
export const Gauge = gauge as typeof all.Gauge;
/** How figures are distributed. */
export const Histogram = histogram as typeof all.Histogram;
/** All figures of a program. */
export const Registry = registry as typeof all.Registry;

/** A figure that grows. */
export type Counter<T extends string = string> = all.Counter<T>;
/** A figure that goes up and down. */
export type Gauge<T extends string = string> = all.Gauge<T>;
/** How figures are distributed. */
export type Histogram<T extends string = string> = all.Histogram<T>;
/** All figures of a program. */
export type Registry = all.Registry;

/** The library of the metrics format, with its exact version. The edge does without it. @module */

export { Counter, Gauge, Histogram, Registry } from "npm:prom-client@15.1.3";

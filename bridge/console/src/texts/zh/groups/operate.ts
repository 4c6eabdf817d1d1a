/** Chinese texts of a group, loaded together, because one file is smaller than several: the pages on which the bridge is operated. @module */

export { ZH as OPERATE } from "../operate.ts";
export { ZH as TARGETS } from "../targets.ts";
export { ZH as FIGURES } from "../figures.ts";
export { ZH as LOGS } from "../logs.ts";
export { ZH as OVERVIEW } from "../overview.ts";

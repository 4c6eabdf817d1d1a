/** The third parties that the benchmarks compare with. @module */

// @ts-types="./peers.d.ts"
export {
  parse as fastParse,
  stringify as fastStringify,
} from "npm:fast-querystring@1.1.2";
export {
  parse as picoParse,
  stringify as picoStringify,
} from "npm:picoquery@2.5.0";
export {
  parse as nodeParse,
  stringify as nodeStringify,
} from "node:querystring";

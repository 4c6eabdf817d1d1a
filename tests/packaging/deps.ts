/** The third party of the tests of packages. @module */

// @ts-types="./yaml.d.ts"
export { parse as parseYaml } from "npm:deno-std@1.4.0/yaml/parse.js";

/** What the tests use of `@std/async`, with types. @module */

// @ts-types="./async.d.ts"
export { delay } from "npm:deno-std@1.4.0/async/delay.js";
// @ts-types="./async.d.ts"
export { deadline } from "npm:deno-std@1.4.0/async/deadline.js";

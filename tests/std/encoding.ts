/** What the tests use of `@std/encoding`, with types. @module */

// @ts-types="./encoding.d.ts"
export { decodeBase64 } from "npm:deno-std@1.4.0/encoding/base64.js";

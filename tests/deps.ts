/** The third parties of the tests. @module */

// @ts-types="./std.d.ts"
export { assert } from "npm:deno-std@1.4.0/assert/assert.js";
// @ts-types="./std.d.ts"
export { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
// @ts-types="./std.d.ts"
export { assertThrows } from "npm:deno-std@1.4.0/assert/throws.js";
// @ts-types="./std.d.ts"
export { assertRejects } from "npm:deno-std@1.4.0/assert/rejects.js";
// @ts-types="./std.d.ts"
export { assertStringIncludes } from "npm:deno-std@1.4.0/assert/string_includes.js";
// @ts-types="./std.d.ts"
export { assertMatch } from "npm:deno-std@1.4.0/assert/match.js";
// @ts-types="./std.d.ts"
export { assertInstanceOf } from "npm:deno-std@1.4.0/assert/instance_of.js";
// @ts-types="./std.d.ts"
export { AssertionError } from "npm:deno-std@1.4.0/assert/assertion_error.js";
export { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";

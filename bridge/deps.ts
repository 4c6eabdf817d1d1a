/** The third parties of the bridge, each with its exact version. @module */

export { type Context, Hono } from "npm:hono@4.13.19";
export { cors } from "npm:hono@4.13.19/cors";
export {
  parse as parseCookie,
  serialize as serializeCookie,
} from "npm:hono@4.13.19/utils/cookie";
export { secureHeaders } from "npm:hono@4.13.19/secure-headers";
// @ts-types="./std.d.ts"
export { STATUS_TEXT } from "npm:deno-std@1.4.0/http/status.js";
// @ts-types="./std.d.ts"
export {
  type ServerSentEventMessage,
  ServerSentEventStream,
} from "npm:deno-std@1.4.0/http/server_sent_event_stream.js";
// @ts-types="./std.d.ts"
export { eTag, ifNoneMatch } from "npm:deno-std@1.4.0/http/etag.js";
// @ts-types="./std.d.ts"
export { acceptsEncodings } from "npm:deno-std@1.4.0/http/negotiation.js";
// @ts-types="./std.d.ts"
export { closestString } from "npm:deno-std@1.4.0/text/closest_string.js";
// @ts-types="./std.d.ts"
export { levenshteinDistance } from "npm:deno-std@1.4.0/text/levenshtein_distance.js";
// @ts-types="./std.d.ts"
export { promptSecret } from "npm:deno-std@1.4.0/cli/prompt_secret.js";

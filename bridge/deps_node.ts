/**
 * The third parties of the program's own front, each with its exact version. The
 * edge does without them: `ws` asks for the environment as soon as it is loaded.
 *
 * @module
 */

export { getRequestListener } from "npm:@hono/node-server@2.1.9";
export { RESPONSE_ALREADY_SENT } from "npm:@hono/node-server@2.1.9/utils/response";
// @ts-types="./ws.d.ts"
export { type Receiver, WebSocket, WebSocketServer } from "npm:ws@8.23.0";

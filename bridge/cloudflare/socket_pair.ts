/** WebSockets of Cloudflare Workers. @module */

import type { EdgeSocket, UpgradeWebSocket } from "../edge/edge_socket.ts";

/** One end of a pair, which sends and receives once it is accepted. */
interface PairSocket extends EdgeSocket {
  accept(): void;
}

/** The globals of the platform that are used. */
interface Platform {
  readonly WebSocketPair: new () => {
    readonly 0: unknown;
    readonly 1: PairSocket;
  };
}

/** Accepts a WebSocket: the first end of a pair goes with the response, the bridge keeps the second. */
export const upgradeToPair: UpgradeWebSocket = (_request, { protocol }) => {
  const { WebSocketPair } = globalThis as unknown as Platform;
  const { 0: webSocket, 1: socket } = new WebSocketPair();
  socket.accept();
  const init = {
    status: 101,
    webSocket,
    headers: protocol === undefined
      ? {}
      : { "sec-websocket-protocol": protocol },
  };
  return { socket, response: new Response(null, init as ResponseInit) };
};

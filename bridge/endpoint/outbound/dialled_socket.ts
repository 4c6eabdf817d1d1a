/** WebSockets that the bridge opens, through the package `ws`. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { AddressPolicy } from "../../targets/address_policy.ts";
import type { DeliveryError } from "../../targets/line_status.ts";
import type { WebSocket } from "../../deps_node.ts";
import type { Socket, SocketHandler } from "../socket.ts";
import { BoundedWebSocket, MAX_BUFFERED_CHUNKS } from "./bounded_web_socket.ts";
import { checkName, connectChecked } from "./checked_connection.ts";
import { toDeliveryError } from "./network_error.ts";

/** How a WebSocket is opened. */
export interface DialOptions {
  readonly url: string;
  readonly addresses: AddressPolicy;
  /** Headers of the handshake. */
  readonly headers: Readonly<Record<string, string>>;
  /** Maximum size of a frame. */
  readonly frameBytes: number;
  /** Maximum number of fragments of a frame. */
  readonly fragments: number;
  readonly clock: Clock;
  /** Called once it is open. */
  onOpen(socket: Socket): SocketHandler;
  /** Called once, when it has ended or could not be opened. */
  onClose(error: DeliveryError): void;
}

/** How long opening may take, in milliseconds. */
const OPENING_MS = 10_000;

/** How long the closing handshake may take, in milliseconds. */
const CLOSING_MS = 2000;

/** A WebSocket that is being opened, or open. */
export interface Dialled {
  /** Undefined until it is open. */
  readonly peer: SocketHandler | undefined;
  /** Ends it at once. */
  terminate(): void;
}

/** Opens a WebSocket. Does not throw. */
export function dial(options: DialOptions): Dialled {
  let opened: Dialled | undefined;
  let isTerminated = false;
  check(options).then(() => {
    if (isTerminated) throw new Error("terminated");
    opened = open(options);
  }).catch((error) => options.onClose(toDeliveryError(error)));
  return {
    get peer() {
      return opened?.peer;
    },
    terminate() {
      isTerminated = true;
      opened?.terminate();
    },
  };
}

async function check({ addresses, url }: DialOptions): Promise<void> {
  addresses.assertUrl(url);
  const { hostname, protocol } = new URL(url);
  if (protocol === "wss:") await checkName(addresses, hostname);
}

function open(options: DialOptions): Dialled {
  const { addresses, url, headers, frameBytes, fragments } = options;
  const ws = new BoundedWebSocket(url, [], {
    headers: { ...headers },
    maxPayload: frameBytes,
    maxFragments: fragments,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    perMessageDeflate: false,
    followRedirects: false,
    ...{ closeTimeout: CLOSING_MS },
    ...(url.startsWith("ws:")
      ? {
        createConnection: (to: { host: string; port: number }) =>
          connectChecked(addresses, to),
      }
      : {}),
  });
  let peer: SocketHandler | undefined;
  let failure: DeliveryError | undefined;
  const cancel = options.clock.after(OPENING_MS, () => {
    failure = {
      code: "timed_out",
      message: `not open within ${OPENING_MS} ms`,
    };
    ws.terminate();
  });
  ws.on("open", () => {
    cancel();
    peer = options.onOpen(socketOf(ws));
  });
  ws.on("message", (data, isBinary) => {
    if (isBinary) peer?.onBinary();
    else peer?.onText(data.toString());
  });
  ws.on("pong", (data) => peer?.onPong(data.toString()));
  ws.on("error", (error) => failure ??= toHandshakeError(error));
  ws.on("close", (code) => {
    cancel();
    peer?.onClose();
    options.onClose(
      peer === undefined
        ? failure ?? { code: "connection_closed", message: "closed" }
        : { code: "connection_closed", message: `closed with ${code}` },
    );
  });
  return {
    get peer() {
      return peer;
    },
    terminate: () => ws.terminate(),
  };
}

/** An error of `ws`: the status of a refused handshake, or of the connection. */
function toHandshakeError(error: Error): DeliveryError {
  const status = /^Unexpected server response: (\d{3})$/.exec(error.message);
  return status === null
    ? toDeliveryError(error)
    : { code: "status", message: `status ${status[1]}` };
}

function socketOf(ws: WebSocket): Socket {
  return {
    send: (text, flushed) => ws.send(text, flushed && (() => flushed())),
    get bufferedAmount() {
      return ws.bufferedAmount;
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    ping: (data) => {
      if (ws.readyState === ws.OPEN) ws.ping(data);
    },
  };
}

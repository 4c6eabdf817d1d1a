/** WebSockets of the fuzzer. @module */

import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import { type Exchange, FRAMES_EACH } from "./fuzz.ts";
import { ACTIONS, FRAMES, SIGNALS } from "./grammar.ts";

type Frames = readonly Record<string, unknown>[];

const ACTION_FRAMES: Frames = Object.entries(ACTIONS)
  .map(([action, params]) => ({ action, params, echo: "e" }));

/** The paths of each surface, and the frames of its clients. */
const SOCKETS: Readonly<
  Record<
    "frames" | "onebot" | "satori",
    readonly (readonly [path: string, frames: Frames])[]
  >
> = {
  frames: [["/ws", FRAMES]],
  satori: [["/satori/v1/events", SIGNALS]],
  onebot: [
    ["/onebot/v11", ACTION_FRAMES],
    ["/onebot/v11/10001/api", ACTION_FRAMES],
    ["/onebot/v11/10001/event", [{ action: "get_status", echo: {} }]],
  ],
};

const QUERIES: readonly string[] = [
  "after=abc:1",
  "consumer=c",
  "events=message",
  "accounts=10001",
];

/** Opens a WebSocket; throws if it is refused. */
export function openFuzzedSocket(
  port: number,
  path: string,
): Promise<RawSocket> {
  return RawSocket.open(port, path);
}

/** Opens a WebSocket, sends frames, and reads what comes until it is closed. */
export function socketFrames(
  surface: "frames" | "onebot" | "satori",
): Exchange {
  return async ({ port, tokens }, make, count) => {
    const [path, base] = make.oneOf(SOCKETS[surface]);
    const token = make.oneOf(tokens);
    const query = make.chance(80) ? "" : `${make.oneOf(QUERIES)}&`;
    using socket = await RawSocket.connect(port);
    await socket.write(
      upgradeHead(port, `${path}?${query}access_token=${token}`),
    );
    const { status } = await socket.head();
    count(`upgrade ${status}`);
    if (status >= 500) throw new Error(`upgrade ${status} at ${path}`);
    if (status !== 101) return;
    const reading = readToEnd(socket, path, count);
    reading.catch(() => {});
    for (let left = FRAMES_EACH; left > 0; left--) {
      const text = make.json(make.oneOf(base));
      const sent = make.chance(96)
        ? socket.send(text)
        : socket.frame(make.below(16), make.bytes(200), {
          fin: make.chance(80),
          masked: make.chance(90),
          reserved: make.chance(90) ? 0 : make.below(8),
        });
      await sent.catch(() => {});
    }
    await socket.frame(8).catch(() => {});
    await reading;
  };
}

async function readToEnd(
  socket: RawSocket,
  path: string,
  count: (answer: string) => void,
): Promise<void> {
  for (;;) {
    const frame = await socket.next();
    if (frame === undefined) return;
    const { opcode, payload } = frame;
    if (opcode === 8) {
      const code = payload.length < 2 ? 1005 : payload[0]! << 8 | payload[1]!;
      count(`close ${code}`);
      if (code === 1011) throw new Error(`closed with 1011 at ${path}`);
      return;
    }
    if (opcode !== 1) continue;
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    const { error, code, type, op, status } = JSON.parse(text);
    const outcome = error?.code ?? code ?? type ?? op ?? status;
    count(`${outcome}`);
    if (outcome === "internal") throw new Error(`${text} at ${path}`);
  }
}

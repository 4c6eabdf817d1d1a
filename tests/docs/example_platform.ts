/**
 * The platform of the examples of `lib/`: a QQ server at
 * `http://127.0.0.1:8000/` and a bridge at `ws://127.0.0.1:8080/ws`, both in
 * this process. `deno test --doc` loads it before each example with
 * `--preload`; any other address is reached as usual.
 *
 * @module
 */

import { DEFAULT_LIMITS } from "../../lib/frames/limits.ts";
import type { QqServer } from "../../lib/server/mod.ts";
import type {
  BridgeCommandName,
  BridgeCommands,
  Clock,
  EventFrame,
  ServerFrame,
} from "../../mod.ts";

const QQ = "http://127.0.0.1:8000/";
const BRIDGE = "ws://127.0.0.1:8080/ws";

/** Time of everything that the bridge reports. */
const AT = "2026-11-23T19:20:00.123Z";

const MESSAGE: EventFrame = {
  type: "event",
  seq: 4183,
  account: "10001",
  at: AT,
  event: "message",
  data: { from: "10002", text: "hi" },
};

/** The data of a result; a command that is missing has none. */
const DATA: {
  readonly [N in BridgeCommandName]?: BridgeCommands[N]["data"];
} = {
  send: { seq: 4184 },
  friends: { friends: ["10000", "10002"] },
  onlineFriends: {
    friends: [{ uin: "10002", nickname: "Alice", status: "busy", face: 141 }],
  },
  profile: { profile: { uin: "10002", nickname: "Alice" } },
  addFriend: { answer: "added" },
  search: { people: [{ uin: "10002", nickname: "Alice" }] },
  login: { state: "connecting" },
  logout: { state: "offline" },
  raw: { fields: { CMD: "LIST", RES: "0", FN: "2" } },
  accounts: {
    accounts: [{
      uin: "10001",
      nickname: "小明",
      state: "online",
      since: AT,
      wanted: true,
      waiting: 0,
    }],
    counts: {
      connecting: 0,
      online: 1,
      offline: 0,
      penalised: 0,
      refused: 0,
      replaced: 0,
    },
  },
  history: {
    events: [MESSAGE],
    more: false,
    oldest: 1,
    searched: { from: 1, to: 4183 },
  },
  conversations: {
    conversations: [{
      account: "10001",
      with: "10002",
      nickname: "Alice",
      last: MESSAGE,
      unread: 1,
      firstUnread: 4183,
      readUpTo: 4182,
    }],
    unreadByAccount: { "10001": 1 },
  },
  requests: {
    requests: [{
      account: "10001",
      from: "10010",
      nickname: "Nokia",
      text: "It is me",
      at: AT,
      seq: 4181,
    }],
    total: 1,
  },
  people: {
    people: [{ uin: "10002", nickname: "Alice", isFriend: true }],
    pending: 0,
  },
  markRead: { unread: 0 },
  targets: { targets: [] },
  setTarget: { id: "t1" },
  connections: { connections: [], total: 0 },
  consumers: {
    consumers: [{
      id: "k3f9/robot",
      name: "robot",
      token: "admin",
      kind: "ws",
      position: 4182,
      lag: 1,
      lagMs: 20,
      unacked: 0,
      lastSeenAt: AT,
    }],
  },
  setConsumer: { position: 4183 },
  settings: {
    version: "0.1.0",
    startedAt: AT,
    settings: [{
      name: "logLevel",
      value: "info",
      from: "default",
      live: true,
    }],
  },
  setSetting: { value: "debug" },
  figures: {
    from: AT,
    stepMs: 1000,
    series: { memory_bytes: { unit: "bytes", values: [1e8] } },
  },
  ping: { at: AT },
  tokens: {
    tokens: [{
      id: "a1",
      name: "admin",
      scopes: ["read", "send", "manage"],
      accounts: "all",
      createdAt: AT,
      connections: 1,
    }],
  },
  createToken: { token: "text-of-the-token", id: "a2" },
};

/** A WebSocket whose other end is the bridge of the examples. */
class ExampleSocket extends EventTarget {
  readyState = 0;

  constructor() {
    super();
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text);
    if (frame.type === "hello") {
      this.#say({
        type: "welcome",
        protocol: 1,
        epoch: "k3f9",
        seq: 4182,
        after: { epoch: "k3f9", seq: 4182 },
        accounts: [],
        limits: DEFAULT_LIMITS,
      });
      this.#say(MESSAGE);
    } else if (frame.type === "command") {
      const data = DATA[frame.command as BridgeCommandName] ?? {};
      this.#say(
        { type: "result", id: frame.id, ok: true, data } as ServerFrame,
      );
    }
  }

  close(code = 1000, reason = ""): void {
    this.readyState = 3;
    queueMicrotask(() =>
      this.dispatchEvent(new CloseEvent("close", { code, reason }))
    );
  }

  #say(frame: ServerFrame): void {
    queueMicrotask(() =>
      this.dispatchEvent(
        new MessageEvent("message", { data: JSON.stringify(frame) }),
      )
    );
  }
}

/** Whose timers never fire: no example waits, and none is left at the end of one. */
const STILL: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    if (delayMs <= 0) queueMicrotask(run);
    return () => {};
  },
};

let qq: Promise<QqServer> | undefined;

/** Made at the first request, so that other examples need not wait for it. */
async function makeQq(): Promise<QqServer> {
  const { addDemo, createServer } = await import("../../lib/server/mod.ts");
  const server = createServer({ sendGapMs: 0, penaltyMs: 0, clock: STILL });
  await addDemo(server);
  return server;
}

globalThis.fetch = new Proxy(fetch, {
  async apply(target, self, [url, init]: Parameters<typeof fetch>) {
    if (String(url) !== QQ) return Reflect.apply(target, self, [url, init]);
    const server = await (qq ??= makeQq());
    return await server.fetch(new Request(url, init));
  },
});

globalThis.WebSocket = new Proxy(WebSocket, {
  construct(target, [url, protocols]: [string | URL, string[]]) {
    return String(url).startsWith(BRIDGE)
      ? new ExampleSocket()
      : Reflect.construct(target, [url, protocols]);
  },
});

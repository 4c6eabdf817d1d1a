/** The access log: connections, requests and failures, each with an id. @module */

import type { Gateway } from "../../../bridge/cli/program/gateway.ts";
import { createLog } from "../../../bridge/ops/log.ts";
import {
  ConnectionLog,
  type LoggedConnection,
} from "../../../bridge/ops/connection_log.ts";
import {
  addToken,
  MemoryTokenStore,
} from "../../../bridge/access/token_store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeBridge } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { openFakeGateway } from "../../support/open_gateway.ts";
import { RawSocket } from "../../support/raw_socket.ts";

type Entry = Record<string, string | number>;

Deno.test("access log: text", () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const log = createLog({
    level: "debug",
    write: (line) => lines.push(line.replace(/^\S+ /, "")),
    clock,
  });
  const visits = new ConnectionLog(log, clock);
  const known: LoggedConnection = {
    connection: "c1",
    path: "/events",
    address: "127.0.0.1",
    grant: "logger",
    at: clock.now() - 12,
  };
  const stranger = {
    ...known,
    connection: "c2",
    path: "/ws",
    grant: undefined,
  };
  visits.onOpen(known);
  visits.onClose(known);
  visits.onOpen(stranger);
  visits.onClose(stranger, 4001);
  visits.onResponse(known, "GET", 200);
  assertEquals(lines, [
    "INFO  Client came connection=c1 grant=logger address=127.0.0.1 path=/events\n",
    "INFO  Client left connection=c1 grant=logger durationMs=12\n",
    "DEBUG Client came connection=c2 address=127.0.0.1 path=/ws\n",
    "DEBUG Client left connection=c2 closeCode=4001 durationMs=12\n",
    "DEBUG Request connection=c1 grant=logger address=127.0.0.1 method=GET path=/events status=200 durationMs=12\n",
  ]);
});

/** A gateway before a bridge that fails, and what it logs. */
class Stage implements AsyncDisposable {
  readonly entries: Entry[] = [];
  readonly text: string[] = [];
  readonly bridge = new FakeBridge(systemClock);
  readonly token: string;
  readonly #tokens = new MemoryTokenStore();
  #gateway: Gateway | undefined;
  #onEntry: (() => void) | undefined;

  constructor() {
    this.token = addToken(this.#tokens, { name: "bot" }, 0).token;
    this.bridge.script("ping", () => {
      throw new Error("out of order");
    });
  }

  get port(): number {
    return this.#gateway!.port;
  }

  async start(level: "debug" | "info"): Promise<this> {
    this.#gateway = await openFakeGateway(this.bridge, {
      log: createLog({
        level,
        format: "json",
        write: (line) => {
          this.text.push(line);
          this.entries.push(JSON.parse(line));
          this.#onEntry?.();
        },
      }),
      tokens: this.#tokens,
    });
    const { bridge } = this.#gateway;
    bridge.run = (grant, request) => this.bridge.run(grant, request);
    bridge.accounts = (grant) => this.bridge.accounts(grant);
    return this;
  }

  /** So many entries with a message, as soon as they are there. */
  async logged(message: string, count = 1): Promise<Entry[]> {
    for (;;) {
      const found = this.entries.filter((one) => one.message === message);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.#onEntry = resolve);
    }
  }

  /** Asks for something; gives the status. */
  async ask(path: string, init: RequestInit = {}): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, init);
    await response.body?.cancel();
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateway?.close();
    this.#gateway?.bridge.hub.close();
    this.bridge.hub.close();
  }
}

/** An entry without what differs each time. */
function stable({ time: _, durationMs, connection, ...rest }: Entry): Entry {
  assert(durationMs === undefined || Number(durationMs) >= 0);
  assertMatch(String(connection), /^[\da-f]{8}$/);
  return rest;
}

Deno.test("access log: each request is one line, with its token's name and no token", async () => {
  await using stage = await new Stage().start("debug");
  const { token } = stage;
  const bearer = { authorization: `Bearer ${token}` };
  const json = { ...bearer, "content-type": "application/json" };
  const asks: [
    path: string,
    init: RequestInit,
    expected: Entry,
  ][] = [
    ["/healthz?access_token=never-logged", {}, {
      path: "/healthz",
      status: 200,
    }],
    [`/metrics?access_token=${token}`, {}, {
      path: "/metrics",
      status: 200,
      grant: "bot",
    }],
    ["/metrics", {}, { path: "/metrics", status: 401 }],
    ["/api/accounts", { method: "POST", headers: json, body: "{}" }, {
      method: "POST",
      path: "/api/accounts",
      status: 500,
      grant: "bot",
    }],
    ["/api/hunter2?a=b", { method: "POST" }, {
      method: "POST",
      path: "/api/*",
      status: 401,
    }],
    [`/nowhere/${token}?a=b`, { headers: bearer }, {
      path: "/*/*",
      status: 404,
    }],
    [`/onebot/v11/get_status?access_token=${token}`, {}, {
      path: "/onebot/v11/*",
      status: 200,
      grant: "bot",
    }],
    ["/satori/v1/login.get", { method: "POST", headers: json, body: "{}" }, {
      method: "POST",
      path: "/satori/v1/*",
      grant: "bot",
      status: 400,
    }],
  ];
  stage.bridge.script("accounts", () => {
    throw new Error("out of order");
  });
  for (const [path, init] of asks) await stage.ask(path, init);
  const found = await stage.logged("Request", asks.length);
  assertEquals(
    found.map(stable),
    asks.map(([, , expected]) => ({
      level: "debug",
      message: "Request",
      method: "GET",
      address: "127.0.0.1",
      ...expected,
    })),
  );
  const failure = (await stage.logged("gateway failed"))[0]!;
  assertEquals(failure.connection, found[3]!.connection);
  assertEquals(failure.error, "Error: out of order");
  assertEquals(new Set(found.map((one) => one.connection)).size, asks.length);
  const all = stage.text.join("");
  assert(!all.includes(token) && !/never-logged|hunter2/.test(all), all);
});

Deno.test("access log: connections are logged at info, and failures with the connection's id", async () => {
  await using stage = await new Stage().start("info");
  const query = `access_token=${stage.token}`;
  {
    using socket = await RawSocket.open(stage.port, `/ws?${query}`);
    await socket.json();
    await socket.send({ type: "command", id: 1, command: "ping" });
    assertEquals((await socket.json()).error.code, "internal");
  }
  const [left] = await stage.logged("Client left");
  const [came] = await stage.logged("Client came");
  const [failed] = await stage.logged("gateway failed");
  const shared = { level: "info", grant: "bot" };
  assertEquals([stable(came!), stable(left!), stable(failed!)], [
    { ...shared, message: "Client came", path: "/ws", address: "127.0.0.1" },
    { ...shared, message: "Client left", closeCode: 1006 },
    {
      level: "error",
      message: "gateway failed",
      error: "Error: out of order",
    },
  ]);
  assertEquals(
    [left!.connection, failed!.connection],
    [came!.connection, came!.connection],
  );
  const abort = new AbortController();
  const stream = await fetch(
    `http://127.0.0.1:${stage.port}/events?${query}`,
    { signal: abort.signal },
  );
  const [, streamCame] = await stage.logged("Client came", 2);
  await stream.body!.getReader().read();
  abort.abort();
  const [, streamLeft] = await stage.logged("Client left", 2);
  assertEquals([stable(streamCame!), stable(streamLeft!)], [
    {
      ...shared,
      message: "Client came",
      path: "/events",
      address: "127.0.0.1",
    },
    { ...shared, message: "Client left" },
  ]);
  assertEquals(streamLeft!.connection, streamCame!.connection);
  assert(streamCame!.connection !== came!.connection);
  assertEquals(stage.entries.length, 5);
  assert(!stage.text.join("").includes(stage.token));
});

Deno.test("access log: a client without a hello is logged at debug", async () => {
  await using stage = await new Stage().start("debug");
  {
    using _socket = await RawSocket.open(stage.port, "/ws");
  }
  const [left] = await stage.logged("Client left");
  assertEquals(stable(left!), {
    level: "debug",
    message: "Client left",
    closeCode: 1006,
  });
});

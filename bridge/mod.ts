/**
 * The bridge without files: one `fetch` that logs QQ accounts in, keeps what
 * they receive in memory, and serves it over WebSockets, server-sent events,
 * HTTP and Satori, as the program does. It is for platforms that have `Deno.upgradeWebSocket`
 * but no disk, and for embedding in a program of your own.
 *
 * It differs from the program: events, consumers' positions and commands' keys
 * last as long as the process. The platform handles pings, fragments and
 * half-sent requests. A client that stops reading is sent nothing more and is
 * closed with 1013; the platform ends its connection.
 *
 * Run one instance of each account: the newest login polls, if the QQ server
 * knows `Tqq-Session`, as the embedded one does. The other bridge stops polling,
 * its account is `replaced`, with the reason "another bridge polls this account".
 * If that holds for all its accounts, it closes its clients with 1012 and answers
 * 503. It takes over once the account is free.
 *
 * SIGTERM and SIGINT stop a bridge that was started, within 4 s, and then end
 * the process as they would without one; see `signals` in {@linkcode EdgeOptions}.
 *
 * @example As the only thing that a process serves
 * ```ts ignore
 * import { createBridge } from "@tqq/tqq/bridge";
 *
 * const bridge = createBridge({
 *   accounts: [{ uin: "10001", password: "secret" }],
 *   endpoint: "https://qq.example.org/",
 *   token: Deno.env.get("TQQ_TOKEN")!,
 * });
 * bridge.start();
 *
 * export default { fetch: bridge.fetch };
 * ```
 *
 * @example With the embedded server in the same process
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BridgeClient } from "@tqq/tqq";
 * import { createBridge } from "@tqq/tqq/bridge";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const qq = createServer();
 * await addDemo(qq);
 * const bridge = createBridge({
 *   accounts: [{ uin: "10001", password: "demo" }],
 *   endpoint: qq.answer,
 *   token: "a-token-of-yours",
 * });
 * const listening = Deno.serve({ port: 0, onListen: () => {} }, bridge.fetch);
 * bridge.start();
 *
 * const client = new BridgeClient({
 *   url: `ws://127.0.0.1:${listening.addr.port}/ws`,
 *   token: "a-token-of-yours",
 * });
 * const isOnline = async () =>
 *   (await client.accounts()).accounts.every(({ state }) => state === "online");
 * while (!await isOnline()) await new Promise((go) => setTimeout(go, 100));
 * await client.send("10001", "10000", "hello, robot");
 * for await (const frame of client) {
 *   if (frame.type === "event" && frame.event === "message") {
 *     assertEquals(frame.data, { from: "10000", text: "hello, robot" });
 *     break;
 *   }
 * }
 * await client.close();
 * await bridge.stop();
 * await listening.shutdown();
 * await qq.close();
 * ```
 *
 * @module
 */

import { EdgeBridge, type EdgeRequestInfo } from "./edge/edge_bridge.ts";
import type { EdgeOptions } from "./edge/options.ts";

export type { EdgeRequestInfo } from "./edge/edge_bridge.ts";
export type {
  EdgeAccount,
  EdgeMetrics,
  EdgeOptions,
  EdgeToken,
} from "./edge/options.ts";
export type { EdgeSocket, UpgradeWebSocket } from "./edge/edge_socket.ts";
export type { TrimmedPositions } from "./journal/account_usage.ts";
export type { NewEvent, StoredEvent } from "./journal/event.ts";
export type {
  Batch,
  ConsumerHolds,
  HistoryQuery,
  IdempotencyRecord,
  Journal,
  JournalBytes,
  JournalledOutcome,
  JournalledPoll,
  JournalRange,
  LostRange,
  Outcome,
  ReadOptions,
  ReadResult,
  Retention,
} from "./journal/journal.ts";
export type { Answerer, QqAnswer, QqRequest } from "../lib/server/mod.ts";
export {
  type Limits,
  type Scope,
  SCOPES,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from "../mod.ts";

/**
 * A bridge that runs without files.
 *
 * @category Edge
 */
export interface EdgeBridgeHandle {
  /**
   * Answers a request that `Deno.serve` passes; a bound function, so that it
   * can be passed on. Starts the bridge if it is not started. Never rejects.
   */
  readonly fetch: (
    request: Request,
    info?: EdgeRequestInfo,
  ) => Promise<Response>;
  /** Logs the accounts in. Does nothing after the first call. */
  readonly start: () => void;
  /** Closes all connections with 1012, finishes what is in flight and logs the accounts out. */
  readonly stop: () => Promise<void>;
}

/**
 * Creates a bridge that keeps everything in memory, or in a journal of yours.
 *
 * With `journal: "memory"` everything lasts as long as the instance. When it
 * ends, these end with it: events that an absent client has not fetched, mail
 * that was being read during a crash, the positions of named consumers, and the
 * outcomes of keyed commands, which would then be done again. A returning client
 * receives a `gap` frame with the reason `epoch`. Nothing wakes an idle instance.
 * Run one instance of each account. If nothing may be lost, run the program or
 * the Durable Object.
 *
 * @example Before a QQ server in the same process
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createBridge } from "@tqq/tqq/bridge";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * await addDemo(server);
 * const bridge = createBridge({
 *   accounts: [{ uin: "10001", password: "demo" }],
 *   endpoint: (request) => server.answer(request),
 *   token: "a-token-of-at-least-32-characters",
 *   signals: false,
 * });
 * const response = await bridge.fetch(new Request("http://127.0.0.1/healthz"));
 * assertEquals(await response.json(), { status: "ok" });
 * await bridge.stop();
 * await server.close();
 * ```
 *
 * @param options Accounts, QQ server and tokens.
 * @throws {TypeError | RangeError} If an option is invalid; no message contains a secret.
 * @category Edge
 */
export function createBridge(options: EdgeOptions): EdgeBridgeHandle {
  const bridge = new EdgeBridge(options);
  return {
    fetch: (request, info) => bridge.fetch(request, info),
    start: () => bridge.start(),
    stop: () => bridge.stop(),
  };
}

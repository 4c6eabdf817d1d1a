/** The embedded server: its options and its parts put together. @module */

import { systemClock } from "../clock.ts";
import { encodedBytes, type MailItem } from "../protocol/mailbox.ts";
import type { Answerer } from "./http/answer.ts";
import { CommandAnswerer } from "./answerer.ts";
import { Batches } from "./store/batches.ts";
import { befriend } from "./rules/friendship.ts";
import { type FetchInfo, handle } from "./http/handler.ts";
import { LIMITS, maxItemBytes } from "./limits.ts";
import {
  Listener,
  type ListenOptions,
  type QqListener,
} from "./listener/listener.ts";
import { Origins } from "./http/origins.ts";
import { serveMail } from "./rules/mailboxes.ts";
import { MemoryStore } from "./store/memory_store.ts";
import type {
  AccountChanges,
  AccountOptions,
  ServerOptions,
} from "./options.ts";
import { LoginDelays } from "./rules/login_delays.ts";
import { LoginPace } from "./rules/login_pace.ts";
import { Pushes } from "./lines/pushes.ts";
import { Bindings } from "./rules/bindings.ts";
import { Captchas } from "./rules/captchas.ts";
import { Penalties, SendPace } from "./rules/penalties.ts";
import { PollKeys } from "./rules/poll_keys.ts";
import { Polls } from "./rules/polls.ts";
import { endSession, seenStatus, sendPresence } from "./rules/presence.ts";
import { checkAccount, checkPasswordMd5 } from "./rules/profiles.ts";
import { type Robot, Robots } from "./robots.ts";
import { Sessions } from "./rules/sessions.ts";
import { isMailboxFull, type Rules, type State } from "./rules/state.ts";
import type { Account, Store } from "./store/store.ts";

/**
 * An embedded QQ server.
 *
 * @category Server
 */
export interface QqServer {
  /**
   * Answers a request, as `Deno.serve` hands it over; bound, so that it can be
   * passed on. NULL is an empty 200, and of the two replies to a Query_Stat
   * without a limit only the first is given. Without `info` all requests come
   * from one address, `local`.
   */
  readonly fetch: (request: Request, info?: FetchInfo) => Promise<Response>;
  /** Answers a request that another front has read; bound. Never rejects. */
  readonly answer: Answerer;
  /**
   * Listens for clients of 2005, who speak an HTTP of their own; clients of
   * our days are served as well. NULL is a bare close, and the two replies to
   * a Query_Stat without a limit are given both.
   *
   * @throws {Error} Where the address cannot be had, or the server is closed.
   * @example
   * ```ts
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * const { hostname, port } = server.listen({ port: 0 });
   * console.log(`old clients connect to ${hostname}:${port}`);
   * await server.close();
   * ```
   */
  listen(options?: ListenOptions): QqListener;
  /**
   * Creates an account, and the friendships that its options name.
   *
   * @throws {TypeError | RangeError} If the number is taken or a value is invalid.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { md5Hex } from "@tqq/tqq";
   * import { createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await server.createAccount({ uin: "10001", passwordMd5: md5Hex("secret") });
   * assertEquals(server.accounts()[0]?.uin, "10001");
   * await server.close();
   * ```
   */
  createAccount(options: AccountOptions): Promise<void>;
  /**
   * Changes what an account says.
   *
   * @throws {TypeError | RangeError} If there is no such account or a value is invalid.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.updateAccount("10001", { policy: "nobody" });
   * assertEquals(server.accounts()[1]?.policy, "nobody");
   * await server.close();
   * ```
   */
  updateAccount(uin: string, changes: AccountChanges): Promise<void>;
  /**
   * Changes a password. A session that is open stays.
   *
   * @throws {TypeError | RangeError} Where there is no such account, or the text is no MD5.
   * @example
   * ```ts
   * import { md5Hex } from "@tqq/tqq";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.setPassword("10001", md5Hex("another"));
   * await server.close();
   * ```
   */
  setPassword(uin: string, passwordMd5: string): Promise<void>;
  /**
   * Removes an account with its mail and from all lists. False where there is none.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(await server.removeAccount("10002"), true);
   * assertEquals(await server.removeAccount("10002"), false);
   * await server.close();
   * ```
   */
  removeAccount(uin: string): Promise<boolean>;
  /**
   * All accounts, ascending by number, without passwords.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.accounts()[2]?.nickname, "Alice");
   * await server.close();
   * ```
   */
  accounts(): Account[];
  /**
   * The numbers whose password has this MD5.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { md5Hex } from "@tqq/tqq";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.accountsWithPassword(md5Hex("demo")).length, 5);
   * await server.close();
   * ```
   */
  accountsWithPassword(passwordMd5: string): string[];
  /**
   * Puts each on the other's friend list, without mail.
   *
   * @throws {RangeError} Where one has no account.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.befriend("10002", "10020"); // without mail to either
   * assertEquals(server.isOnline("10020"), false);
   * await server.close();
   * ```
   */
  befriend(a: string, b: string): Promise<void>;
  /**
   * Whether an account's friends see it as online or busy.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.isOnline("10001"), false);
   * assertEquals(server.isOnline("10000"), true); // the robot
   * await server.close();
   * ```
   */
  isOnline(uin: string): boolean;
  /**
   * Lets code answer for an account, from now on.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * server.addRobot("10002", (from, text) => `${from} said ${text}`);
   * assertEquals(server.isOnline("10002"), true);
   * await server.close();
   * ```
   */
  addRobot(uin: string, robot: Robot): void;
  /**
   * Puts an item into a mailbox, durably.
   *
   * @throws {RangeError | TypeError} Where there is no such account, the
   * mailbox is full, or no reply could carry the item.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.deliver("10001", { type: "added", from: "10010", text: "" });
   * assertEquals(server.isOnline("10001"), false); // it waits in the mailbox
   * await server.close();
   * ```
   */
  deliver(uin: string, item: MailItem): Promise<void>;
  /**
   * Ends, and its listeners with it: late answers are given at once, waiting
   * polls and later requests get NULL. The store stays open.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * const { port } = server.listen({ port: 0 });
   * assertEquals(port > 0, true);
   * await server.close();
   * ```
   */
  close(): Promise<void>;
}

/**
 * Makes a server that speaks the QQ HTTP protocol as tqq.tencent.com:8000 did.
 *
 * It holds timers while somebody is logged in: {@linkcode QqServer.close} ends
 * them.
 *
 * @example Two friends
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { md5Hex } from "@tqq/tqq";
 * import { createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * const passwordMd5 = md5Hex("secret");
 * await server.createAccount({ uin: "10001", passwordMd5 });
 * await server.createAccount({ uin: "10002", passwordMd5, friends: ["10001"] });
 *
 * const post = async (body: string) =>
 *   await (await server.fetch(
 *     new Request("http://localhost/", { method: "POST", body }),
 *   )).text();
 * const login = `PS=${passwordMd5}&M5=1&LC=9326B87B234E7235`;
 * await post(`VER=1.1&CMD=Login&SEQ=1&UIN=10001&${login}`);
 * await post("VER=1.1&CMD=CLTMSG&SEQ=2&UIN=10001&UN=10002&MG=你好");
 * await post(`VER=1.1&CMD=Login&SEQ=3&UIN=10002&${login}`);
 * assertEquals(
 *   await post("VER=1.1&CMD=GetMsgEx&SEQ=4&UIN=10002"),
 *   "VER=1.1&CMD=GETMSGEX&SEQ=4&UIN=10002&RES=0&MN=1&MT=9,&UN=10001,&MG=你好 ,",
 * );
 * await server.close();
 * ```
 *
 * @param options How it behaves.
 * @throws {TypeError} If one of `allowOrigins` is not an origin.
 * @category Server
 */
export function createServer(options: ServerOptions = {}): QqServer {
  return new Server(options);
}

class Server implements QqServer {
  readonly fetch: (request: Request, info?: FetchInfo) => Promise<Response>;
  readonly answer: Answerer;
  #state: State;
  #answerer: CommandAnswerer;
  #listeners = new Set<QqListener>();
  #onError: (error: unknown) => void;
  #pushes: Pushes;
  #isNullEmpty: boolean;
  #origins: Origins;
  #isClosed = false;

  constructor(options: ServerOptions) {
    const { faults, onError = () => {}, allowOrigins = [] } = options;
    const origins = this.#origins = new Origins(allowOrigins);
    this.#onError = onError;
    const state = this.#state = stateOf(options, onError);
    this.#pushes = new Pushes(state);
    this.#isNullEmpty = options.nullAnswer === "empty";
    const answerer = this.#answerer = new CommandAnswerer(state, {
      ...(faults === undefined ? {} : { faults }),
      onError,
    });
    this.answer = (request) => answerer.answer(request);
    this.fetch = (request, info) =>
      handle(this.answer, request, info, {
        bodyBytes: state.limits.bodyBytes,
        origins,
      });
  }

  listen(options: ListenOptions = {}): QqListener {
    if (this.#isClosed) {
      throw new Error(
        "Cannot listen: the server must be open, got a closed one",
      );
    }
    const { clock, limits } = this.#state;
    const listener = new Listener(options, {
      answer: (request) => this.#answerer.answer(request),
      pushes: this.#pushes,
      clock,
      limits,
      origins: this.#origins,
      isNullEmpty: this.#isNullEmpty,
      onError: this.#onError,
    });
    this.#listeners.add(listener);
    return listener;
  }

  async createAccount(options: AccountOptions): Promise<void> {
    const { uin, passwordMd5, nickname = uin, policy = "verify" } = options;
    const { profile = {}, friends = [] } = options;
    const account = { uin, nickname, policy, profile };
    checkAccount(account);
    checkPasswordMd5(passwordMd5);
    await this.#change((store) => {
      if (store.hasAccount(uin)) {
        throw new RangeError(
          `Cannot make an account: the number must be free, got ${uin}`,
        );
      }
      store.putAccount(account);
      store.setPassword(uin, passwordMd5);
      for (const friend of friends) {
        this.#existing("befriend", friend);
        befriend(this.#state, uin, friend);
      }
    });
  }

  async updateAccount(uin: string, changes: AccountChanges): Promise<void> {
    await this.#change((store) => {
      const account = { ...this.#existing("change an account", uin) };
      const { nickname, policy, profile } = changes;
      if (nickname !== undefined) account.nickname = nickname;
      if (policy !== undefined) account.policy = policy;
      if (profile !== undefined) account.profile = profile;
      checkAccount(account);
      store.putAccount(account);
    });
  }

  async setPassword(uin: string, passwordMd5: string): Promise<void> {
    checkPasswordMd5(passwordMd5);
    await this.#change((store) => {
      this.#existing("set a password", uin);
      store.setPassword(uin, passwordMd5);
    });
  }

  async removeAccount(uin: string): Promise<boolean> {
    const state = this.#state;
    if (!state.store.hasAccount(uin)) return false;
    await state.batches.run((batch) => {
      endSession(state, batch, uin);
      state.store.removeAccount(uin);
      batch.after(() => {
        state.sentStatuses.delete(uin);
        state.loginPace.delete(uin);
        state.sendPace.delete(uin);
        state.pollKeys.delete(uin);
        state.robots.delete(uin);
      });
    });
    return true;
  }

  accounts(): Account[] {
    return this.#state.store.accounts();
  }

  accountsWithPassword(passwordMd5: string): string[] {
    const { store } = this.#state;
    return store.accounts().map(({ uin }) => uin)
      .filter((uin) => store.passwordMd5(uin) === passwordMd5);
  }

  async befriend(a: string, b: string): Promise<void> {
    await this.#change(() => {
      this.#existing("befriend", a);
      this.#existing("befriend", b);
      befriend(this.#state, a, b);
    });
  }

  isOnline(uin: string): boolean {
    return seenStatus(this.#state, uin) !== "offline";
  }

  addRobot(uin: string, robot: Robot): void {
    this.#existing("add a robot", uin);
    this.#state.robots.set(uin, robot);
  }

  async deliver(uin: string, item: MailItem): Promise<void> {
    const state = this.#state;
    const bytes = encodedBytes(item);
    const most = maxItemBytes(state.limits);
    if (bytes > most) {
      throw new RangeError(
        `Cannot deliver: an item must have at most ${most} bytes in a reply, got ${bytes}`,
      );
    }
    this.#existing("deliver", uin);
    if (isMailboxFull(state, uin)) {
      throw new RangeError(
        `Cannot deliver: the mailbox must have room for one more, got ${
          state.store.countMail(uin)
        } items in that of ${uin}`,
      );
    }
    await state.batches.run((batch) => batch.deliver(uin, item));
  }

  async close(): Promise<void> {
    const { loginDelays, loginPace, penalties, polls, sessions } = this.#state;
    this.#isClosed = true;
    // They take no more from here on, so that the answers below are their last.
    const closed = [...this.#listeners].map((listener) => listener.close());
    this.#answerer.close();
    polls.close();
    penalties.close();
    loginDelays.close();
    loginPace.close();
    sessions.close();
    await Promise.all(closed);
  }

  /** Not through a batch: what is wrong here is the caller's to know. */
  // deno-lint-ignore require-await
  async #change(change: (store: Store) => void): Promise<void> {
    const { store } = this.#state;
    store.transaction(() => change(store));
  }

  #existing(what: string, uin: string): Account {
    const account = this.#state.store.account(uin);
    if (account !== undefined) return account;
    throw new RangeError(
      `Cannot ${what}: the number must have an account, got ${
        JSON.stringify(uin)
      }`,
    );
  }
}

function stateOf(
  options: ServerOptions,
  onError: (error: unknown) => void,
): State {
  const { store = new MemoryStore(), clock = systemClock } = options;
  const limits = { ...LIMITS, ...options.limits };
  const rules = rulesOf(options);
  const bindings = new Bindings();
  const batches = new Batches({
    store,
    most: limits.uncommitted,
    serve: (uin, batch) => serveMail(state, uin, batch),
    onError,
  });
  const sessions = new Sessions(
    clock,
    rules.idleSeconds * 1000,
    ({ uin }) => {
      state.polls.end(uin, { type: "not_logged_in" });
      // If the commit fails, friends see the change with the next one.
      batches.run((batch) => sendPresence(state, batch, uin)).catch(() => {});
    },
    (uin) => bindings.get(uin) !== undefined,
  );
  const state: State = {
    store,
    batches,
    sessions,
    bindings,
    captchas: new Captchas(clock, options.captcha ?? (() => undefined)),
    polls: new Polls(clock),
    pollKeys: new PollKeys(store),
    penalties: new Penalties(clock, limits.lateAnswers),
    loginDelays: new LoginDelays(
      clock,
      options.loginDelay === true ? {} : options.loginDelay || undefined,
      options.onLoginRefused ?? (() => {}),
    ),
    loginPace: new LoginPace(clock),
    sentStatuses: new Map(),
    sendPace: new SendPace(clock, rules.sendGapMs, rules.sendBurst),
    robots: new Robots(options.robots ?? {}, onError),
    clock,
    rules,
    limits,
  };
  return state;
}

function rulesOf(options: ServerOptions): Rules {
  return {
    sendGapMs: options.sendGapMs ?? 800,
    sendBurst: options.sendBurst ?? 5,
    penaltyMs: options.penaltyMs ?? 20_000,
    heartbeatSeconds: options.heartbeatSeconds ?? 60,
    idleSeconds: options.idleSeconds ?? 300,
    refusedCode: options.refusedCode ?? 2,
    ackTwice: options.ackTwice ?? false,
    smallH: options.smallH ?? false,
  };
}

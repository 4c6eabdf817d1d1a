/** The embedded server: its parts put together. @module */

import { encodedBytes, type MailItem } from "../protocol/mailbox.ts";
import { CommandAnswerer } from "./answerer.ts";
import type { Answerer } from "./http/answer.ts";
import { type FetchInfo, handle } from "./http/handler.ts";
import { Origins } from "./http/origins.ts";
import { maxItemBytes } from "./limits.ts";
import { Pushes } from "./lines/pushes.ts";
import {
  Listener,
  type ListenOptions,
  type QqListener,
} from "./listener/listener.ts";
import type {
  AccountChanges,
  AccountOptions,
  ServerOptions,
} from "./options.ts";
import type { QqServer } from "./qq_server.ts";
import type { Robot } from "./robots.ts";
import { befriend } from "./rules/friendship.ts";
import { endSession, seenStatus } from "./rules/presence.ts";
import { checkAccount, checkPasswordMd5 } from "./rules/profiles.ts";
import { isMailboxFull, type State } from "./rules/state.ts";
import { stateOf } from "./server_state.ts";
import type { Account, Store } from "./store/store.ts";

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
        state.polls.delete(uin);
        state.marked.delete(uin);
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
    const { batches, loginDelays, loginPace, penalties, polls, sessions } =
      this.#state;
    this.#isClosed = true;
    // They take no more from here on, so that the answers below are their last.
    const closed = [...this.#listeners].map((listener) => listener.close());
    this.#answerer.close();
    // A poll among what waits for a commit must begin its wait before all waits end.
    batches.flush();
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

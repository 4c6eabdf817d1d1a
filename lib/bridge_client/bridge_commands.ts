/** A method for each command of the bridge. @module */

import { defined } from "../defined.ts";
import type { AckAnswer, CommandName, Status } from "../protocol/codes.ts";
import type { BridgeCommandOptions } from "./pending_commands.ts";
import type { BridgeCommandName, BridgeCommands } from "../frames/commands.ts";

/**
 * Data of the result of a command.
 *
 * @category Bridge client
 */
export type BridgeCommandData<N extends BridgeCommandName> = BridgeCommands[N][
  "data"
];

/**
 * Parameters of a command.
 *
 * @category Bridge client
 */
export type BridgeCommandParams<N extends BridgeCommandName> =
  BridgeCommands[N][
    "params"
  ];

/**
 * Options of a command that an account executes.
 *
 * @category Bridge client
 */
export interface BridgeAccountOptions extends BridgeCommandOptions {
  /** QQ number of the account; absent for the bridge's own commands. */
  account?: string;
}

/**
 * One method per command of a bridge. Each resolves with the data of the result
 * and rejects with a `BridgeError`. The first parameter is the account that
 * executes the command, the last are the options.
 *
 * `BridgeClient` sends them over its WebSocket. Extend this class to send them
 * another way.
 *
 * @example The same methods over HTTP
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import {
 *   type BridgeAccountOptions,
 *   type BridgeCommandData,
 *   BridgeCommandMethods,
 *   type BridgeCommandName,
 *   type BridgeCommandParams,
 * } from "@tqq/tqq";
 *
 * // A bridge in a function; a program uses `fetch` in its place.
 * const send = async (request: Request) => {
 *   const { account } = await request.json();
 *   return Response.json({ friends: account === "10001" ? ["10002"] : [] });
 * };
 *
 * class HttpBridge extends BridgeCommandMethods {
 *   override async command<N extends BridgeCommandName>(
 *     name: N,
 *     params: BridgeCommandParams<N>,
 *     { account }: BridgeAccountOptions = {},
 *   ): Promise<BridgeCommandData<N>> {
 *     const response = await send(
 *       new Request(`http://127.0.0.1:8080/api/${name}`, {
 *         method: "POST",
 *         headers: {
 *           "Authorization": "Bearer of the bridge",
 *           "Content-Type": "application/json",
 *         },
 *         body: JSON.stringify({ account, ...params }),
 *       }),
 *     );
 *     return await response.json();
 *   }
 * }
 *
 * const { friends } = await new HttpBridge().friends("10001");
 * assertEquals(friends, ["10002"]);
 * ```
 * @category Bridge client
 */
export abstract class BridgeCommandMethods {
  /**
   * Sends a command by its name.
   *
   * @param name Name of the command.
   * @param params Parameters of the command.
   * @param options The account, key, timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { friends } = await bridge.command("onlineFriends", {}, { account: "10001" });
   * assertEquals(friends[0]?.nickname, "Alice");
   * ```
   */
  abstract command<N extends BridgeCommandName>(
    name: N,
    params: BridgeCommandParams<N>,
    options?: BridgeAccountOptions,
  ): Promise<BridgeCommandData<N>>;

  /**
   * Sends a message; resolves with the position of its `message.sent` event.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { seq } = await bridge.send("10001", "10002", "hi", { key: "order-7" });
   * assertEquals(seq, 4184);
   * ```
   */
  send(
    account: string,
    to: string,
    text: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"send">> {
    return ofAccount(this, account, "send", { to, text }, options);
  }

  /**
   * Returns the QQ numbers of all friends.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { friends } = await bridge.friends("10001");
   * assertEquals(friends, ["10000", "10002"]);
   * ```
   */
  friends(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"friends">> {
    return ofAccount(this, account, "friends", {}, options);
  }

  /**
   * Returns the friends that are online now.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { friends: [friend] } = await bridge.onlineFriends("10001");
   * assertEquals(friend?.status, "busy");
   * ```
   */
  onlineFriends(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"onlineFriends">> {
    return ofAccount(this, account, "onlineFriends", {}, options);
  }

  /**
   * Returns the profile of a QQ number; `level` is 2 if absent.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { profile } = await bridge.profile("10001", "10002", 3);
   * assertEquals(profile.nickname, "Alice");
   * ```
   */
  profile(
    account: string,
    uin: string,
    level?: number,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"profile">> {
    return ofAccount(
      this,
      account,
      "profile",
      defined({ uin, level }),
      options,
    );
  }

  /**
   * Adds a friend, or sends a friend request with `reason` if the other wants one.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { answer } = await bridge.addFriend("10001", "10002", "It is me");
   * assertEquals(answer, "added");
   * ```
   */
  addFriend(
    account: string,
    uin: string,
    reason?: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"addFriend">> {
    return ofAccount(
      this,
      account,
      "addFriend",
      defined({ uin, reason }),
      options,
    );
  }

  /**
   * Answers a friend request, or sends one if `answer` is `ask`. `dismiss` takes it
   * off the list of `requests` and sends nothing.
   *
   * @example
   * ```ts
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { requests } = await bridge.requests({ accounts: ["10001"] });
   * for (const { account, from } of requests) {
   *   await bridge.answerRequest(account, from, "accept");
   * }
   * ```
   */
  answerRequest(
    account: string,
    uin: string,
    answer: AckAnswer | "dismiss",
    reason?: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"answerRequest">> {
    const params = defined({ uin, answer, reason });
    return ofAccount(this, account, "answerRequest", params, options);
  }

  /**
   * Removes a friend from the account's friend list.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.removeFriend("10001", "10002"), {});
   * ```
   */
  removeFriend(
    account: string,
    uin: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeFriend">> {
    return ofAccount(this, account, "removeFriend", { uin }, options);
  }

  /**
   * Searches people; an absent field matches everybody.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { people } = await bridge.search("10001", { province: "江苏省" });
   * assertEquals(people, [{ uin: "10002", nickname: "Alice" }]);
   * ```
   */
  search(
    account: string,
    query: BridgeCommandParams<"search">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"search">> {
    return ofAccount(this, account, "search", query, options);
  }

  /**
   * Changes the presence that friends see.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.setStatus("10001", "busy"), {});
   * ```
   */
  setStatus(
    account: string,
    status: Status,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"setStatus">> {
    return ofAccount(this, account, "setStatus", { status }, options);
  }

  /**
   * Logs the account in, also after `logout`.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { state } = await bridge.login("10001");
   * assertEquals(state, "connecting");
   * ```
   */
  login(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"login">> {
    return ofAccount(this, account, "login", {}, options);
  }

  /**
   * Logs the account out until `login`, also across restarts of the bridge.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { state } = await bridge.logout("10001");
   * assertEquals(state, "offline");
   * ```
   */
  logout(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"logout">> {
    return ofAccount(this, account, "logout", {}, options);
  }

  /**
   * Sends any command of the QQ protocol, with its fields by wire code; resolves with those of the reply.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { fields } = await bridge.raw("10001", "List", { TN: "0" });
   * assertEquals(fields.FN, "2");
   * ```
   */
  raw(
    account: string,
    cmd: CommandName | string,
    fields?: Record<string, string>,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"raw">> {
    return ofAccount(this, account, "raw", defined({ cmd, fields }), options);
  }

  /**
   * Returns a page of the journal's events, newest last.
   *
   * @param account QQ number of the account; undefined for all accounts that the
   * token reaches.
   * @param query Which events. With `after` or `since` alone the page is the first
   * one after that, otherwise the last one.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { events } = await bridge.history("10001", { with: "10002", limit: 20 });
   * assertEquals(events.at(-1)?.seq, 4183);
   * ```
   */
  history(
    account: string | undefined,
    query: BridgeCommandParams<"history"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"history">> {
    return this.command("history", query, {
      ...options,
      ...defined({ account }),
    });
  }

  /**
   * Returns the accounts that the token may see, ascending by number.
   *
   * @param query `states`, `text`: only accounts in these states, or whose number or
   * nickname contains a text. `limit`: maximum number; `after`: `next` of the
   * previous page.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { accounts, counts } = await bridge.accounts({ states: ["online"] });
   * assertEquals([accounts[0]?.uin, counts.online], ["10001", 1]);
   * ```
   */
  accounts(
    query: BridgeCommandParams<"accounts"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"accounts">> {
    return this.command("accounts", query, options);
  }

  /**
   * Returns the effective settings of the program, without secrets.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { settings: [setting] } = await bridge.settings();
   * assertEquals([setting?.name, setting?.value], ["logLevel", "info"]);
   * ```
   */
  settings(
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"settings">> {
    return this.command("settings", {}, options);
  }

  /**
   * Changes a live setting until the next start, such as `logLevel`.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { value } = await bridge.setSetting("logLevel", "debug");
   * assertEquals(value, "debug");
   * ```
   */
  setSetting(
    name: string,
    value: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"setSetting">> {
    return this.command("setSetting", { name, value }, options);
  }

  /**
   * Returns what the bridge has measured since its start.
   *
   * @param query `names`: only these series. `range`: `10m`, `2h` or `24h`. `since`:
   * only values since this time.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { stepMs, series } = await bridge.figures({ names: ["memory_bytes"] });
   * assertEquals([stepMs, series.memory_bytes?.unit], [1000, "bytes"]);
   * ```
   */
  figures(
    query: BridgeCommandParams<"figures"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"figures">> {
    return this.command("figures", query, options);
  }

  /**
   * Checks the connection; resolves with the bridge's time.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { at } = await bridge.ping({ timeoutMs: 5000 });
   * assertEquals(at, "2026-11-23T19:20:00.123Z");
   * ```
   */
  ping(options?: BridgeCommandOptions): Promise<BridgeCommandData<"ping">> {
    return this.command("ping", {}, options);
  }

  /**
   * Adds an account to the bridge, and to the embedded server if there is one.
   * Fails with `already_exists` if the account exists.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.addAccount({ uin: "10003", password: "secret" }), {});
   * ```
   */
  addAccount(
    account: BridgeCommandParams<"addAccount">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"addAccount">> {
    return this.command("addAccount", account, options);
  }

  /**
   * Changes the password, nickname or friend policy of an account; what is
   * absent stays. A new password logs the account in again.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.changeAccount({ uin: "10003", nickname: "Bob" }), {});
   * ```
   */
  changeAccount(
    change: BridgeCommandParams<"changeAccount">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"changeAccount">> {
    return this.command("changeAccount", change, options);
  }

  /**
   * Removes an account from the bridge, and from the embedded server if there is one.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.removeAccount("10003"), {});
   * ```
   */
  removeAccount(
    uin: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeAccount">> {
    return this.command("removeAccount", { uin }, options);
  }

  /**
   * Returns the conversations of the token's accounts, that of the last message or
   * friend event first.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { conversations } = await bridge.conversations({ unread: true });
   * assertEquals(conversations[0]?.nickname, "Alice");
   * ```
   */
  conversations(
    query: BridgeCommandParams<"conversations"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"conversations">> {
    return this.command("conversations", query, options);
  }

  /**
   * Returns the friend requests that wait for an answer, the newest first.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { requests, total } = await bridge.requests();
   * assertEquals([requests[0]?.text, total], ["It is me", 1]);
   * ```
   */
  requests(
    query: BridgeCommandParams<"requests"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"requests">> {
    return this.command("requests", query, options);
  }

  /**
   * Returns at once what the bridge knows of people; what it does not know is looked
   * up in the background and counted in `pending`.
   *
   * @param account The account.
   * @param query `uins`: QQ numbers, at most 200; all friends if absent.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { people, pending } = await bridge.people("10001", { uins: ["10002"] });
   * assertEquals([people[0]?.nickname, pending], ["Alice", 0]);
   * ```
   */
  people(
    account: string,
    query: BridgeCommandParams<"people"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"people">> {
    return ofAccount(this, account, "people", query, options);
  }

  /**
   * Marks messages as read, for all clients. Resolves with the number of unread
   * messages that are left.
   *
   * @param account The account.
   * @param mark `upTo`: position up to which messages are read. `with`: only those of
   * this QQ number.
   * @param options Key, timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { unread } = await bridge.markRead("10001", { with: "10002", upTo: 4183 });
   * assertEquals(unread, 0);
   * ```
   */
  markRead(
    account: string,
    mark: BridgeCommandParams<"markRead">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"markRead">> {
    return ofAccount(this, account, "markRead", mark, options);
  }

  /**
   * Returns the targets, to which the bridge connects or posts by itself. Needs a
   * token that reaches all accounts.
   *
   * @param query `after`: only targets after this id, `next` of the previous page.
   * `limit`: maximum number.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { targets } = await bridge.targets({ limit: 50 });
   * assertEquals(targets, []);
   * ```
   */
  targets(
    query: BridgeCommandParams<"targets"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"targets">> {
    return this.command("targets", query, options);
  }

  /**
   * Adds a target, or changes the one with the `id`, and tries it at once.
   * `null` clears a field. Resolves with the target's id.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { id } = await bridge.setTarget({ kind: "hook", url: "https://bot.example/events" });
   * assertEquals(await bridge.setTarget({ id, enabled: false }), { id });
   * ```
   */
  setTarget(
    change: BridgeCommandParams<"setTarget">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"setTarget">> {
    return this.command("setTarget", change, options);
  }

  /**
   * Removes a target with its positions.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.removeTarget("t1"), {});
   * ```
   */
  removeTarget(
    id: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeTarget">> {
    return this.command("removeTarget", { id }, options);
  }

  /**
   * Returns the token's open connections, sorted by id. A token that manages all
   * accounts sees those of all tokens.
   *
   * @param query `token`, `kind`: only these connections. `after`: only connections
   * after this id, `next` of the previous page. `limit`: maximum number.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { total } = await bridge.connections({ kind: "ws" });
   * assertEquals(total, 0);
   * ```
   */
  connections(
    query: BridgeCommandParams<"connections"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"connections">> {
    return this.command("connections", query, options);
  }

  /**
   * Closes a connection, so that its client connects again.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.disconnect("c17"), {});
   * ```
   */
  disconnect(
    connection: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"disconnect">> {
    return this.command("disconnect", { connection }, options);
  }

  /**
   * Returns the token's consumers, sorted by id. A token that manages all
   * accounts sees those of all tokens.
   *
   * @param query `token`: only consumers of this token. `after`: only consumers
   * after this id, `next` of the previous page. `limit`: maximum number.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { consumers: [robot] } = await bridge.consumers({ token: "admin" });
   * assertEquals([robot?.name, robot?.lag], ["robot", 1]);
   * ```
   */
  consumers(
    query: BridgeCommandParams<"consumers"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"consumers">> {
    return this.command("consumers", query, options);
  }

  /**
   * Moves a consumer that is not connected; resolves with its position.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { position } = await bridge.setConsumer("k3f9/robot", "head");
   * assertEquals(position, 4183);
   * ```
   */
  setConsumer(
    id: string,
    position: number | "oldest" | "head",
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"setConsumer">> {
    return this.command("setConsumer", { id, position }, options);
  }

  /**
   * Removes a consumer that is not connected, with its position.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.removeConsumer("k3f9/robot"), {});
   * ```
   */
  removeConsumer(
    id: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeConsumer">> {
    return this.command("removeConsumer", { id }, options);
  }

  /**
   * Returns the valid tokens, sorted by name. A token without all accounts sees
   * those that were created under it.
   *
   * @param query `revoked`: revoked and expired ones too. `after`: only tokens
   * after this one, `next` of the previous page. `limit`: maximum number.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { tokens: [token] } = await bridge.tokens();
   * assertEquals(token?.scopes, ["read", "send", "manage"]);
   * ```
   */
  tokens(
    query: BridgeCommandParams<"tokens"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"tokens">> {
    return this.command("tokens", query, options);
  }

  /**
   * Creates a token. Only this result contains its text.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { token, id } = await bridge.createToken({ name: "bot", scopes: ["read"] });
   * assertEquals([token, id], ["text-of-the-token", "a2"]);
   * ```
   */
  createToken(
    token: BridgeCommandParams<"createToken">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"createToken">> {
    return this.command("createToken", token, options);
  }

  /**
   * Revokes a token and all that were created under it; their connections are
   * closed within 60 s.
   *
   * @param token Its name, or `{ id }`.
   * @param options Timeout and signal.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(await bridge.revokeToken("bot"), {});
   * ```
   */
  revokeToken(
    token: string | BridgeCommandParams<"revokeToken">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"revokeToken">> {
    const params = typeof token === "string" ? { name: token } : token;
    return this.command("revokeToken", params, options);
  }
}

function ofAccount<N extends BridgeCommandName>(
  bridge: BridgeCommandMethods,
  account: string,
  name: N,
  params: BridgeCommandParams<N>,
  options: BridgeCommandOptions | undefined,
): Promise<BridgeCommandData<N>> {
  return bridge.command(name, params, { ...options, account });
}

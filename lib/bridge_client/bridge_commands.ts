/** A method for each command of the bridge. @module */

import type { AckAnswer, CommandName, Status } from "../protocol/codes.ts";
import type { BridgeCommandOptions } from "./pending_commands.ts";
import type { BridgeCommandName, BridgeCommands } from "../frames/commands.ts";

/** What a command resolves to. */
export type BridgeCommandData<N extends BridgeCommandName> = BridgeCommands[N][
  "data"
];

/** What a command takes. */
export type BridgeCommandParams<N extends BridgeCommandName> =
  BridgeCommands[N][
    "params"
  ];

/** Options of a command that an account executes. */
export interface BridgeAccountOptions extends BridgeCommandOptions {
  /** The account that acts; none for the bridge's own commands. */
  account?: string;
}

/**
 * The commands of a bridge, each resolving to its result's data and rejecting
 * with a `BridgeError`. The account that acts comes first, options last.
 *
 * `BridgeClient` has them over its WebSocket; whatever else carries a command
 * gets them by extending this class.
 *
 * @example The same methods over HTTP
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
 * import {
 *   type BridgeAccountOptions,
 *   type BridgeCommandData,
 *   BridgeCommandMethods,
 *   type BridgeCommandName,
 *   type BridgeCommandParams,
 * } from "@tqq/tqq";
 *
 * // Stands for a bridge; a program says `fetch` in its place.
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
 */
export abstract class BridgeCommandMethods {
  /**
   * Any command by its name.
   *
   * @param name The command.
   * @param params Its parameters.
   * @param options The account that acts, key, time-out, signal.
   */
  abstract command<N extends BridgeCommandName>(
    name: N,
    params: BridgeCommandParams<N>,
    options?: BridgeAccountOptions,
  ): Promise<BridgeCommandData<N>>;

  /** Sends a message; resolves to the place of its `message.sent` event. */
  send(
    account: string,
    to: string,
    text: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"send">> {
    return this.command("send", { to, text }, { ...options, account });
  }

  /** Returns the QQ numbers of all friends. */
  friends(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"friends">> {
    return this.command("friends", {}, { ...options, account });
  }

  /** The friends that are online. */
  onlineFriends(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"onlineFriends">> {
    return this.command("onlineFriends", {}, { ...options, account });
  }

  /** Somebody's profile; level 2 unless said. */
  profile(
    account: string,
    uin: string,
    level?: number,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"profile">> {
    const params = level === undefined ? { uin } : { uin, level };
    return this.command("profile", params, { ...options, account });
  }

  /** Adds a friend, or asks to, with the reason. */
  addFriend(
    account: string,
    uin: string,
    reason?: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"addFriend">> {
    const params = reason === undefined ? { uin } : { uin, reason };
    return this.command("addFriend", params, { ...options, account });
  }

  /** Answers a request, or asks to be added. */
  answerRequest(
    account: string,
    uin: string,
    answer: AckAnswer,
    reason?: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"answerRequest">> {
    const params = reason === undefined
      ? { uin, answer }
      : { uin, answer, reason };
    return this.command("answerRequest", params, { ...options, account });
  }

  /** Removes a friend from the account's list. */
  removeFriend(
    account: string,
    uin: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeFriend">> {
    return this.command("removeFriend", { uin }, { ...options, account });
  }

  /** Searches people; an absent field matches everybody. */
  search(
    account: string,
    query: BridgeCommandParams<"search">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"search">> {
    return this.command("search", query, { ...options, account });
  }

  /** Changes the account's presence. */
  setStatus(
    account: string,
    status: Status,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"setStatus">> {
    return this.command("setStatus", { status }, { ...options, account });
  }

  /** Logs the account in, also after `logout`. */
  login(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"login">> {
    return this.command("login", {}, { ...options, account });
  }

  /** Logs the account out; it stays out until `login`. */
  logout(
    account: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"logout">> {
    return this.command("logout", {}, { ...options, account });
  }

  /** Any command of the QQ protocol with its fields; resolves to the reply's. */
  raw(
    account: string,
    cmd: CommandName | string,
    fields?: Record<string, string>,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"raw">> {
    const params = fields === undefined ? { cmd } : { cmd, fields };
    return this.command("raw", params, { ...options, account });
  }

  /**
   * A page of the account's events, newest last.
   *
   * @param account Whose events.
   * @param query Only those with one QQ number (`with`), only those before a
   * place (`before`), and at most so many (`limit`).
   * @param options Time-out, signal.
   */
  history(
    account: string,
    query: BridgeCommandParams<"history"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"history">> {
    return this.command("history", query, { ...options, account });
  }

  /** The accounts that the token may see. */
  accounts(
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"accounts">> {
    return this.command("accounts", {}, options);
  }

  /** Whether the bridge is there, and its time. */
  ping(options?: BridgeCommandOptions): Promise<BridgeCommandData<"ping">> {
    return this.command("ping", {}, options);
  }

  /** Adds an account to the bridge, and to its embedded server. */
  addAccount(
    account: BridgeCommandParams<"addAccount">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"addAccount">> {
    return this.command("addAccount", account, options);
  }

  /** Removes an account from the bridge, and from its embedded server. */
  removeAccount(
    uin: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeAccount">> {
    return this.command("removeAccount", { uin }, options);
  }

  /**
   * The consumers, by id: those of the token, or of all tokens for one that
   * manages all accounts.
   *
   * @param query Only those of one `token`, only those `after` an id (the answer's
   * `next`), and at most `limit`.
   * @param options Time-out, signal.
   */
  consumers(
    query: BridgeCommandParams<"consumers"> = {},
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"consumers">> {
    return this.command("consumers", query, options);
  }

  /** Forgets a consumer that no connection holds, by its id. */
  removeConsumer(
    id: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"removeConsumer">> {
    return this.command("removeConsumer", { id }, options);
  }

  /** Creates a token. Only this result contains its text. */
  createToken(
    token: BridgeCommandParams<"createToken">,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"createToken">> {
    return this.command("createToken", token, options);
  }

  /** Ends a token; its connections are closed within 60 s. */
  revokeToken(
    name: string,
    options?: BridgeCommandOptions,
  ): Promise<BridgeCommandData<"revokeToken">> {
    return this.command("revokeToken", { name }, options);
  }
}

/** Adding, removing and listing accounts. @module */

import type { Policy, QqServer } from "../../lib/server/mod.ts";
import { assertReaches, type Grant } from "../access/grant.ts";
import {
  type AccountRecord,
  type AccountStore,
  compareNumbers,
  NICKNAME,
  withStatus,
} from "./account_store.ts";
import type { UpstreamSupervisor } from "./supervisor.ts";

/** An account to add, or the changes to one that exists. */
export interface AccountAddition {
  /** QQ number of the account. */
  uin: string;
  /** MD5 of the password, 32 lower-case hex digits. */
  passwordMd5: string;
  /** Nickname; `undefined` keeps the present one, or sets the number. */
  nickname?: string | undefined;
  /** Who may add the account as a friend, at the embedded server; `undefined` keeps the present policy, or sets `verify`. */
  policy?: Policy | undefined;
  /** Whether the bridge also logs the account in. */
  bridge: boolean;
}

/** An account in a list. */
export interface ListedAccount {
  /** QQ number of the account. */
  uin: string;
  /** Nickname; empty if it is unknown. */
  nickname: string;
  /** Whether the bridge logs it in: `out` after the command `logout`. */
  bridge: "in" | "out" | "no";
  /** Whether the embedded server has the account. */
  embedded: boolean;
  /** State of the account; `undefined` if no bridge is running. */
  state?: string;
}

/** Options of an {@linkcode AccountService}. */
export interface AccountServiceOptions {
  /** Accounts that the bridge logs in. */
  store: AccountStore;
  /** Upstreams of the running bridge; `undefined` if none is running. */
  upstreams?: Pick<UpstreamSupervisor, "open" | "remove" | "find"> | undefined;
  /** Embedded QQ server; `undefined` if the accounts are at another server. */
  server?: QqServer | undefined;
  /** MD5 of the demo password, if it is not allowed because a listener is reachable from other hosts. */
  refusedPasswordMd5?: string | undefined;
}

/** Keeps the accounts of the bridge and of the embedded server in step. */
export class AccountService {
  readonly #options: AccountServiceOptions;

  constructor(options: AccountServiceOptions) {
    this.#options = options;
  }

  /**
   * Adds an account, or changes its password and what else is given.
   *
   * @returns Whether the account is new.
   * @throws {CommandError} If the grant does not reach the account.
   * @throws {RangeError | TypeError} If a value is invalid.
   */
  async add(
    grant: Grant,
    addition: AccountAddition,
  ): Promise<{ isNew: boolean }> {
    const { store, server } = this.#options;
    const { uin, passwordMd5, nickname, bridge } = addition;
    assertReaches(grant, uin, "addAccount");
    this.#checkPassword(passwordMd5);
    checkNickname(nickname);
    const former = store.get(uin);
    const isNew = await this.#addToServer(addition);
    if (bridge) {
      await this.#open({
        uin,
        passwordMd5,
        nickname: nickname ?? former?.nickname ?? "",
        wanted: "in",
      });
    }
    return { isNew: server === undefined ? former === undefined : isNew };
  }

  /**
   * Removes an account from the bridge and from the embedded server.
   *
   * @throws {CommandError} If the grant does not reach the account.
   * @throws {RangeError} If there is no such account.
   */
  async remove(
    grant: Grant,
    { uin }: { uin: string },
  ): Promise<Record<string, never>> {
    const { store, upstreams, server } = this.#options;
    assertReaches(grant, uin, "removeAccount");
    const wasKept = await (upstreams ?? store).remove(uin);
    const wasServed = await server?.removeAccount(uin) ?? false;
    if (wasKept || wasServed) return {};
    throw new RangeError(
      `Cannot remove the account: the number must be that of an account, got ${
        JSON.stringify(uin)
      }`,
    );
  }

  /** Returns the accounts of the bridge and of the embedded server, ascending by number. */
  list(): ListedAccount[] {
    const { store, upstreams, server } = this.#options;
    const accounts = new Map<string, ListedAccount>();
    for (const { uin, nickname } of server?.accounts() ?? []) {
      accounts.set(uin, { uin, nickname, bridge: "no", embedded: true });
    }
    for (const { uin, nickname, wanted } of store.list()) {
      const served = accounts.get(uin);
      const upstream = upstreams?.find(uin);
      accounts.set(uin, {
        uin,
        nickname: served?.nickname ?? nickname,
        bridge: wanted,
        embedded: served !== undefined,
        ...(upstream === undefined ? {} : { state: upstream.state.state }),
      });
    }
    return [...accounts.values()].sort((a, b) => compareNumbers(a.uin, b.uin));
  }

  #open(record: AccountRecord): Promise<void> | void {
    const { store, upstreams } = this.#options;
    if (upstreams !== undefined) return upstreams.open(record);
    store.put(withStatus(record, store.get(record.uin)));
  }

  #checkPassword(passwordMd5: string): void {
    if (passwordMd5 !== this.#options.refusedPasswordMd5) return;
    throw new RangeError(
      "Cannot add the account: the demo password is not allowed while a listener is reachable from other hosts. Choose another password, or listen on 127.0.0.1.",
    );
  }

  /** Returns whether the account is new at the embedded server. */
  async #addToServer(addition: AccountAddition): Promise<boolean> {
    const { server } = this.#options;
    const { uin, passwordMd5, nickname, policy, bridge } = addition;
    if (server === undefined) {
      if (bridge && policy === undefined) return false;
      throw new RangeError(
        `Cannot add the account: ${
          bridge ? "--policy" : "--no-bridge"
        } must not be set while the accounts are at another QQ server`,
      );
    }
    const changes = {
      ...(nickname === undefined ? {} : { nickname }),
      ...(policy === undefined ? {} : { policy }),
    };
    if (!server.accounts().some((one) => one.uin === uin)) {
      await server.createAccount({ uin, passwordMd5, ...changes });
      return true;
    }
    await server.setPassword(uin, passwordMd5);
    await server.updateAccount(uin, changes);
    return false;
  }
}

function checkNickname(nickname: string | undefined): void {
  if (nickname === undefined || NICKNAME.test(nickname)) return;
  throw new RangeError(
    `Cannot add the account: the nickname must have 1 to 256 characters without control characters, got ${
      JSON.stringify(nickname.slice(0, 40))
    }`,
  );
}

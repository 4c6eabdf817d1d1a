/** Adding, changing, removing and listing accounts. @module */

import { defined } from "../../lib/defined.ts";
import type { Policy, QqServer } from "../../lib/server/mod.ts";
import { assertReaches, type Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  type AccountRecord,
  type AccountStore,
  compareNumbers,
  NICKNAME,
  withStatus,
} from "./account_store.ts";
import type { UpstreamSupervisor } from "./supervisor.ts";

/** An account to add. */
export interface AccountAddition {
  /** QQ number of the account. */
  uin: string;
  /** MD5 of the password, 32 lower-case hex digits. */
  passwordMd5: string;
  /** Nickname; `undefined` sets the number. */
  nickname?: string | undefined;
  /** Who may add the account as a friend, at the embedded server; `undefined` sets `verify`. */
  policy?: Policy | undefined;
  /** Whether the bridge also logs the account in. */
  bridge: boolean;
}

/** Changes to an account; what is `undefined` stays as it is. */
export interface AccountChange {
  /** QQ number of the account. */
  uin: string;
  /** MD5 of the new password, 32 lower-case hex digits. */
  passwordMd5?: string | undefined;
  nickname?: string | undefined;
  /** Who may add the account as a friend, at the embedded server. */
  policy?: Policy | undefined;
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
  upstreams?:
    | Pick<UpstreamSupervisor, "open" | "change" | "remove" | "find">
    | undefined;
  /** Embedded QQ server; `undefined` if the accounts are at another server. */
  server?: QqServer | undefined;
  /** MD5 of the demo password, if it is not allowed because a listener is reachable from other hosts. */
  refusedPasswordMd5?: string | undefined;
}

type Empty = Record<string, never>;

/** Keeps the accounts of the bridge and of the embedded server in step. */
export class AccountService {
  readonly #options: AccountServiceOptions;
  /** The last pending change of each account. */
  readonly #changes = new Map<string, Promise<unknown>>();

  constructor(options: AccountServiceOptions) {
    this.#options = options;
  }

  /**
   * Adds an account. A number that only one of bridge and embedded server has is
   * added to the other, if the password is that of the first.
   *
   * @throws {CommandError} `unknown_account` if the grant does not reach the
   * account, `already_exists` if it exists; nothing is changed then.
   * @throws {RangeError | TypeError} If a value is invalid.
   */
  async add(grant: Grant, addition: AccountAddition): Promise<Empty> {
    const { uin, passwordMd5, nickname } = addition;
    assertReaches(grant, uin, "addAccount");
    this.#checkPassword(passwordMd5, "add");
    checkNickname(nickname, "add");
    return await this.#inTurn(uin, async () => {
      this.#assertIsNew(addition);
      await this.#addToServer(addition);
      if (addition.bridge) {
        await this.#open({
          uin,
          passwordMd5,
          nickname: nickname ?? this.#options.store.get(uin)?.nickname ?? "",
          wanted: "in",
        });
      }
      return {};
    });
  }

  /**
   * Changes an account at the bridge and at the embedded server. An account that
   * is logged out stays logged out.
   *
   * @throws {CommandError} `unknown_account` if there is no such account, or the
   * grant does not reach it.
   * @throws {RangeError | TypeError} If a value is invalid, or nothing is given.
   */
  async change(grant: Grant, change: AccountChange): Promise<Empty> {
    const { uin, passwordMd5, nickname, policy } = change;
    assertReaches(grant, uin, "changeAccount");
    if (passwordMd5 !== undefined) this.#checkPassword(passwordMd5, "change");
    checkNickname(nickname, "change");
    if ((passwordMd5 ?? nickname ?? policy) === undefined) {
      throw new RangeError(
        "Cannot change the account: password, nickname or policy must be given, got none",
      );
    }
    return await this.#inTurn(uin, () => this.#change(change));
  }

  /**
   * Removes an account from the bridge and from the embedded server.
   *
   * @throws {CommandError} If the grant does not reach the account.
   * @throws {RangeError} If there is no such account.
   */
  async remove(grant: Grant, { uin }: { uin: string }): Promise<Empty> {
    assertReaches(grant, uin, "removeAccount");
    return await this.#inTurn(uin, () => this.#remove(uin));
  }

  async #remove(uin: string): Promise<Empty> {
    const { store, upstreams, server } = this.#options;
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
    return store.put(withStatus(record, store.get(record.uin)));
  }

  #checkPassword(passwordMd5: string, verb: string): void {
    if (passwordMd5 !== this.#options.refusedPasswordMd5) return;
    throw new RangeError(
      `Cannot ${verb} the account: the demo password is not allowed while a listener is reachable from other hosts. Choose another password, or listen on 127.0.0.1.`,
    );
  }

  /** Throws CommandError if the account is everywhere already where it is to be added, or has another password. */
  #assertIsNew({ uin, passwordMd5, bridge }: AccountAddition): void {
    const { store, server } = this.#options;
    const kept = store.get(uin);
    const isServed = this.#isServed(uin);
    if (kept === undefined && !isServed) return;
    const isComplete = (kept !== undefined || !bridge) &&
      (isServed || server === undefined);
    const hasPassword = kept?.passwordMd5 === passwordMd5 ||
      isServed && server!.accountsWithPassword(passwordMd5).includes(uin);
    if (!isComplete && hasPassword) return;
    throw new CommandError(
      "already_exists",
      `Cannot add the account: the number must be new, and ${uin} exists. Change it with changeAccount or "account change".`,
    );
  }

  #isServed(uin: string): boolean {
    const accounts = this.#options.server?.accounts() ?? [];
    return accounts.some((one) => one.uin === uin);
  }

  async #addToServer(addition: AccountAddition): Promise<void> {
    const { server } = this.#options;
    const { uin, passwordMd5, nickname, policy, bridge } = addition;
    if (server === undefined) {
      if (bridge && policy === undefined) return;
      throw new RangeError(
        `Cannot add the account: ${
          bridge ? "--policy" : "--no-bridge"
        } must not be set while the accounts are at another QQ server`,
      );
    }
    const details = defined({ nickname, policy });
    if (this.#isServed(uin)) await server.updateAccount(uin, details);
    else await server.createAccount({ uin, passwordMd5, ...details });
  }

  async #change(change: AccountChange): Promise<Empty> {
    const { store, upstreams, server } = this.#options;
    const { uin, passwordMd5, nickname, policy } = change;
    const isServed = this.#isServed(uin);
    if (!isServed && store.get(uin) === undefined) {
      throw new CommandError(
        "unknown_account",
        `Cannot change the account: the number must be that of an account, got ${
          JSON.stringify(uin)
        }`,
      );
    }
    if (isServed) {
      await server!.updateAccount(uin, defined({ nickname, policy }));
      if (passwordMd5 !== undefined) {
        await server!.setPassword(uin, passwordMd5);
      }
    } else if (policy !== undefined) {
      throw new RangeError(
        "Cannot change the account: policy must not be set for an account at another QQ server",
      );
    }
    const changes = defined({ passwordMd5, nickname });
    if (upstreams !== undefined) await upstreams.change(uin, changes);
    else {
      const record = store.get(uin);
      if (record !== undefined) await store.put({ ...record, ...changes });
    }
    return {};
  }

  /** Runs the changes of an account one after the other, so that two additions cannot both find the number free. */
  #inTurn<T>(uin: string, change: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(uin);
    const done = before === undefined ? change() : before.then(change);
    const last = done.catch(() => {}).then(() => {
      if (this.#changes.get(uin) === last) this.#changes.delete(uin);
    });
    this.#changes.set(uin, last);
    return done;
  }
}

function checkNickname(nickname: string | undefined, verb: string): void {
  if (nickname === undefined || NICKNAME.test(nickname)) return;
  throw new RangeError(
    `Cannot ${verb} the account: the nickname must have 1 to 256 characters without control or direction characters, got ${
      JSON.stringify(nickname.slice(0, 40))
    }`,
  );
}

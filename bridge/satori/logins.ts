/** The logins that a client knows, and how they change. No I/O. @module */

import type { AccountInfo } from "../../mod.ts";
import { type Login, loginOf } from "./resources.ts";

/** A change that the client does not know yet. */
export interface LoginChange {
  readonly type: "login-added" | "login-updated" | "login-removed";
  readonly login: Login;
}

type Account = Pick<AccountInfo, "uin" | "nickname" | "state">;

export class Logins {
  readonly #known = new Map<string, Login>();

  /** Returns the logins that READY contains. */
  start(accounts: readonly Account[]): Login[] {
    return accounts.map((account) => this.#set(account));
  }

  /** Any account that the client knows; `undefined` if it knows none. */
  get any(): string | undefined {
    return this.#known.keys().next().value;
  }

  /** Returns the nickname that the client knows of an account. */
  nickname(uin: string): string | undefined {
    return this.#known.get(uin)?.user.name;
  }

  /** Adds an account, or changes its state. */
  update(account: Account): LoginChange {
    const type = this.#known.has(account.uin) ? "login-updated" : "login-added";
    return { type, login: this.#set(account) };
  }

  /** Removes an account; undefined if the client does not know it. */
  remove(uin: string): LoginChange | undefined {
    const login = this.#known.get(uin);
    if (login === undefined) return undefined;
    this.#known.delete(uin);
    return { type: "login-removed", login };
  }

  /** Returns what has changed since. Accounts are added and renamed without an event in the journal. */
  compare(accounts: readonly Account[]): LoginChange[] {
    const current = new Set(accounts.map(({ uin }) => uin));
    const removed = [...this.#known].filter(([uin]) => !current.has(uin));
    for (const [uin] of removed) this.#known.delete(uin);
    const changed = accounts.filter((account) => {
      const known = this.#known.get(account.uin);
      return known?.user.name !== loginOf(account).user.name ||
        known === undefined;
    });
    return [
      ...removed.map(([, login]): LoginChange => ({
        type: "login-removed",
        login,
      })),
      ...changed.map((account) => this.update(account)),
    ];
  }

  #set(account: Account): Login {
    const login = loginOf(account);
    this.#known.set(account.uin, login);
    return login;
  }
}

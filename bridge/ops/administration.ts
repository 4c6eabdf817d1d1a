/**
 * What the sub-commands `account` and `token` do, on a running program or on a
 * data folder alike.
 *
 * @module
 */

import { type ConsumerInfo, md5Hex, type Scope, SCOPES } from "../../mod.ts";
import {
  DEMO_PASSWORD,
  type Policy,
  type QqServer,
} from "../../lib/server/mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import {
  listConsumers,
  removeConsumer,
} from "../commands/consumer_commands.ts";
import type { Grant } from "../access/grant.ts";
import {
  type AccountRecord,
  type AccountStore,
  NICKNAME,
  withStatus,
} from "../upstream/account_store.ts";
import {
  addToken,
  ADMINISTRATOR,
  type TokenRecord,
  type TokenStore,
} from "../access/token_store.ts";
import type { BackupReport } from "../storage/backup/backup.ts";
import type { LiveBackup } from "../storage/backup/live_backup.ts";

/** An account that is to be. */
export interface AccountAddition {
  /** The QQ number. */
  uin: string;
  /** MD5 of the password. */
  passwordMd5: string;
  /** The nickname; absent: the number, or what it was. */
  nickname?: string | undefined;
  /** Who may add it, at the embedded server; absent: verify, or what it was. */
  policy?: Policy | undefined;
  /** Whether the bridge logs it in too. */
  bridge: boolean;
}

/** An account as it is listed. */
export interface ListedAccount {
  /** The QQ number. */
  uin: string;
  /** The nickname; empty where it is not known. */
  nickname: string;
  /** Whether the bridge logs it in: `out` after the command logout. */
  bridge: "in" | "out" | "no";
  /** Whether it is one of the embedded server's. */
  embedded: boolean;
  /** What it is doing, where the bridge runs. */
  state?: string;
}

/** A token as it is listed: without its hash. */
export type ListedToken = Omit<TokenRecord, "hash">;

/** What can be done. Each rejects with an error that says why not. */
export interface Administration {
  /** Makes an account, or changes its password and what is given; tells whether it is new. */
  addAccount(params: AccountAddition): Promise<{ isNew: boolean }>;
  /** Removes an account from the bridge and from the embedded server. */
  removeAccount(params: { uin: string }): Promise<object>;
  /** All accounts, ascending by number. */
  listAccounts(params: object): Promise<{ accounts: ListedAccount[] }>;
  /** Makes a token. */
  createToken(
    params: {
      name: string;
      scopes?: readonly Scope[] | undefined;
      accounts?: readonly string[] | undefined;
    },
  ): Promise<{ token: string }>;
  /** Revokes a token. */
  revokeToken(params: { name: string }): Promise<object>;
  /** All tokens, in the order of their names. */
  listTokens(params: object): Promise<{ tokens: ListedToken[] }>;
  /** All consumers, by id. */
  listConsumers(params: object): Promise<{ consumers: ConsumerInfo[] }>;
  /** Forgets a consumer that no connection holds. */
  removeConsumer(params: { id: string }): Promise<object>;
  /** Copies the data folder to an absolute path. */
  backup(params: { target: string }): Promise<BackupReport>;
}

/** The names of {@linkcode Administration}. */
export const METHODS: readonly (keyof Administration)[] = [
  "addAccount",
  "removeAccount",
  "listAccounts",
  "createToken",
  "revokeToken",
  "listTokens",
  "listConsumers",
  "removeConsumer",
  "backup",
];

/** Whom the bridge logs in: a running bridge, or its store. */
export interface AccountKeeper {
  /** All. */
  list(): AccountRecord[];
  /** Adds one, or changes it, and logs it in. */
  add(record: AccountRecord): Promise<void> | void;
  /** Logs one out and forgets it; tells whether it was there. */
  remove(uin: string): Promise<boolean> | boolean;
  /** What one is doing, where that is known. */
  state?(uin: string): string | undefined;
}

/** The keeper of a store that no bridge runs on. */
export function keeperOf(store: AccountStore): AccountKeeper {
  return {
    list: () => store.list(),
    add: (record) => store.put(withStatus(record, store.get(record.uin))),
    remove: (uin) => store.remove(uin),
  };
}

/** How an {@linkcode Administrator} is made. */
export interface AdministratorOptions {
  /** Whom the bridge logs in. */
  keeper: AccountKeeper;
  /** The tokens. */
  tokens: TokenStore;
  /** The embedded server, where there is one. */
  qq?: QqServer | undefined;
  /** Whether a listener is off loopback: then no password may be `demo`. */
  exposed?: boolean;
  /** Whether the configuration sets the administrator's token: then no other has its name. */
  administratorIsSet?: boolean;
  /** The journal and its consumers; undefined for a folder that is opened without its journal. */
  bridge?: Pick<BridgeApi, "journal" | "consumers"> | undefined;
  /** Copies the data folder; undefined if nothing is kept on disk. */
  backup?: LiveBackup | undefined;
  /** The time in milliseconds since 1970. */
  now?: () => number;
}

/** Reaches all consumers: it can read the data folder in any case. */
const OPERATOR: Grant = {
  name: "",
  scopes: new Set(SCOPES),
  accounts: "all",
  revoked: () => false,
};

/** See {@linkcode Administration}. */
export class Administrator implements Administration {
  readonly #options: AdministratorOptions;

  constructor(options: AdministratorOptions) {
    this.#options = options;
  }

  /** Makes an account, or changes it. */
  async addAccount(params: AccountAddition): Promise<{ isNew: boolean }> {
    const { keeper, qq } = this.#options;
    const { uin, passwordMd5, nickname, bridge } = params;
    this.checkPassword(passwordMd5);
    checkNickname(nickname);
    const former = keeper.list().find((one) => one.uin === uin);
    const isNew = await this.#addToServer(params);
    if (bridge) {
      await keeper.add({
        uin,
        passwordMd5,
        nickname: nickname ?? former?.nickname ?? "",
        wanted: "in",
      });
    }
    return { isNew: qq === undefined ? former === undefined : isNew };
  }

  /** Removes an account from bridge and embedded server. */
  async removeAccount({ uin }: { uin: string }): Promise<object> {
    const { keeper, qq } = this.#options;
    const wasKept = await keeper.remove(uin);
    const wasServed = await qq?.removeAccount(uin) ?? false;
    if (wasKept || wasServed) return {};
    throw new RangeError(
      `Cannot remove an account: the number must be that of an account, got ${
        JSON.stringify(uin)
      }`,
    );
  }

  /** All accounts. */
  listAccounts(): Promise<{ accounts: ListedAccount[] }> {
    const { keeper, qq } = this.#options;
    const accounts = new Map<string, ListedAccount>();
    for (const { uin, nickname } of qq?.accounts() ?? []) {
      accounts.set(uin, { uin, nickname, bridge: "no", embedded: true });
    }
    for (const { uin, nickname, wanted } of keeper.list()) {
      const served = accounts.get(uin);
      const state = keeper.state?.(uin);
      accounts.set(uin, {
        uin,
        nickname: served?.nickname ?? nickname,
        bridge: wanted,
        embedded: served !== undefined,
        ...(state === undefined ? {} : { state }),
      });
    }
    return Promise.resolve({
      accounts: [...accounts.values()].sort((a, b) =>
        a.uin.length - b.uin.length || (a.uin < b.uin ? -1 : 1)
      ),
    });
  }

  /** Makes a token. */
  // deno-lint-ignore require-await
  async createToken(
    params: Parameters<Administration["createToken"]>[0],
  ): Promise<{ token: string }> {
    const { tokens, administratorIsSet, now = Date.now } = this.#options;
    if (administratorIsSet && params.name === ADMINISTRATOR) {
      throw new RangeError(
        `Cannot make a token: the name must not be ${ADMINISTRATOR} while TQQ_TOKEN or a token file sets the administrator's, got it`,
      );
    }
    return { token: addToken(tokens, params, now()) };
  }

  /** Revokes a token, and frees its consumers. */
  async revokeToken({ name }: { name: string }): Promise<object> {
    const { tokens, bridge, administratorIsSet, now = Date.now } =
      this.#options;
    if (tokens.revoke(name, now())) {
      // The configuration's administrator has the same name and goes on.
      if (administratorIsSet && name === ADMINISTRATOR) return {};
      // If that fails, the bridge frees them when it looks for such consumers.
      await bridge?.consumers.removeOwner(name).catch(() => {});
      return {};
    }
    // Who gives the token instead of its name does not read it again.
    throw new RangeError(
      "Cannot revoke a token: the name must be that of a token that holds, got another",
    );
  }

  /** All tokens. */
  listTokens(): Promise<{ tokens: ListedToken[] }> {
    const tokens = this.#options.tokens.list()
      .map(({ hash: _, ...listed }) => listed);
    return Promise.resolve({ tokens });
  }

  async listConsumers(): Promise<{ consumers: ConsumerInfo[] }> {
    const { now = Date.now } = this.#options;
    const { consumers } = await Promise.resolve(
      listConsumers(this.#bridge, OPERATOR, { limit: Infinity }, now()),
    );
    return { consumers };
  }

  removeConsumer(params: { id: string }): Promise<object> {
    return removeConsumer(this.#bridge, OPERATOR, params);
  }

  get #bridge(): Pick<BridgeApi, "journal" | "consumers"> {
    const { bridge } = this.#options;
    if (bridge !== undefined) return bridge;
    throw new RangeError(
      "Cannot work on consumers: the journal must be open, got none",
    );
  }

  /** Copies the data folder. */
  async backup({ target }: { target: string }): Promise<BackupReport> {
    const { backup } = this.#options;
    if (backup !== undefined) return await backup.run(target);
    throw new RangeError(
      "Cannot back up: the program must keep its data in a folder, got memory",
    );
  }

  /**
   * Refuses the password that everybody knows where everybody can reach us.
   *
   * @throws {RangeError} Where it is `demo` and a listener is off loopback.
   */
  checkPassword(passwordMd5: string): void {
    if (!this.#options.exposed || passwordMd5 !== md5Hex(DEMO_PASSWORD)) return;
    throw new RangeError(
      "Cannot add an account: the password must not be the demo's while a listener is off loopback, got it",
    );
  }

  /** Makes or changes the account at the embedded server; tells whether it is new there. */
  async #addToServer(params: AccountAddition): Promise<boolean> {
    const { qq } = this.#options;
    const { uin, passwordMd5, nickname, policy, bridge } = params;
    if (qq === undefined) {
      if (bridge && policy === undefined) return false;
      throw new RangeError(
        `Cannot add an account: ${
          bridge ? "--policy" : "--no-bridge"
        } must not be set where the QQ server is another's, got it`,
      );
    }
    const changes = {
      ...(nickname === undefined ? {} : { nickname }),
      ...(policy === undefined ? {} : { policy }),
    };
    if (!qq.accounts().some((one) => one.uin === uin)) {
      await qq.createAccount({ uin, passwordMd5, ...changes });
      return true;
    }
    await qq.setPassword(uin, passwordMd5);
    await qq.updateAccount(uin, changes);
    return false;
  }
}

function checkNickname(nickname: string | undefined): void {
  if (nickname === undefined || NICKNAME.test(nickname)) return;
  throw new RangeError(
    `Cannot add an account: the nickname must have 1 to 256 characters without control characters, got ${
      JSON.stringify(nickname.slice(0, 40))
    }`,
  );
}

/**
 * The administrator's token of a first start: made once in the life of a store
 * of tokens.
 *
 * @param tokens The tokens.
 * @param wasMade Whether it was made before.
 * @returns The token, to be told this once; undefined where it was made before.
 */
export function makeAdministrator(
  tokens: TokenStore,
  wasMade: boolean,
  now: number,
): string | undefined {
  const isThere = tokens.list().some(({ name }) => name === ADMINISTRATOR);
  if (wasMade || isThere) return undefined;
  return addToken(tokens, { name: ADMINISTRATOR }, now);
}

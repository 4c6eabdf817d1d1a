/** What sub-commands do with a data folder. @module */

import { isAbsolute } from "node:path";
import type { ConsumerInfo, TargetChange, TargetInfo } from "../../mod.ts";
import type { AuditMessage, AuditSink } from "../access/audit.ts";
import { OPERATOR } from "../access/grant.ts";
import type { ListedToken, TokenService } from "../access/token_service.ts";
import type { CreatedToken, NewToken } from "../access/token_store.ts";
import {
  type ConsumerServices,
  listConsumers,
  removeConsumer,
} from "../commands/local/consumer_list.ts";
import type { ClusterStatus } from "../cluster/cluster_status.ts";
import type { BackupReport } from "../storage/backup/backup.ts";
import type { LiveBackup } from "../storage/backup/live_backup.ts";
import type { TargetService } from "../targets/target_service.ts";
import type {
  AccountAddition,
  AccountChange,
  AccountService,
  ListedAccount,
} from "../upstream/account_service.ts";

/** Methods of the control endpoint. Each rejects with an error whose message is for the user. */
export interface ControlApi {
  /** Adds an account that does not exist. */
  addAccount(params: AccountAddition): Promise<object>;
  /** Changes an account that exists. */
  changeAccount(params: AccountChange): Promise<object>;
  /** Removes an account from the bridge and from the embedded server. */
  removeAccount(params: { uin: string }): Promise<object>;
  /** Lists the accounts, ascending by number. */
  listAccounts(params: object): Promise<{ accounts: ListedAccount[] }>;
  /** Creates a token of the operator. */
  createToken(params: NewToken): Promise<CreatedToken>;
  /** Revokes a token and what was created under it. */
  revokeToken(params: { name: string }): Promise<{ alsoEnded: number }>;
  /** Lists the tokens, in the order of their names. */
  listTokens(params: object): Promise<{ tokens: ListedToken[] }>;
  /** Lists the consumers, by id. */
  listConsumers(params: object): Promise<{ consumers: ConsumerInfo[] }>;
  /** Removes a consumer that no connection holds. */
  removeConsumer(params: { id: string }): Promise<object>;
  /** Lists the targets, by id. */
  listTargets(params: object): Promise<{ targets: TargetInfo[] }>;
  /** Adds or changes a target. */
  setTarget(params: TargetChange): Promise<{ id: string }>;
  /** Removes a target with its positions. */
  removeTarget(params: { id: string }): Promise<object>;
  /** Members of the cluster, and the owners of its shards. */
  clusterStatus(params: object): Promise<ClusterStatus>;
  /** Copies the data folder to an absolute path. */
  backup(params: { target: string }): Promise<BackupReport>;
}

/** Journal and consumers of a bridge. */
type ConsumerSource = Pick<ConsumerServices, "journal" | "consumers">;

/** The services behind a {@linkcode ControlApi}. */
export interface ControlServices {
  readonly accounts: AccountService;
  readonly tokens: TokenService;
  readonly targets: TargetService;
  /** Journal and consumers; undefined if the folder was opened without its journal. */
  readonly bridge?: ConsumerSource | undefined;
  /** Reports the state of the cluster; undefined without one. */
  readonly clusterStatus?: (() => ClusterStatus) | undefined;
  /** Undefined if nothing is kept on disk. */
  readonly backup?: LiveBackup | undefined;
  /** Receives each security event. @default they are not reported */
  readonly audit?: AuditSink | undefined;
}

/** Names of the methods of {@linkcode ControlApi}. */
export const CONTROL_METHODS: readonly (keyof ControlApi)[] = [
  "addAccount",
  "changeAccount",
  "removeAccount",
  "listAccounts",
  "createToken",
  "revokeToken",
  "listTokens",
  "listConsumers",
  "removeConsumer",
  "listTargets",
  "setTarget",
  "removeTarget",
  "clusterStatus",
  "backup",
];

/** Calls the services as the operator of this machine. */
export function createControlApi(services: ControlServices): ControlApi {
  const { accounts, targets, tokens } = services;
  const bridge = () => {
    if (services.bridge !== undefined) {
      const { journal, consumers } = services.bridge;
      const tokenName = (id: string) => tokens.nameOf(id);
      return { journal, consumers, tokenName };
    }
    throw new RangeError(
      "Cannot work on consumers: the journal must be open, and it is not",
    );
  };
  const everything = { limit: Infinity };
  const report = (
    message: AuditMessage,
    subject: string | undefined,
    subjectName?: string,
    count?: number,
  ) => {
    const { id, name } = OPERATOR;
    const actor = { id, name };
    services.audit?.add({ message, actor, subject, subjectName, count });
  };
  // All are async, so that what a service throws is a rejection.
  return {
    addAccount: async (params) => {
      const result = await accounts.add(OPERATOR, params);
      report("account added", params.uin);
      return result;
    },
    changeAccount: async (params) => {
      const result = await accounts.change(OPERATOR, params);
      report("account changed", params.uin);
      return result;
    },
    removeAccount: async (params) => {
      const result = await accounts.remove(OPERATOR, params);
      report("account removed", params.uin);
      return result;
    },
    listAccounts: async () => ({ accounts: await accounts.list() }),
    createToken: async (params) => {
      const created = await tokens.create(OPERATOR, params);
      report("token created", created.id, params.name);
      return created;
    },
    revokeToken: async (params) => {
      const { id, name } = tokens.identify(params) ?? {};
      const result = await tokens.revoke(OPERATOR, params);
      const count = result.alsoEnded === 0 ? undefined : 1 + result.alsoEnded;
      report("token revoked", id, name, count);
      return result;
    },
    listTokens: async () => ({ tokens: await tokens.list(OPERATOR) }),
    listConsumers: async () => ({
      consumers: await listConsumers(bridge(), OPERATOR, everything, Date.now())
        .consumers,
    }),
    removeConsumer: async (params) => {
      const result = await removeConsumer(bridge(), OPERATOR, params);
      report("consumer removed", params.id);
      return result;
    },
    listTargets: async () => ({
      targets: await targets.list(OPERATOR, everything).targets,
    }),
    setTarget: async (params) => {
      const { id, stored } = await targets.set(OPERATOR, params);
      await stored;
      report("target changed", id);
      return { id };
    },
    removeTarget: async (params) => {
      const result = await targets.remove(OPERATOR, params);
      report("target removed", params.id);
      return result;
    },
    clusterStatus: async () => {
      const state = services.clusterStatus?.();
      if (state !== undefined) return await state;
      throw new RangeError(
        "Cannot show the cluster: the program of the data folder is not a node of one",
      );
    },
    backup: async ({ target }) => {
      // Relative to this process's folder, not to that of the sub-command.
      if (typeof target !== "string" || !isAbsolute(target)) {
        throw new RangeError(
          "Cannot back up: the folder must be an absolute path",
        );
      }
      if (services.backup !== undefined) {
        const made = await services.backup.run(target);
        report("backup made", target);
        return made;
      }
      throw new RangeError(
        "Cannot back up: the program must keep its data in a folder, but keeps it in memory",
      );
    },
  };
}

/** What a token allows. @module */

import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  type Scope,
  SCOPES,
} from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** What the holder of a token may do. */
export interface Grant {
  /** Id of the token, to which everything that a client owns belongs. */
  readonly id: string;
  /** Name of the token; logs show it, and never the token itself. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** QQ numbers of the accounts that the grant reaches, or `all`. */
  readonly accounts: "all" | ReadonlySet<string>;
  /** Consumer of connections that receive events and name none; absent if the token has none. */
  readonly consumer?: string | undefined;
  /** Whether the token was revoked or has expired; checked on every command and at intervals. */
  revoked(): boolean;
  /** Called at intervals while a connection uses the grant; absent if nothing depends on it. */
  keepAlive?(): void;
}

/** Id and name of the grant that a process on this machine gets if it can read the data folder. */
export const LOCAL = "local";

/** Grant of the sub-commands on this machine: a process that can write the data folder can do everything. */
export const OPERATOR: Grant = {
  id: LOCAL,
  name: LOCAL,
  scopes: new Set(SCOPES),
  accounts: "all",
  revoked: () => false,
};

/** Whether a grant reaches an account. */
export function reaches(grant: Grant, account: string): boolean {
  return grant.accounts === "all" || grant.accounts.has(account);
}

/** Returns a grant that reaches one account of another's. */
export function narrowGrant(grant: Grant, account: string): Grant {
  return {
    id: grant.id,
    name: grant.name,
    scopes: grant.scopes,
    accounts: new Set([account]),
    revoked: () => grant.revoked(),
  };
}

/** Throws `unknown_account` unless the grant reaches the account. */
export function assertReaches(
  grant: Grant,
  account: string,
  command: BridgeCommandName,
): void {
  if (reaches(grant, account)) return;
  throw new CommandError(
    "unknown_account",
    `Cannot do ${command}: the token ${grant.name} reaches no account ${account}`,
  );
}

/** Whether a grant allows a command. */
export function allows(grant: Grant, command: BridgeCommandName): boolean {
  return grant.scopes.has(COMMAND_SCOPES[command]);
}

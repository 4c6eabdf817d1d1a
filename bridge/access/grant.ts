/** Grants: what a token allows. @module */

import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  type Scope,
} from "../../mod.ts";

/** What a token allows. */
export interface Grant {
  /** The token's name: it appears in logs, the token never does. */
  readonly name: string;
  /** What may be done. */
  readonly scopes: ReadonlySet<Scope>;
  /** On which accounts. */
  readonly accounts: "all" | ReadonlySet<string>;
  /** Whether the token was revoked since; asked on every command and at intervals. */
  revoked(): boolean;
}

/** Whether a grant reaches an account. */
export function reaches(grant: Grant, account: string): boolean {
  return grant.accounts === "all" || grant.accounts.has(account);
}

/** Whether a grant allows a command. */
export function allows(grant: Grant, command: BridgeCommandName): boolean {
  return grant.scopes.has(COMMAND_SCOPES[command]);
}

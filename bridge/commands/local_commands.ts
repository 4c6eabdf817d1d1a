/** The commands of the bridge itself. @module */

import type { Clock } from "../../lib/clock.ts";
import {
  type AccountInfo,
  type BridgeCommandParams,
  md5Hex,
} from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import type { TokenService } from "../access/token_service.ts";
import { CommandError } from "../errors/command_error.ts";
import { isFatal, RETRY_WRITE_MS } from "../sqlite/errors.ts";
import type { AccountService } from "../upstream/account_service.ts";

/** The part of a {@linkcode TokenService} that commands call. */
export interface TokenChanges extends Pick<TokenService, "revoke"> {
  create(
    ...params: Parameters<TokenService["create"]>
  ): { token: string } | Promise<{ token: string }>;
}

/** What the bridge's own commands work on. */
export interface LocalServices {
  readonly clock: Pick<Clock, "now">;
  readonly accounts: Pick<AccountService, "add" | "remove">;
  /** Undefined if tokens cannot be changed while the bridge runs. */
  readonly tokens: TokenChanges | undefined;
  /** Returns the accounts that a grant reaches. */
  listAccounts(grant: Grant): AccountInfo[];
}

/** The bridge's own commands by name, except those about consumers. */
export function localCommands(services: LocalServices) {
  const { clock, accounts, listAccounts } = services;
  const tokens = () => {
    if (services.tokens !== undefined) return services.tokens;
    throw new RangeError(
      "Cannot change tokens: this bridge has only those of its options",
    );
  };
  return {
    accounts: (grant: Grant) =>
      Promise.resolve({ accounts: listAccounts(grant) }),
    ping: () => Promise.resolve({ at: new Date(clock.now()).toISOString() }),
    addAccount: (
      grant: Grant,
      { password, ...params }: BridgeCommandParams<"addAccount">,
    ) =>
      run(async () => {
        const passwordMd5 = md5Hex(password);
        await accounts.add(grant, { ...params, passwordMd5, bridge: true });
        return {};
      }),
    removeAccount: (
      grant: Grant,
      params: BridgeCommandParams<"removeAccount">,
    ) => run(() => accounts.remove(grant, params)),
    createToken: (grant: Grant, params: BridgeCommandParams<"createToken">) =>
      run(() => tokens().create(grant, params)),
    revokeToken: (grant: Grant, params: BridgeCommandParams<"revokeToken">) =>
      run(() => tokens().revoke(grant, params)),
  };
}

/** Runs a change. Values that a service rejects are `bad_params`, and a failing disk is `overloaded`. */
async function run<T>(change: () => T | Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (isFatal(error)) {
      throw new CommandError(
        "overloaded",
        `Cannot write the data folder: ${(error as Error).message}`,
        { retryAfterMs: RETRY_WRITE_MS, cause: error },
      );
    }
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new CommandError("bad_params", error.message, { cause: error });
    }
    throw error;
  }
}

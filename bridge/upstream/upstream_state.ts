/** The states of an account: what its client tells, and what the user can do. @module */

import type { AccountState, ClientStatus } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** An account's state, since when, why, and what the user can do. */
export interface UpstreamState {
  /** The state. */
  state: AccountState;
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** Why. */
  reason?: string;
  /** What the user can do. */
  action?: string;
}

/** What the user can do about an account that is out. */
export const LOGIN = "Log in with the command login";

/** Why an account is out whose key another bridge's key followed. */
export const OVERTAKEN = "another bridge polls this account";

/** An account that was logged out on purpose. */
export const LOGGED_OUT = { reason: "logged out", action: LOGIN } as const;

/** The state that a client's status is, of an account. */
export function stateOf(
  uin: string,
  status: ClientStatus,
): Omit<UpstreamState, "since"> {
  switch (status.type) {
    case "connecting":
      return { state: "connecting" };
    case "online":
      return { state: "online" };
    case "penalised":
      return {
        state: "penalised",
        reason: "the server wants a pause",
        action: `Wait until ${new Date(status.untilAt).toISOString()}`,
      };
    case "refused":
      return {
        state: "refused",
        reason: status.reason,
        action: `Give the right password: account change ${uin}`,
      };
    case "replaced":
      if (status.overtaken) {
        return {
          state: "replaced",
          reason: OVERTAKEN,
          action: status.waitsForEnd
            ? `Stop the other bridge, or wait: this one logs in once the other has ended. To take the account back: ${LOGIN.toLowerCase()}`
            : status.retryAt === undefined
            ? `Stop the other bridge. ${LOGIN}`
            : "Stop the other bridge, or wait: this one logs in again, less often each time",
        };
      }
      return {
        state: "replaced",
        reason: "logged in elsewhere, or the session lapsed",
        action: status.waitsForEnd
          ? `Log out there, or wait: the bridge logs in once the other session has ended. To take the account back: ${LOGIN.toLowerCase()}`
          : status.retryAt === undefined
          ? "Log out there, or wait: the bridge logs in again"
          : `Log out there, or wait: the bridge logs in again at ${
            new Date(status.retryAt).toISOString()
          }. To take the account back: ${LOGIN.toLowerCase()}`,
      };
    case "offline":
      return {
        state: "offline",
        reason: status.reason,
        ...(status.retryAt === undefined ? {} : {
          action: `Nothing: next try at ${
            new Date(status.retryAt).toISOString()
          }`,
        }),
      };
  }
}

/** Throws CommandError where an account in this state cannot act. */
export function assertActs(
  uin: string,
  { state, reason, action }: UpstreamState,
): void {
  if (state === "online" || state === "penalised") return;
  throw new CommandError(
    state === "refused" ? "login_refused" : "not_logged_in",
    `Account ${uin} is ${state}${reason === undefined ? "" : `: ${reason}`}${
      action === undefined ? "" : `. ${action}`
    }`,
    state === "refused" ? {} : { retryAfterMs: 3000 },
  );
}

/** The states of an account. @module */

import type { AccountState, ClientStatus } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** An account's state, since when, why, and what the user can do. */
export interface UpstreamState {
  state: AccountState;
  /** When it began, in milliseconds since 1970. */
  since: number;
  /** Why the account is in this state. */
  reason?: string;
  /** What the user can do. */
  action?: string;
}

/** What the user can do about an account that is logged out. */
export const LOGIN = "Log in with the command login";

/** Reason of an account that another bridge polls. */
export const OVERTAKEN = "another bridge polls this account";

/** Reason and action of an account that a user logged out. */
export const LOGGED_OUT = { reason: "logged out", action: LOGIN } as const;

/** The state of an account whose client has a status. */
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

/** Throws CommandError if an account in this state cannot execute commands. */
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

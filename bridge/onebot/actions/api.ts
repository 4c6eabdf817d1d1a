/** Calls: an action by its name, with `_async` and `_rate_limited` behind it. @module */

import { CommandError } from "../../errors/command_error.ts";
import { ACCOUNT_ACTIONS } from "./account_actions.ts";
import type { Action, Caller } from "./action.ts";
import { FRIEND_ACTIONS } from "./friend_actions.ts";
import { MESSAGE_ACTIONS } from "./message_actions.ts";
import { PacedCalls } from "./paced_calls.ts";
import { type Answer, ASYNC, done, failed, failedWith } from "../retcodes.ts";

/** All actions by name; what is not here QQ HTTP cannot do. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ...ACCOUNT_ACTIONS,
  ...FRIEND_ACTIONS,
  ...MESSAGE_ACTIONS,
]);

/** Most calls with `_async` under way for an account. */
export const ASYNC_CALLS = 64;

/** See the module. */
export class OneBotApi {
  readonly #failed: (error: unknown) => void;
  readonly #paced: PacedCalls;
  readonly #async = new Map<string, number>();

  /** @param onFailed Is told of what should not happen. */
  constructor(onFailed: (error: unknown) => void) {
    this.#failed = onFailed;
    this.#paced = new PacedCalls(onFailed);
  }

  /** Answers a call. Never rejects. */
  async call(caller: Caller, name: string, params: unknown): Promise<Answer> {
    const [plain, suffix] = splitName(name);
    const action = ACTIONS.get(plain);
    if (action === undefined) {
      return failed(
        "unknown_command",
        `Cannot do ${name.slice(0, 64)}: QQ HTTP has no such action`,
      );
    }
    switch (suffix) {
      case "_rate_limited":
        return this.#paced.add(caller, () => action(caller, params))
          ? ASYNC
          : overloaded(plain);
      case "_async":
        return this.#later(caller, () => action(caller, params))
          ? ASYNC
          : overloaded(plain);
    }
    try {
      return done(await action(caller, params));
    } catch (error) {
      const answer = failedWith(error);
      if (answer !== undefined) return answer;
      this.#failed(error);
      return failed("internal", `Cannot do ${plain}: the bridge failed`);
    }
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#paced.close();
  }

  #later({ account }: Caller, run: () => Promise<unknown>): boolean {
    const count = this.#async.get(account) ?? 0;
    if (count >= ASYNC_CALLS) return false;
    this.#async.set(account, count + 1);
    run().catch((error) => {
      // Nobody is there any more to be told why it was not done.
      if (!(error instanceof CommandError)) this.#failed(error);
    }).finally(() => {
      const left = this.#async.get(account)! - 1;
      if (left === 0) this.#async.delete(account);
      else this.#async.set(account, left);
    });
    return true;
  }
}

function splitName(name: string): [plain: string, suffix: string] {
  const suffix = /_async$|_rate_limited$/.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - suffix.length), suffix];
}

function overloaded(action: string): Answer {
  return failed(
    "overloaded",
    `Cannot do ${action}: too many calls of the account wait`,
    1000,
  );
}

/** Runs actions by name. @module */

import { CommandError } from "../../errors/command_error.ts";
import { ACCOUNT_ACTIONS } from "./account_actions.ts";
import type { Call, CallContext } from "../../endpoint/calls.ts";
import { FRIEND_ACTIONS } from "./friend_actions.ts";
import { MESSAGE_ACTIONS } from "./message_actions.ts";
import { PacedCalls } from "./paced_calls.ts";
import { type Answer, ASYNC, done, failed, failedWith } from "../retcodes.ts";

/** All actions by name; QQ HTTP can do no others. */
export const ACTIONS: ReadonlyMap<string, Call> = new Map([
  ...ACCOUNT_ACTIONS,
  ...FRIEND_ACTIONS,
  ...MESSAGE_ACTIONS,
]);

/** Maximum number of calls with `_async` under way for an account; further ones are rejected. */
export const MAX_ASYNC_CALLS = 64;

/** Runs actions, at once or with `_async` or `_rate_limited` after the name. */
export class OneBotApi {
  readonly #onError: (error: unknown) => void;
  readonly #paced: PacedCalls;
  readonly #async = new Map<string, number>();

  /** @param onError Called with errors that should not happen. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#paced = new PacedCalls(onError);
  }

  /** Answers a call. Never rejects. */
  async call(
    context: CallContext,
    name: string,
    params: unknown,
  ): Promise<Answer> {
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
        return this.#paced.add(context, () => action(context, params))
          ? ASYNC
          : overloaded(plain);
      case "_async":
        return this.#later(context, () => action(context, params))
          ? ASYNC
          : overloaded(plain);
    }
    try {
      return done(await action(context, params));
    } catch (error) {
      const answer = failedWith(error);
      if (answer !== undefined) return answer;
      this.#onError(error);
      return failed("internal", `Cannot do ${plain}: the bridge failed`);
    }
  }

  /** Drops the calls that wait. */
  close(): void {
    this.#paced.close();
  }

  #later({ account }: CallContext, run: () => Promise<unknown>): boolean {
    const count = this.#async.get(account) ?? 0;
    if (count >= MAX_ASYNC_CALLS) return false;
    this.#async.set(account, count + 1);
    run().catch((error) => {
      // The client has its answer already, so the reason is dropped.
      if (!(error instanceof CommandError)) this.#onError(error);
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

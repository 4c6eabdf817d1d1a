/** The refusal of a node that does not own an account. @module */

import { CommandError } from "../../errors/command_error.ts";

/** Another node owns the account, so nothing was stored, and nothing may be sent. */
export class NotOwnerError extends CommandError {
  override readonly name = "NotOwnerError";

  constructor(account: string) {
    super(
      "overloaded",
      `Cannot begin a keyed command: this node must own the account, got ${account}`,
    );
  }
}

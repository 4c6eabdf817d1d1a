/** The refusal of a node that does not own an account. @module */

/** Another node owns the account, so nothing was stored, and nothing may be sent. */
export class NotOwnerError extends Error {
  override readonly name = "NotOwnerError";

  constructor(account: string) {
    super(
      `Cannot begin a keyed command: this node must own the account, got ${account}`,
    );
  }
}

/** What the codec throws. @module */

/**
 * Why a text is not a command or not a reply.
 *
 * @category Errors
 */
export type MalformedCode = "malformed_command" | "malformed_reply";

/**
 * A text that is no command, or no reply, of the protocol.
 *
 * The message names the field, the rule and the value (cut to 40 characters;
 * never a password hash).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeReply, MalformedError } from "@tqq/tqq";
 *
 * let error: unknown;
 * try {
 *   decodeReply("VER=1.1&CMD=LOGOUT&SEQ=1&UIN=me&RES=0");
 * } catch (thrown) {
 *   error = thrown;
 * }
 * assertEquals(
 *   error instanceof MalformedError && [error.code, error.field, error.message],
 *   [
 *     "malformed_reply",
 *     "UIN",
 *     'Cannot decode a reply: UIN must be 1 to 20 digits, got "me"',
 *   ],
 * );
 * ```
 * @category Errors
 */
export class MalformedError extends Error {
  /** `malformed_command` from `decodeCommand`, `malformed_reply` from `decodeReply`. */
  readonly code: MalformedCode;
  /** Wire code of the invalid field, such as `UIN`; absent if it is not one field. */
  readonly field: string | undefined;

  /**
   * Made by the codec.
   *
   * @param code Which direction failed.
   * @param message What, why, got.
   * @param field The wire code of the field.
   */
  constructor(code: MalformedCode, message: string, field?: string) {
    super(message);
    this.name = "MalformedError";
    this.code = code;
    this.field = field;
  }
}

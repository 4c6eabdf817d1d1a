/** Names of consumers and tokens. @module */

/**
 * Matches the name of a consumer or a token: 1 to 64 letters, digits, dots, `_` and `-`.
 *
 * @category Frames
 */
export const NAME_PATTERN: RegExp = /^[A-Za-z0-9._-]{1,64}$/;

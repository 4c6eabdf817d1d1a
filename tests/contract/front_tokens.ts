/** The tokens of all fronts. They are apart, because Workers bundle them too. @module */

/** The administrator's token. */
export const TOKEN = "a-token-of-the-tests";

/** The token `reader`, which reaches account 10001. */
export const READER = "a-token-that-reads";

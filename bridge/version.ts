/** The version of the program; that of deno.json. @module */

/** The version. */
export const VERSION = "0.1.0";

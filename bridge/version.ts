/** The version of the program; that of deno.json. @module */

/** Version of the program, from `deno.json`. */
export const VERSION = "0.1.0";

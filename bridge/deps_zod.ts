/**
 * Zod, with its exact version. Its users import it as a namespace, so that
 * bundlers leave out what nobody uses.
 *
 * @module
 */

export * from "npm:zod@4.6.7";

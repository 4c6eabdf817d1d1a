/** Names that no token gets, because the program uses them. @module */

import { LOCAL } from "./grant.ts";
import { ADMINISTRATOR } from "./token_store.ts";

/** Names of the program's own grants. A token of such a name would be mistaken for the program. */
export const RESERVED_NAMES: readonly string[] = [
  ADMINISTRATOR,
  LOCAL,
  "onebot",
  "satori",
  "hook",
  "console",
];

/** People are the core's: every dialect needs their names. @module */

export {
  type Asker,
  NOBODY,
  People,
  PEOPLE_LIMITS,
  type Person,
} from "../endpoint/profile_cache.ts";

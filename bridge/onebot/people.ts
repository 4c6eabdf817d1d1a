/** People are the core's: every dialect needs their names. @module */

export {
  type CachedProfile as Person,
  PROFILE_CACHE_LIMITS as PEOPLE_LIMITS,
  ProfileCache as People,
  type RequestContext as Asker,
  UNKNOWN_PROFILE as NOBODY,
} from "../endpoint/profile_cache.ts";

/** Stores of names and faces. @module */

/** What is known of a person. */
export interface KnownPerson {
  readonly uin: string;
  readonly nickname: string;
  /** Number of the avatar picture; undefined if it is not known. */
  readonly face?: number | undefined;
  /** When it was learnt, in milliseconds since 1970. */
  readonly at: number;
}

/** Maximum number of people in a store; those that were not used for the longest time are dropped first. */
export const PEOPLE = 100_000;

/** A synchronous store of people. */
export interface PeopleStore {
  /** Returns all, those that were not used for the longest time first. */
  list(): KnownPerson[];
  /** Stores what was learnt. */
  put(people: readonly KnownPerson[]): void;
  remove(uins: readonly string[]): void;
}

/** Nothing outlasts the process. */
export const NO_PEOPLE_STORE: PeopleStore = {
  list: () => [],
  put() {},
  remove() {},
};

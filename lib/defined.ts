/** Objects with optional fields. @module */

/** `T` with the fields that may be undefined as optional ones that may not. */
export type Defined<T extends object> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & {
    [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<
      T[K],
      undefined
    >;
  };

/**
 * Returns a copy of `fields` without those that are undefined, because an
 * absent field and one that is undefined mean different things in JSON and in
 * option types. A field that is null stays.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

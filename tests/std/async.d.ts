// The signatures that the tests use of deno-std, which ships no types.

export declare function delay(
  ms: number,
  options?: { signal?: AbortSignal; persistent?: boolean },
): Promise<void>;
export declare function deadline<T>(
  p: Promise<T>,
  ms: number,
  options?: { signal?: AbortSignal },
): Promise<T>;

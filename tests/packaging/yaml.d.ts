// The signature that the tests use of deno-std, which ships no types.

export declare function parse(text: string): unknown;

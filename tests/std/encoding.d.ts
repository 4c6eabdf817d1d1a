// The signatures that the tests use of deno-std, which ships no types.

export declare function decodeBase64(b64: string): Uint8Array<ArrayBuffer>;

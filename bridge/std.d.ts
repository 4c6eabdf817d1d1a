// The signatures that the bridge uses of deno-std, which ships no types.

export declare const STATUS_TEXT: Readonly<Record<number, string>>;
export interface ServerSentEventMessage {
  comment?: string;
  event?: string;
  data?: string;
  id?: string | number;
  retry?: number;
}
export declare class ServerSentEventStream
  extends TransformStream<ServerSentEventMessage, Uint8Array> {}
export declare function acceptsEncodings(
  request: Request,
  ...encodings: string[]
): string | undefined;
export declare function eTag(entity: string): Promise<string>;
export declare function ifNoneMatch(
  value: string | null,
  etag: string,
): boolean;
export declare function closestString(
  givenWord: string,
  possibleWords: readonly string[],
): string;
export declare function levenshteinDistance(str1: string, str2: string): number;
export declare function promptSecret(
  message?: string,
  options?: { mask?: string; clear?: boolean },
): string | null;

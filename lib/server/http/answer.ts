/** What the server's commands take and give, whatever front speaks HTTP. @module */

/**
 * A request, as both fronts hand it on.
 *
 * @category Server
 */
export interface QqRequest {
  /** HTTP method, upper case. Any but POST gets NULL. */
  method: string;
  /** The body's bytes, not yet known to be UTF-8. */
  body: Uint8Array;
  /** Content-Type header; null if absent. */
  contentType: string | null;
  /** Idempotency-Key header; null if absent. */
  idempotencyKey: string | null;
  /** Prefer header; null if absent. */
  prefer: string | null;
  /**
   * Tqq-Session header; null or undefined if absent. It identifies the session
   * together with the number, in place of the address.
   */
  session?: string | null;
  /** The client's address, without port: half of the session's identity. */
  address: string;
  /** Aborted when the client goes away, so that nothing waits for it. */
  signal: AbortSignal;
}

/**
 * What is answered. `null` is no answer at all: a bare close on the raw front,
 * an empty 200 on the fetch front. The last three only come from faults.
 *
 * @category Server
 */
export type QqAnswer =
  | {
    type: "null";
    /** True if the connection is closed even if NULL is an empty reply. */
    closes?: true;
  }
  | {
    type: "reply";
    /** One body, or the two of Query_Stat without a limit. */
    bodies: string[];
    /** Idempotency-Key, Preference-Applied and Tqq-Session, where they apply. */
    headers: Record<string, string>;
  }
  /** The response breaks off after so many bytes of its body. */
  | { type: "cut"; body: string; bytes: number }
  /** Nothing is answered until the client gives up. */
  | { type: "silent" }
  /** This status and this text instead of a reply. */
  | { type: "http"; status: number; body: string };

/**
 * Answers one request. Never rejects.
 *
 * @category Server
 */
export type Answerer = (request: QqRequest) => Promise<QqAnswer>;

/** A recorded frame of the page's own WebSocket. @module */

export interface RecordedFrame {
  /** Number of the frame, counted from 1. */
  readonly number: number;
  /** Time of recording, in milliseconds since 1970. */
  readonly at: number;
  readonly direction: "in" | "out";
  /** Length of the text in characters. */
  readonly size: number;
  /** Parsed contents, with secrets masked. Those of an event are parsed when they are read. */
  readonly value: Readonly<Record<string, unknown>>;
}

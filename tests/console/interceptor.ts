/** Stands between a page and its bridge: counts commands, and answers some in the bridge's place. @module */

import type { Page } from "./deps.ts";

export interface SentCommand {
  readonly id: number;
  readonly command: string;
  readonly account?: string;
  readonly params: Record<string, unknown>;
  readonly key?: string;
  /** Time at which the page sent it, in milliseconds since 1970. */
  readonly at: number;
}

/** Data of a result, an error's code in `{ error }`, `"drop"` for no answer, or `undefined` to ask the bridge. */
export type Answer =
  | { readonly error: string }
  | { readonly data: unknown }
  | "drop"
  | undefined;

export interface Interceptor {
  /** Commands of the page in the order of sending; its keep-alive is not among them. */
  readonly sent: SentCommand[];
  /** Answers a command in the bridge's place. */
  answer: (command: SentCommand) => Answer;
  /** Commands a minute that the bridge allows, if not its own limit. */
  commandsPerMinute?: number;
  /** Sends a frame to the page, on its main connection. */
  push(frame: object): void;
  /** Closes the main connection as the bridge does. */
  close(code: number): void;
}

/** Reloads a page, and intercepts the sockets that it opens from then on. */
export async function intercept(page: Page): Promise<Interceptor> {
  let main: {
    send(text: string): void;
    close(options: { code: number }): Promise<void>;
  } | undefined;
  const own: Interceptor = {
    sent: [],
    answer: () => undefined,
    push: (frame) => main!.send(JSON.stringify(frame)),
    close: (code) => void main!.close({ code }),
  };
  await page.routeWebSocket(/\/ws\?/, (socket) => {
    if (!socket.url().includes("presence")) main = socket;
    const bridge = socket.connectToServer();
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (frame.type !== "command") return bridge.send(text);
      if (frame.id !== "alive") own.sent.push({ ...frame, at: Date.now() });
      const answer = own.answer(frame);
      if (answer === undefined) return bridge.send(text);
      if (answer === "drop") return;
      const result = { type: "result", id: frame.id };
      socket.send(JSON.stringify(
        "data" in answer ? { ...result, ok: true, data: answer.data } : {
          ...result,
          ok: false,
          error: {
            code: answer.error,
            message: "In the words of the bridge",
            retriable: false,
          },
        },
      ));
    });
    bridge.onMessage((text) => {
      const frame = JSON.parse(String(text));
      const { commandsPerMinute } = own;
      if (frame.type !== "welcome" || commandsPerMinute === undefined) {
        return socket.send(text);
      }
      const limits = { ...frame.limits, commandsPerMinute };
      socket.send(JSON.stringify({ ...frame, limits }));
    });
  });
  // The browser takes the rule at the next load only.
  await page.reload();
  return own;
}

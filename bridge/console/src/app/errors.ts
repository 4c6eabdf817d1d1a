/** Says in the user's language what an error of the bridge means. @module */

import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import { type Signal, signal } from "../deps.ts";
import { language } from "../texts/preferences.ts";
import { loadTexts, t } from "../texts/strings.ts";

export interface ErrorText {
  /** What happened, whether it was done, and what to do. */
  readonly text: string;
  /** The bridge's own words, in English; `undefined` if there are none. */
  readonly details: string | undefined;
}

/** The texts, which come after the page; until then an error has one text for all. */
const texts: Signal<typeof import("../texts/error_texts.ts") | undefined> =
  signal(undefined);

/** Loads the texts. Never rejects: without the bridge an error has its general text. */
export async function loadErrorTexts(): Promise<void> {
  if (texts.peek() !== undefined) return;
  try {
    const loaded = await import("../texts/error_texts.ts");
    await loadTexts(language.value);
    texts.value = loaded;
  } catch {
    // The next error tries again.
  }
}

/**
 * Explains an error.
 *
 * @param command Name of the command that failed, whose meaning refines some codes.
 */
export function explainError(error: unknown, command?: string): ErrorText {
  if (error instanceof BridgeError) {
    const { code, message: details, sent } = error;
    // Without an answer nobody knows what became of a command that has left.
    const isOpen = sent && (code === "timeout" || code === "closed");
    const text = explainCode(isOpen ? "outcome_unknown" : code, command);
    return { text, details };
  }
  const details = error instanceof Error ? error.message : undefined;
  return { text: t("didNotWork"), details };
}

/** Explains an error code. */
export function explainCode(code: string, command?: string): string {
  return (command === undefined ? undefined : find(`${code}_${command}`)) ??
    find(code) ?? t("didNotWork");
}

/** Explains why the connection ended; `undefined` for a code without a text of its own. */
export function explainClose(closeCode: number): string | undefined {
  return find(`close_${closeCode}`);
}

function find(name: string): string | undefined {
  const loaded = texts.value;
  return loaded?.isErrorText(name) ? loaded.e(name) : undefined;
}

/** Says in the user's language what an error of the bridge means. @module */

import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import { EN } from "../texts/en/errors.ts";
import { defineTexts } from "../texts/strings.ts";

const t = defineTexts(
  EN,
  async () => (await import("../texts/zh/groups/talk.ts")).ERRORS,
);

export interface ErrorText {
  /** What happened, whether it was done, and what to do. */
  readonly text: string;
  /** The bridge's own words, in English; `undefined` if there are none. */
  readonly details: string | undefined;
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
  return { text: t("other"), details };
}

/** Explains an error code. */
export function explainCode(code: string, command?: string): string {
  const refined = `${code}_${command}`;
  if (command !== undefined && isName(refined)) return t(refined);
  return t(isName(code) ? code : "other");
}

/** Explains why the connection ended; `undefined` for a code without a text of its own. */
export function explainClose(closeCode: number): string | undefined {
  const name = `close_${closeCode}`;
  return isName(name) ? t(name) : undefined;
}

function isName(name: string): name is keyof typeof EN {
  return Object.hasOwn(EN, name);
}

/** Says in the user's language what an error of the bridge means. @module */

import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import { EN } from "../texts/en/errors.ts";
import { defineTexts } from "../texts/strings.ts";

const t = defineTexts(
  EN,
  async () => (await import("../texts/zh/errors.ts")).ZH,
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
    return { text: explainCode(error.code, command), details: error.message };
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

function isName(name: string): name is keyof typeof EN {
  return Object.hasOwn(EN, name);
}

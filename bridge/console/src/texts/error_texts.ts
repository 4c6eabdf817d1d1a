/** Texts of errors, loaded after the page is shown. @module */

import { EN } from "./en/errors.ts";
import { defineTexts, type Translate } from "./strings.ts";

type ErrorTextName = keyof typeof EN;

export const e: Translate<ErrorTextName> = defineTexts(
  EN,
  async () => (await import("./zh/groups/talk.ts")).ERRORS,
);

export function isErrorText(name: string): name is ErrorTextName {
  return Object.hasOwn(EN, name);
}

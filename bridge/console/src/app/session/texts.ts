/** Finds the texts of the shell that are shown now and then. @module */

import { EN } from "../../texts/en/shell.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const s: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/talk.ts")).SHELL,
);

/** Finds the texts of this page. @module */

import { EN } from "../../texts/en/accounts.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const a: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/talk.ts")).ACCOUNTS,
);

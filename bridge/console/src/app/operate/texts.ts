/** Texts of the pages on which the bridge is operated. @module */

import { EN } from "../../texts/en/operate.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const o: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/operate.ts")).OPERATE,
);

/** Texts of the figures. @module */

import { EN } from "../../texts/en/figures.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const f: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/operate.ts")).FIGURES,
);

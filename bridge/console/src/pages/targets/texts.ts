/** Texts of the page of the targets. @module */

import { EN } from "../../texts/en/targets.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const tt: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/operate.ts")).TARGETS,
);

/** Texts of the log. @module */

import { EN } from "../../texts/en/logs.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const l: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/operate.ts")).LOGS,
);

/** Texts of the playground. @module */

import { EN } from "../../texts/en/playground.ts";
import { defineTexts } from "../../texts/strings.ts";

export const p = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/develop.ts")).PLAYGROUND,
);

/** Texts of the events. @module */

import { EN } from "../../texts/en/events.ts";
import { defineTexts } from "../../texts/strings.ts";

export const e = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/develop.ts")).EVENTS,
);

/** Finds the texts of this page. @module */

import { EN } from "../../texts/en/chats.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const c: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/talk.ts")).CHATS,
);

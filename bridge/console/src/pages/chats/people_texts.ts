/** Finds the texts of people. @module */

import { EN } from "../../texts/en/people.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export type PeopleText = keyof typeof EN;

export const p: Translate<PeopleText> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/talk.ts")).PEOPLE,
);

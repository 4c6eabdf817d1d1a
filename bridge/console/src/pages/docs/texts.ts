/** Texts of the documents. @module */

import { EN } from "../../texts/en/docs.ts";
import { ERRORS, EVENTS } from "../../texts/en/documents.ts";
import { language } from "../../texts/preferences.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const d: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => {
    const { DOCS, DOCUMENTS } = await import(
      "../../texts/zh/groups/develop.ts"
    );
    chinese = DOCUMENTS;
    return DOCS;
  },
);

type Subject = "COMMANDS" | "EVENTS" | "ERRORS" | "CLOSES";

let chinese:
  | Readonly<Record<Subject, Readonly<Record<string, string>>>>
  | undefined;

const ENGLISH: Readonly<
  Partial<Record<Subject, Readonly<Record<string, string>>>>
> = { EVENTS, ERRORS };

/** A text about a command, an event or a code. The bridge may be newer than this page: then what it says itself, in English. */
export function meaningOf(
  subject: Subject,
  name: string,
  said = "",
): { text: string; lang: string | undefined } {
  const own = language.value === "zh" ? chinese?.[subject][name] : undefined;
  if (own !== undefined) return { text: own, lang: undefined };
  return {
    text: ENGLISH[subject]?.[name] ?? said,
    lang: language.value === "zh" ? "en" : undefined,
  };
}

/** The helpers that every table of facts uses. */

import type { Language } from "../pages.ts";

/** A text in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** The heads of a table's columns. */
export type Heads = readonly Text[];

/** The heads in one language. */
export function headRow(heads: Heads, language: Language): string[] {
  return heads.map((head) => head[language]);
}

/** A text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Texts as code, with commas between them. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

/** "yes" or "no". */
export function yesOrNo(value: boolean, language: Language): string {
  if (language === "zh") return value ? "是" : "否";
  return value ? "yes" : "no";
}

/** A sentence without its full stop, and safe in a cell. */
export function cell(text: string): string {
  return text.replace(/\.$/, "").replaceAll("|", "\\|");
}

/**
 * The text of a name.
 *
 * @throws {Error} If a table of texts lacks it.
 */
export function textFor<T>(
  texts: Readonly<Record<string, T>>,
  name: string,
  where: string,
): T {
  const found = Object.hasOwn(texts, name) ? texts[name] : undefined;
  if (found !== undefined) return found;
  throw new Error(
    `Cannot write the tables: ${where} has no text for ${name}. Add it there.`,
  );
}

/** Common heads. */
export const MEANING: Text = { en: "meaning", zh: "含义" };

/** Texts of the console in the shown language. @module */

import { type Language, language } from "./preferences.ts";
import { EN, type TextName } from "./texts_en.ts";
import { ZH } from "./texts_zh.ts";

export type { TextName } from "./texts_en.ts";

const TEXTS: Readonly<Record<Language, Readonly<Record<TextName, string>>>> = {
  en: EN,
  zh: ZH,
};

/** Text in the shown language, with the values in place of `{name}`. */
export function t(
  name: TextName,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return TEXTS[language.value][name].replace(
    /\{(\w+)\}/g,
    (all, key: string) => String(values[key] ?? all),
  );
}

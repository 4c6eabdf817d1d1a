/** Language and colours, as the visitor wants them. @module */

import { effect, type Signal, signal } from "../deps.ts";
import { load, save } from "./saved.ts";

/** The languages of the console. */
export const LANGUAGES = ["en", "zh"] as const;
/** See {@linkcode LANGUAGES}. */
export type Language = typeof LANGUAGES[number];

/** The colours: `auto` is what the system says. */
export const THEMES = ["auto", "light", "dark"] as const;
/** See {@linkcode THEMES}. */
export type Theme = typeof THEMES[number];

/** The language shown. */
export const language: Signal<Language> = signal(
  oneOf(LANGUAGES, load("language")) ??
    (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
);

/** The colours shown. */
export const theme: Signal<Theme> = signal(
  oneOf(THEMES, load("theme")) ?? "auto",
);

/** The tag of the language, for the browser. */
export function languageTag(): string {
  return language.value === "zh" ? "zh-CN" : "en";
}

/** Shows the preferences in the document, and keeps them. */
export function followPreferences(): void {
  effect(() => {
    document.documentElement.lang = languageTag();
    save("language", language.value);
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    save("theme", theme.value);
  });
}

function oneOf<T extends string>(
  all: readonly T[],
  value: unknown,
): T | undefined {
  return all.find((one) => one === value);
}

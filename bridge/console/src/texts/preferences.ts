/** Language and colours that the user has chosen. @module */

import { effect, type Signal, signal } from "../deps.ts";
import { load, save } from "./saved.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = typeof LANGUAGES[number];

/** Colours; `auto` follows the system. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = typeof THEMES[number];

export const language: Signal<Language> = signal(
  oneOf(LANGUAGES, load("language")) ??
    (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
);

export const theme: Signal<Theme> = signal(
  oneOf(THEMES, load("theme")) ?? "auto",
);

/** Whether keys without a modifier, such as `/` and `?`, do something. */
export const hasSingleKeys: Signal<boolean> = signal(
  load("singleKeys") !== false,
);

/** Language tag for `lang` and for date formats. */
export function languageTag(): string {
  return language.value === "zh" ? "zh-CN" : "en";
}

/** Applies the preferences to the document and saves them, now and at each change. */
export function followPreferences(): void {
  effect(() => {
    document.documentElement.lang = languageTag();
    save("language", language.value);
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    save("theme", theme.value);
  });
  effect(() => save("singleKeys", hasSingleKeys.value));
}

function oneOf<T extends string>(
  all: readonly T[],
  value: unknown,
): T | undefined {
  return all.find((one) => one === value);
}

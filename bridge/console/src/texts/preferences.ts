/** What the user has chosen for this browser. @module */

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

/** How close the rows of lists and messages stand. */
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = typeof DENSITIES[number];

export const density: Signal<Density> = signal(
  oneOf(DENSITIES, load("density")) ?? "comfortable",
);

/** The key that sends a message. */
export const SEND_KEYS = ["enter", "ctrlEnter"] as const;
export type SendKey = typeof SEND_KEYS[number];

export const sendKey: Signal<SendKey> = signal(
  oneOf(SEND_KEYS, load("sendKey")) ?? "enter",
);

/** Switches that are off until the user turns them on. */
export const switches = {
  /** Notifications of new messages. */
  notifications: signal(load("notifications") === true),
  /** The text of a message in its notification. */
  noticeTexts: signal(load("noticeTexts") === true),
  /** A sound with each new message. */
  sound: signal(load("sound") === true),
} as const;

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
  effect(() => {
    document.documentElement.dataset.density = density.value;
    save("density", density.value);
  });
  effect(() => save("singleKeys", hasSingleKeys.value));
  effect(() => save("sendKey", sendKey.value));
  for (const [name, one] of Object.entries(switches)) {
    effect(() => save(name, one.value));
  }
}

function oneOf<T extends string>(
  all: readonly T[],
  value: unknown,
): T | undefined {
  return all.find((one) => one === value);
}

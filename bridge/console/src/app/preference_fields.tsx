/** Form fields for language and colours. @module */

import { Field } from "../ui/controls.tsx";
import {
  hasSingleKeys,
  language,
  LANGUAGES,
  theme,
  THEMES,
} from "../texts/preferences.ts";
import { chooseLanguage, t } from "../texts/strings.ts";

const THEME_TEXTS = {
  auto: "themeAuto",
  light: "themeLight",
  dark: "themeDark",
} as const;

/** Each language in its own name. */
const LANGUAGE_NAMES = { en: "English", zh: "中文" } as const;

/** Turns keys without a modifier on and off. */
export function KeyField() {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={hasSingleKeys.value}
        onChange={({ currentTarget }) =>
          hasSingleKeys.value = currentTarget.checked}
      />
      {t("singleKeys")}
    </label>
  );
}

export function PreferenceFields() {
  return (
    <>
      <Field label={t("language")}>
        <select
          name="language"
          value={language.value}
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.value;
            const next = LANGUAGES.find((one) => one === chosen) ?? "en";
            // Without its texts the language stays as it is.
            chooseLanguage(next).catch(() =>
              currentTarget.value = language.value
            );
          }}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("theme")}>
        <select
          name="theme"
          value={theme.value}
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.value;
            theme.value = THEMES.find((one) => one === chosen) ?? "auto";
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>{t(THEME_TEXTS[one])}</option>
          ))}
        </select>
      </Field>
    </>
  );
}

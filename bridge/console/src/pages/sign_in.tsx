/** Page that asks for the token. @module */

import { useState } from "../deps.ts";
import { Field, onSubmit, textOf } from "./controls.tsx";
import { PreferenceFields } from "./preference_fields.tsx";
import { refusal, signIn } from "../link/session.ts";
import { t } from "../texts/strings.ts";

export function SignIn() {
  const [busy, setBusy] = useState(false);
  const why = refusal.value;
  return (
    <main class="sign-in" id="content">
      <form
        class="card"
        onSubmit={onSubmit(async (form) => {
          const token = textOf(form, "token");
          if (token === "") return;
          setBusy(true);
          const keep = form.elements.namedItem("keep") as HTMLInputElement;
          await signIn(token, keep.checked);
          setBusy(false);
        })}
      >
        <h1>
          <Brand />
        </h1>
        <p class="lead">{t("signInLead")}</p>
        <Field label={t("token")}>
          <input
            name="token"
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            required
            maxLength={512}
            aria-describedby="token-hint sign-in-error"
            aria-invalid={why !== undefined}
          />
        </Field>
        <p id="token-hint" class="hint">{t("tokenHint")}</p>
        <label class="check">
          <input name="keep" type="checkbox" />
          {t("keepSignedIn")}
        </label>
        <div id="sign-in-error" role="alert">
          {why !== undefined && (
            <p class="note bad">
              {t(why.text, why.why === undefined ? {} : { why: why.why })}
            </p>
          )}
        </div>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? t("signingIn") : t("signIn")}
        </button>
      </form>
      <div class="sign-in-preferences">
        <PreferenceFields />
      </div>
    </main>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="9" />
        <path d="M7 21c0-8 4-12 9-12s9 4 9 12c0 2-4 3.5-9 3.5S7 23 7 21z" />
        <circle cx="12.8" cy="17" r="1.7" />
        <circle cx="19.2" cy="17" r="1.7" />
      </svg>
      tqq
    </span>
  );
}

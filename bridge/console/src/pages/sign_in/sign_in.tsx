/** Page that asks for the token. @module */

import { Brand } from "../../ui/brand.tsx";
import { useState } from "../../deps.ts";
import { Field, onSubmit, textOf } from "../../ui/controls.tsx";
import { PreferenceFields } from "../../app/preference_fields.tsx";
import { refusal, signIn } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";

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

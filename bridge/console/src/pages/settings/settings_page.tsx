/** Page of the settings: this browser's preferences, and this sign-in. @module */

import { KeyField, PreferenceFields } from "../../app/preference_fields.tsx";
import { SignOutButtons } from "../../app/session/sign_out.tsx";
import { hasScope, session } from "../../link/session.ts";
import { BridgeSettings } from "./bridge_settings.tsx";
import { t } from "../../texts/strings.ts";

export function SettingsPage() {
  const { name = "", version = "" } = session.value ?? {};
  return (
    <div class="page narrow">
      <h1>{t("settings")}</h1>
      <section class="card">
        <PreferenceFields />
        <KeyField />
      </section>
      {hasScope("manage") && session.value?.accounts === "all" && (
        <BridgeSettings />
      )}
      <section class="card">
        <p>
          {t("signedInAs", { name })} · tqq {version}
        </p>
        <SignOutButtons />
      </section>
    </div>
  );
}

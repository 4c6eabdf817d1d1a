/** Page of the settings: this browser's preferences, and this sign-in. @module */

import { KeyField, PreferenceFields } from "../../app/preference_fields.tsx";
import { hasScope, session, signOut } from "../../link/session.ts";
import { clearOutbox } from "../../store/outbox.ts";
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
        <div class="actions">
          <button type="button" onClick={() => leave(false)}>
            {t("signOut")}
          </button>
          <button type="button" onClick={() => leave(true)}>
            {t("signOutEverywhere")}
          </button>
        </div>
      </section>
    </div>
  );
}

/** An explicit sign-out leaves nothing of the user in this browser. */
function leave(isEverywhere: boolean): void {
  clearOutbox();
  void signOut(isEverywhere);
}

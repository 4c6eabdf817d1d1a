/** Page of the settings: this browser's preferences, and this sign-in. @module */

import { NoticeFields, ViewFields } from "../../app/notify/notice_fields.tsx";
import { KeyField, PreferenceFields } from "../../app/preference_fields.tsx";
import { SignOutButtons } from "../../app/session/sign_out.tsx";
import { hasScope, session } from "../../link/session.ts";
import { o } from "../../app/operate/texts.ts";
import { BridgeSettings } from "./bridge_settings.tsx";
import { t } from "../../texts/strings.ts";
import { wholeTime } from "../../texts/times.ts";

export function SettingsPage() {
  return (
    <div class="page narrow">
      <h1>{t("settings")}</h1>
      <section class="card">
        <PreferenceFields />
        <ViewFields />
        <KeyField />
        <NoticeFields />
      </section>
      {hasScope("manage") && session.value?.accounts === "all" && (
        <BridgeSettings />
      )}
      <section class="card">
        <h2>{t("signedInAs", { name: session.value?.name ?? "" })}</h2>
        <dl class="facts">
          {signInFacts().map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <SignOutButtons />
      </section>
    </div>
  );
}

/** What the token of this sign-in may do, and when the sign-in ends. */
function signInFacts(): [name: string, value: string][] {
  const own = session.value;
  if (!own) return [];
  return [
    [o("scopes"), own.scopes.join(", ")],
    [
      o("accountsOf"),
      own.accounts === "all" ? o("all") : own.accounts.join(", "),
    ],
    [o("signInEnds"), wholeTime(own.expiresAt)],
    [t("version"), own.version],
  ];
}

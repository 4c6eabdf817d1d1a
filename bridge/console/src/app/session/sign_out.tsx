/** Buttons that sign out, after a question if something would be lost. @module */

import { useState } from "../../deps.ts";
import { signOut } from "../../link/session.ts";
import { clearOutbox, countUnsent } from "../../store/outbox.ts";
import { t } from "../../texts/strings.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";

/** Signs out here or everywhere. */
export function SignOutButtons() {
  const [asked, setAsked] = useState<{ what: string; isEverywhere: boolean }>();
  const ask = (isEverywhere: boolean) => {
    const { drafts, messages } = countUnsent();
    if (drafts + messages === 0) return leave(isEverywhere);
    const what = [
      ...(drafts > 0 ? [t("signOutDrafts", { n: drafts })] : []),
      ...(messages > 0 ? [t("signOutWaiting", { n: messages })] : []),
    ].join(", ");
    setAsked({ what, isEverywhere });
  };
  return (
    <>
      <div class="actions">
        <button type="button" onClick={() => ask(false)}>{t("signOut")}</button>
        <button type="button" onClick={() => ask(true)}>
          {t("signOutEverywhere")}
        </button>
      </div>
      {asked !== undefined && (
        <ConfirmDialog
          title={t(asked.isEverywhere ? "signOutEverywhere" : "signOut")}
          action={t("signOut")}
          onConfirm={() => leave(asked.isEverywhere)}
          onClose={() => setAsked(undefined)}
        >
          <p>{t("signOutAsk", { what: asked.what })}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** An explicit sign-out leaves nothing of the user in this browser. */
function leave(isEverywhere: boolean): void {
  clearOutbox();
  void signOut(isEverywhere);
}

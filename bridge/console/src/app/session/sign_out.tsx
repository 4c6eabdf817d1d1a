/** Buttons that sign out, after a question if something would be lost. @module */

import { s } from "./texts.ts";
import { useState } from "../../deps.ts";
import { signOut } from "../../link/session.ts";
import { Action, offlineReason } from "../task.tsx";
import { clearMuted } from "../notify/muting.ts";
import { clearOutbox, countUnsent } from "../../store/outbox.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";

/** Signs out here or everywhere. */
export function SignOutButtons() {
  const [asked, setAsked] = useState<{ what: string; isEverywhere: boolean }>();
  const ask = (isEverywhere: boolean) => {
    const { drafts, messages } = countUnsent();
    if (drafts + messages === 0 && !isEverywhere) return leave(false);
    const what = [
      ...(drafts > 0 ? [s("signOutDrafts", { n: drafts })] : []),
      ...(messages > 0 ? [s("signOutWaiting", { n: messages })] : []),
    ].join(", ");
    setAsked({ what, isEverywhere });
  };
  return (
    <>
      <div class="actions">
        <button type="button" onClick={() => ask(false)}>{s("signOut")}</button>
        <Action onClick={() => ask(true)}>{s("signOutEverywhere")}</Action>
      </div>
      {asked !== undefined && (
        <ConfirmDialog
          title={s(asked.isEverywhere ? "signOutEverywhere" : "signOut")}
          action={s(asked.isEverywhere ? "signOutEverywhere" : "signOut")}
          disabledBecause={asked.isEverywhere ? offlineReason() : undefined}
          onConfirm={() => leave(asked.isEverywhere)}
          onClose={() => setAsked(undefined)}
        >
          {asked.isEverywhere && <p>{s("signOutEverywhereAsk")}</p>}
          {asked.what !== "" && <p>{s("signOutAsk", { what: asked.what })}</p>}
        </ConfirmDialog>
      )}
    </>
  );
}

/** An explicit sign-out leaves nothing of the user in this browser. */
function leave(isEverywhere: boolean): void {
  clearOutbox();
  clearMuted();
  void signOut(isEverywhere);
}

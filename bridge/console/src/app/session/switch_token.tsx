/** Asks whether a link with another token may change the sign-in. @module */

import { s } from "./texts.ts";
import { offer, session, switchToken } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { Dialog } from "../../ui/dialog.tsx";

export function SwitchToken({ name }: { name: string }) {
  const decline = () => offer.value = undefined;
  return (
    <Dialog title={s("switchTo", { name })} onClose={decline}>
      <p>{s("switchAsk", { name, now: session.value?.name ?? "" })}</p>
      <div class="actions">
        <button type="button" onClick={decline}>{t("cancel")}</button>
        <button
          type="button"
          class="primary"
          onClick={() => void switchToken()}
        >
          {s("switchToken")}
        </button>
      </div>
    </Dialog>
  );
}

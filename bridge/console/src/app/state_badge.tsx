/** State of an account, as a word with a colour. @module */

import type { AccountState } from "../../../../lib/frames/events.ts";
import { t, type TextName } from "../texts/strings.ts";

export const STATE_TEXTS: Readonly<Record<AccountState, TextName>> = {
  offline: "stateOffline",
  connecting: "stateConnecting",
  online: "stateOnline",
  penalised: "statePenalised",
  refused: "stateRefused",
  replaced: "stateReplaced",
};

export function StateBadge({ state }: { state: AccountState }) {
  return (
    <span class={`state ${state}`}>
      <i class="dot" aria-hidden="true" />
      {t(STATE_TEXTS[state])}
    </span>
  );
}

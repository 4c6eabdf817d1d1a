/** The strip above every page: the bridge, the token, the connection, what is missing. @module */

import { gap, status } from "../link/link.ts";
import { session } from "../link/session.ts";
import { t } from "../texts/strings.ts";
import { Icon } from "../ui/icon.tsx";

/** Its height never changes, so that no news moves the page. */
export function Strip() {
  return (
    <header class="strip">
      <Connection />
      <Notice />
      <Token />
    </header>
  );
}

function Connection() {
  const { state } = status.value;
  const isOpen = state === "open";
  const text = isOpen
    ? "connected"
    : state === "connecting" || state === "idle"
    ? "connecting"
    : "disconnected";
  return (
    <p class={`connection ${text}`} role="status">
      <i class={`dot ${isOpen ? "online" : "offline"}`} aria-hidden="true" />
      <span>{t(text)}</span>
    </p>
  );
}

/** A lost connection, or a gap until the user has dismissed it. */
function Notice() {
  const now = status.value;
  const missing = gap.value;
  const isLost = now.state === "waiting" ||
    now.state === "connecting" && now.attempt > 1;
  const text = now.state === "closed" && now.error !== undefined
    ? t("closedForGood", { why: now.error.message })
    : isLost
    ? t("lost")
    : missing?.reason === "trimmed"
    ? t("gap", { from: missing.from, to: missing.to })
    : missing !== undefined
    ? t("gapEpoch")
    : undefined;
  return (
    <div class="strip-notice" role="status">
      {text !== undefined && (
        <>
          <Icon name="warning" />
          <span title={text}>{text}</span>
        </>
      )}
      {text !== undefined && missing !== undefined && !isLost && (
        <button
          type="button"
          class="quiet small"
          onClick={() => gap.value = undefined}
        >
          {t("dismiss")}
        </button>
      )}
    </div>
  );
}

function Token() {
  const { name = "", scopes = [], version = "" } = session.value ?? {};
  const list = scopes.length === 0 ? t("noScopes") : scopes.join(", ");
  return (
    <p class="strip-token">
      <bdi>{name}</bdi>
      <span>{t("scopesOf", { scopes: list })}</span>
      <span>tqq {version}</span>
    </p>
  );
}

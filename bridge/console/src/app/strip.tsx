/** The strip above every page: the bridge, the token, the connection, what is missing. @module */

import { useEffect, useState } from "../deps.ts";
import { closeCode, gap, lostAt, rateWaitUntil, status } from "../link/link.ts";
import { session } from "../link/session.ts";
import { t } from "../texts/strings.ts";
import { exactTime } from "../texts/times.ts";
import { Icon } from "../ui/icon.tsx";
import { explainClose } from "./errors.ts";

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

/** What the user must know first: a lost connection, a wait, a gap that was not dismissed. */
function Notice() {
  const now = status.value;
  const missing = gap.value;
  const lost = lostAt.value;
  const waitMs = useRest(rateWaitUntil.value);
  const isGap = now.state === "open" && waitMs === 0 && missing !== undefined;
  const isOver = now.state === "closed" && now.error !== undefined;
  const code = closeCode.value;
  const why = code === undefined ? undefined : explainClose(code);
  const text = lost !== undefined
    ? `${why ?? t(isOver ? "closedForGood" : "lost")} ${
      t("asOf", { time: exactTime(lost) })
    }`
    : waitMs > 0
    ? t("rateWait", { n: Math.ceil(waitMs / 1000) })
    : missing?.reason === "trimmed"
    ? t("gap", { from: missing.from, to: missing.to })
    : missing !== undefined
    ? t("gapEpoch")
    : undefined;
  return (
    <div class="strip-notice" role="status">
      {text !== undefined && (
        <>
          <Icon name="warning" size={16} />
          <span title={text}>{text}</span>
        </>
      )}
      {isOver && (
        <button
          type="button"
          class="quiet small"
          onClick={() => location.reload()}
        >
          {t("reload")}
        </button>
      )}
      {isGap && (
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

/** Milliseconds until a time, counted down while it is not over. */
export function useRest(until: number | undefined): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? 0 : Math.max(0, until - now);
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

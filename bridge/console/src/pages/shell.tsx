/** Frame around the pages: menu, connection, notices. @module */

import { computed, useEffect, useRef, useState } from "../deps.ts";
import { AccountsView } from "./accounts_view.tsx";
import { ChatsView } from "./chats_view.tsx";
import { Dialog } from "./controls.tsx";
import { unread } from "../store/conversations.ts";
import { announcement } from "../store/feed.ts";
import { FiguresView } from "./figures_view.tsx";
import { Icon } from "./icons.tsx";
import { InspectorView } from "./inspector_view.tsx";
import { gap, status } from "../link/link.ts";
import { PreferenceFields } from "./preference_fields.tsx";
import { formatLink, type Page, PAGES, route } from "../store/router.ts";
import {
  hasScope,
  offer,
  session,
  signOut,
  switchToken,
} from "../link/session.ts";
import { Brand } from "./sign_in.tsx";
import { t } from "../texts/strings.ts";

const VIEWS = {
  chats: ChatsView,
  accounts: AccountsView,
  inspector: InspectorView,
  figures: FiguresView,
} as const;

const waiting = computed(() =>
  [...unread.value.values()].reduce((sum, count) => sum + count, 0)
);

/** The console of a signed-in user. */
export function Shell() {
  const { page } = route.value;
  const View = VIEWS[page];
  const main = useRef<HTMLElement>(null);
  const [settings, setSettings] = useState(false);
  const first = useRef(true);
  const count = waiting.value;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${t(page)} · tqq`;
  });
  useEffect(() => {
    // Keyboard users continue in the page that they chose.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [page]);
  return (
    <div class={`shell at-${page}${route.value.peer ? " in-chat" : ""}`}>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("skip")}
      </a>
      <header class="side">
        <Brand />
        <nav aria-label={t("mainMenu")}>
          <ul>
            {PAGES.map((one) => <MenuItem key={one} page={one} />)}
          </ul>
        </nav>
        <div class="side-foot">
          <Connection />
          <button
            type="button"
            class="quiet"
            onClick={() => setSettings(true)}
          >
            <Icon name="settings" />
            <span>{t("settings")}</span>
          </button>
        </div>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        <Notices />
        {hasScope("read")
          ? <View />
          : <p class="note bad page-note">{t("noRead")}</p>}
      </main>
      <div class="visually-hidden" aria-live="polite">{announcement.value}</div>
      {offer.value !== undefined && <SwitchToken name={offer.value.name} />}
      {settings && <Settings onClose={() => setSettings(false)} />}
    </div>
  );
}

function MenuItem({ page }: { page: Page }) {
  const count = page === "chats" ? waiting.value : 0;
  return (
    <li>
      <a
        href={formatLink({ page })}
        aria-current={route.value.page === page ? "page" : undefined}
      >
        <Icon name={page} />
        <span>{t(page)}</span>
        {count > 0 && (
          <span class="badge">
            <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
            <span class="visually-hidden">{t("unread", { n: count })}</span>
          </span>
        )}
      </a>
    </li>
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

/** Notices for the whole console: a lost connection, a gap. */
function Notices() {
  const now = status.value;
  const missing = gap.value;
  const isLost = now.state === "waiting" ||
    now.state === "connecting" && now.attempt > 1;
  return (
    <div class="notices" role="status">
      {isLost && (
        <p class="note warn">
          <Icon name="warning" />
          <span>{t("lost")}</span>
        </p>
      )}
      {now.state === "closed" && now.error !== undefined && (
        <p class="note bad">
          <Icon name="warning" />
          <span>{t("closedForGood", { why: now.error.message })}</span>
        </p>
      )}
      {missing !== undefined && (
        <p class="note warn">
          <Icon name="warning" />
          <span>
            {missing.reason === "trimmed"
              ? t("gap", { from: missing.from, to: missing.to })
              : t("gapEpoch")}
          </span>
          <button
            type="button"
            class="small"
            onClick={() => gap.value = undefined}
          >
            {t("dismiss")}
          </button>
        </p>
      )}
    </div>
  );
}

function SwitchToken({ name }: { name: string }) {
  const decline = () => offer.value = undefined;
  return (
    <Dialog title={t("switchTo", { name })} onClose={decline}>
      <p>{t("switchAsk", { name, now: session.value?.name ?? "" })}</p>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() => void switchToken()}
        >
          {t("switchToken")}
        </button>
        <button type="button" onClick={decline}>{t("cancel")}</button>
      </div>
    </Dialog>
  );
}

function Settings({ onClose }: { onClose: () => void }) {
  const { name = "", version = "" } = session.value ?? {};
  return (
    <Dialog title={t("settings")} onClose={onClose}>
      <PreferenceFields />
      <p class="hint">
        {t("signedInAs", { name })} · tqq {version}
      </p>
      <div class="actions">
        <button type="button" onClick={() => void signOut()}>
          {t("signOut")}
        </button>
        <button type="button" onClick={() => void signOut(true)}>
          {t("signOutEverywhere")}
        </button>
      </div>
    </Dialog>
  );
}

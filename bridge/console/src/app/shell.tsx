/** Frame around the pages: menu, strip, the page itself, what is read aloud. @module */

import { useEffect, useRef } from "../deps.ts";
import { lostAt } from "../link/link.ts";
import { offer, session } from "../link/session.ts";
import { announcement } from "../store/announcer.ts";
import { t } from "../texts/strings.ts";
import { waitingCount } from "./badges.ts";
import { endsAt, followExpiry } from "./session/expiry.ts";
import { loadErrorTexts } from "./errors.ts";
import { followKeys, overlay } from "./keys/keys.ts";
import { lazy } from "./lazy.tsx";
import { followNotices } from "./notify/notify.ts";
import { Menu } from "./menu.tsx";
import { PageView } from "./page_view.tsx";
import { startPage } from "./page_info.ts";
import { PAGES } from "./registry.ts";
import { formatLink, goInstead, route } from "./router.ts";
import { Strip } from "./strip.tsx";

const Palette = lazy(async () => (await import("./keys/palette.tsx")).Palette);
const Shortcuts = lazy(
  async () => (await import("./keys/shortcuts.tsx")).Shortcuts,
);
const SwitchToken = lazy(
  async () => (await import("./session/switch_token.tsx")).SwitchToken,
);
const ExpiryDialog = lazy(
  async () => (await import("./session/expiry_dialog.tsx")).ExpiryDialog,
);

/** The console of a signed-in user. */
export function Shell() {
  const { page: name, params } = route.value;
  const page = PAGES.find((one) => one.name === name);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const count = waitingCount.value;
  useEffect(() => {
    if (page === undefined && session.value) {
      goInstead(formatLink(startPage(PAGES, session.value)));
    }
  }, [page]);
  useEffect(followKeys, []);
  useEffect(followExpiry, []);
  useEffect(() => void loadErrorTexts(), []);
  useEffect(followNotices, []);
  useEffect(() => {
    const title = page === undefined ? "" : `${t(page.text)} · `;
    document.title = `${count > 0 ? `(${count}) ` : ""}${title}tqq`;
  });
  useEffect(() => {
    if (page === undefined) return;
    // Keyboard users continue in the page that they chose.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [page]);
  return (
    <div
      class={`shell at-${name}${params.peer ? " in-chat" : ""} ${
        lostAt.value === undefined ? "" : "stale"
      }`}
    >
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
      <Menu />
      <Strip />
      <main id="content" ref={main} tabIndex={-1}>
        {page !== undefined && <PageView page={page} />}
      </main>
      <div class="visually-hidden" aria-live="polite">{announcement.value}</div>
      {overlay.value === "palette" && <Palette />}
      {overlay.value === "shortcuts" && <Shortcuts />}
      {endsAt.value !== undefined && (
        <ExpiryDialog key={endsAt.value} end={endsAt.value} />
      )}
      {offer.value !== undefined && <SwitchToken name={offer.value.name} />}
    </div>
  );
}

/** The menu: pages by group, as a column, a rail or a bar. @module */

import { useState } from "../deps.ts";
import { session } from "../link/session.ts";
import { t } from "../texts/strings.ts";
import { Brand } from "../ui/brand.tsx";
import { Icon } from "../ui/icon.tsx";
import { badges } from "./badges.ts";
import { lackOf } from "./page_info.ts";
import { GROUPS, type PageEntry } from "./registry.ts";
import { formatLink, route } from "./router.ts";

/** Pages that the token can use, in their groups. */
export function Menu() {
  const [isOpen, setOpen] = useState(false);
  const token = session.value;
  if (!token) return null;
  const groups = GROUPS.map(({ group, pages }) => ({
    group,
    pages: pages.filter((page) => lackOf(page, token) === undefined),
  })).filter(({ pages }) => pages.length > 0);
  const close = () => setOpen(false);
  return (
    <nav class={`menu ${isOpen ? "open" : ""}`} aria-label={t("mainMenu")}>
      <Brand />
      {groups.map(({ group, pages }) => (
        <div key={group} class="menu-group">
          {group !== undefined && <h2 id={`menu-${group}`}>{t(group)}</h2>}
          <ul
            aria-labelledby={group === undefined ? undefined : `menu-${group}`}
          >
            {pages.map((page) => (
              <MenuItem key={page.name} page={page} onOpen={close} />
            ))}
          </ul>
        </div>
      ))}
      <button
        type="button"
        class="quiet menu-more"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
        <span>{t("more")}</span>
      </button>
    </nav>
  );
}

function MenuItem({ page, onOpen }: { page: PageEntry; onOpen: () => void }) {
  const { name, text, icon, isOnBar } = page;
  const badge = badges.value.get(name);
  return (
    <li class={isOnBar ? "on-bar" : ""}>
      <a
        href={formatLink(name)}
        title={t(text)}
        aria-current={route.value.page === name ? "page" : undefined}
        onClick={onOpen}
      >
        <Icon name={icon} />
        <span>{t(text)}</span>
        {badge !== undefined && badge.count > 0 && (
          <span class="badge">
            <span aria-hidden="true">
              {badge.count > 99 ? "99+" : badge.count}
            </span>
            <span class="visually-hidden">
              {t(badge.text, { n: badge.count })}
            </span>
          </span>
        )}
      </a>
    </li>
  );
}

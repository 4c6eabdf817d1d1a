/** Finds pages, accounts and conversations by typing. It opens them, and never sends anything. @module */

import { s } from "../session/texts.ts";
import { session } from "../../link/session.ts";
import { accounts, accountUins } from "../../store/accounts.ts";
import { conversationsOf } from "../../store/inbox.ts";
import { nameOf, peekPerson } from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { Combobox } from "../../ui/combobox/combobox.tsx";
import type { ComboboxOption } from "../../ui/combobox/options.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { overlay } from "./keys.ts";
import { lackOf } from "../page_info.ts";
import { PAGES } from "../registry.ts";
import { formatLink, go } from "../router.ts";

/** Number of conversations that are offered, the newest. */
const CONVERSATIONS = 200;

/** Number of accounts that are offered. */
const ACCOUNTS = 500;

export function Palette() {
  const close = () => overlay.value = undefined;
  return (
    <Dialog title={t("palette")} onClose={close}>
      <Combobox
        name={t("palette")}
        placeholder={s("paletteHint")}
        options={optionsOf()}
        isInline
        autoFocus
        onChoose={(link) => {
          close();
          go(link);
        }}
      />
    </Dialog>
  );
}

function optionsOf(): readonly ComboboxOption[] {
  const token = session.value;
  const pages = PAGES.filter((page) => token && !lackOf(page, token))
    .map((page) => ({
      value: formatLink(page.name),
      text: t(page.text),
      words: page.name,
      group: s("palettePages"),
    }));
  const own = accountUins.value.slice(0, ACCOUNTS).map((uin) => ({
    value: formatLink("accounts", [uin]),
    text: toVisible(nameOf(accounts.peek(uin), uin)),
    hint: uin,
    group: t("accounts"),
  }));
  const talks = conversationsOf("all").slice(0, CONVERSATIONS).map(
    ({ account, with: uin }) => ({
      value: formatLink("chats", [account, uin]),
      text: toVisible(nameOf(peekPerson(account, uin), uin)),
      hint: `${uin} · ${toVisible(nameOf(accounts.peek(account), account))}`,
      group: t("chats"),
    }),
  );
  return [...pages, ...talks, ...own];
}

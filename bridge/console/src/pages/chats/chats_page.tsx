/** Page of the chats: conversations, friends, requests, search, and what is open. @module */

import { formatLink, go, type PageProps } from "../../app/router.ts";
import { STATE_TEXTS, StateBadge } from "../../app/state_badge.tsx";
import { muted, setMuted } from "../../app/notify/muting.ts";
import { type Signal, signal, useEffect } from "../../deps.ts";
import { followPresence } from "../../link/link.ts";
import {
  type Account,
  accounts,
  accountUins,
  areAccountsLoaded,
  isOnline,
} from "../../store/accounts.ts";
import {
  loadConversations,
  requestCounts,
  unreadByAccount,
} from "../../store/inbox.ts";
import { nameOf, takePresence } from "../../store/people.ts";
import { load, save } from "../../texts/saved.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { Combobox } from "../../ui/combobox/combobox.tsx";
import type { ComboboxOption } from "../../ui/combobox/options.ts";
import { ResizeBar } from "../../ui/lists/resize_bar.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Empty } from "../../ui/controls.tsx";
import { Loading } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./chats.css" with { type: "text" };
import { Conversation } from "./conversation.tsx";
import { ConversationList } from "./conversation_list.tsx";
import { FriendList } from "./friend_list.tsx";
import { NothingOpen } from "./nothing_open.tsx";
import { lazy } from "../../app/lazy.tsx";
import { c } from "./texts.ts";

addStyle(css);

const Find = lazy(async () => (await import("./find.tsx")).Find);
const RequestList = lazy(
  async () => (await import("./request_list.tsx")).RequestList,
);

const TABS = ["conversations", "friends", "requests", "find"] as const;
type Tab = typeof TABS[number];

/** Narrowest and widest list, in pixels. */
const [LEAST_LIST, MOST_LIST] = [264, 480];

/** Width of the list that the user has set, in pixels; `undefined` for that of the style sheet. */
const listWidth: Signal<number | undefined> = signal(
  Number(load("listWidth")) || undefined,
);

/** Kept while another page is shown. */
const tab = signal<Tab>("conversations");

export function ChatsPage({ params, query }: PageProps) {
  const uins = accountUins.value;
  const view = params.account ?? (uins.length === 1 ? uins[0]! : "all");
  const account = view === "all" ? query.get("as") ?? undefined : view;
  const { peer } = params;
  const isKnown = account !== undefined && accounts.get(account) !== undefined;
  useEffect(() => {
    if (view === "all" || !isKnown) return;
    loadConversations(view, false, "background").catch(() => {});
    return followPresence(view, takePresence);
  }, [view, isKnown]);
  if (!areAccountsLoaded.value && peer === undefined) {
    return (
      <div class="page">
        <h1 class="visually-hidden">{t("chats")}</h1>
        <Loading />
      </div>
    );
  }
  if (uins.length === 0 && peer === undefined) {
    return (
      <div class="page">
        <h1>{t("chats")}</h1>
        <Empty title={t("noAccounts")} hint={t("noAccountsHint")}>
          <a class="button primary" href={formatLink("accounts")}>
            {t("accounts")}
          </a>
        </Empty>
      </div>
    );
  }
  return (
    <div
      class={`chats ${peer === undefined ? "" : "in-conversation"}`}
      style={listWidth.value === undefined
        ? {}
        : { "--list": `${listWidth.value}px` }}
    >
      <h1 class="visually-hidden">{t("chats")}</h1>
      <section class="column" aria-label={t("chats")} data-region>
        <header class="column-head">
          <AccountChoice view={view} />
          {view !== "all" && accounts.get(view) !== undefined && (
            <>
              <StateBadge state={accounts.get(view)!.state} />
              <AccountMenu account={view} />
            </>
          )}
        </header>
        <Tabs view={view} />
        <ListOf view={view} peer={peer} account={account} />
      </section>
      {peer === undefined || account === undefined
        ? <NothingOpen view={view} onFind={() => tab.value = "find"} />
        : (
          <Conversation
            key={`${account}/${peer}`}
            view={view}
            account={account}
            peer={peer}
            at={Number(query.get("at")) || undefined}
          />
        )}
      <ResizeBar
        name={t("listWidth")}
        value={listWidth.value ?? 320}
        least={LEAST_LIST}
        most={MOST_LIST}
        onChange={(width) => {
          listWidth.value = width;
          save("listWidth", width);
        }}
      />
    </div>
  );
}

function ListOf(
  { view, peer, account }: {
    view: string;
    peer: string | undefined;
    account: string | undefined;
  },
) {
  const shown = shownTab(view);
  switch (shown) {
    case "conversations":
      return <ConversationList view={view} peer={peer} account={account} />;
    case "friends":
      return <FriendList key={view} account={view} peer={peer} />;
    case "requests":
      return <RequestList view={view} />;
    case "find":
      return <Find key={view} account={view} />;
  }
}

function AccountMenu({ account }: { account: string }) {
  const isMuted = muted.value.has(account);
  return (
    <Menu
      name={c("moreOfAccount")}
      items={[
        {
          text: t(isMuted ? "unmuteAccount" : "muteAccount"),
          icon: isMuted ? "sound" : "muted",
          onChoose: () => setMuted(account, !isMuted),
        },
        {
          text: c("accountDetails"),
          icon: "account",
          onChoose: () => go(formatLink("accounts", [account])),
        },
      ]}
    />
  );
}

/** Friends and people belong to one account. */
function shownTab(view: string): Tab {
  const chosen = tab.value;
  return view === "all" && (chosen === "friends" || chosen === "find")
    ? "conversations"
    : chosen;
}

function Tabs({ view }: { view: string }) {
  const shown = shownTab(view);
  const asking = view === "all"
    ? [...requestCounts.value.values()].reduce((sum, n) => sum + n, 0)
    : requestCounts.value.get(view) ?? 0;
  return (
    <div class="tabs" role="group" aria-label={c("tabs")}>
      {TABS.filter((one) =>
        view !== "all" || one === "conversations" || one === "requests"
      ).map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === shown}
          onClick={() => tab.value = one}
        >
          {one === "conversations" ? c(one) : t(one)}
          {one === "requests" && asking > 0 && (
            <span class="badge">{asking}</span>
          )}
        </button>
      ))}
    </div>
  );
}

/** Chooses an account, or the inbox over all. */
function AccountChoice({ view }: { view: string }) {
  const uins = accountUins.value;
  return (
    <Combobox
      name={t("account")}
      options={() => optionsOf(uins)}
      value={view}
      valueText={view === "all"
        ? c("allAccounts")
        : accountName(view, accounts.get(view))}
      onChoose={(value) => go(formatLink("chats", [value]))}
    />
  );
}

function optionsOf(uins: readonly string[]): ComboboxOption[] {
  void unreadByAccount.version;
  void accounts.version;
  const counts = requestCounts.value;
  const options = uins.map((uin) => {
    const account = accounts.peek(uin);
    const unread = unreadByAccount.peek(uin) ?? 0;
    const asking = counts.get(uin) ?? 0;
    const marks = [
      uin,
      ...(account === undefined || isOnline(account)
        ? []
        : [t(STATE_TEXTS[account.state])]),
      ...(unread > 0 ? [c("accountUnread", { n: unread })] : []),
      ...(asking > 0 ? [c("accountRequests", { n: asking })] : []),
    ];
    return {
      value: uin,
      text: accountName(uin, account),
      hint: marks.join(" · "),
    };
  });
  const all = { value: "all", text: c("allAccounts") };
  return options.length === 1 ? options : [all, ...options];
}

function accountName(uin: string, account: Account | undefined): string {
  return toVisible(nameOf(account, uin));
}

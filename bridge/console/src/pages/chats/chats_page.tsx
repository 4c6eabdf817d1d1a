/** Page of an account's chats: contacts, requests, search, conversation. @module */

import { accounts } from "../../store/accounts.ts";
import { StateBadge } from "../../app/state_badge.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./chats.css" with { type: "text" };
import { Contacts } from "./contact_list.tsx";
import { nameOf } from "../../store/contacts.ts";
import { Empty } from "../../ui/controls.tsx";
import { unread } from "../../store/conversations.ts";
import { Conversation } from "./conversation_view.tsx";
import { useState } from "../../deps.ts";
import { Find } from "./find.tsx";
import { RequestList } from "./request_list.tsx";
import { requests } from "../../store/requests.ts";
import { formatLink, go, type PageProps } from "../../app/router.ts";
import { hasScope } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";

addStyle(css);

const TABS = ["friends", "requests", "find"] as const;
type Tab = typeof TABS[number];

export function ChatsPage({ params }: PageProps) {
  const [tab, setTab] = useState<Tab>("friends");
  const all = accounts.value;
  if (all === undefined) return <p class="hint page-note">{t("loading")}</p>;
  const chosen = params.account;
  const account = all.find(({ uin }) => uin === chosen) ?? all[0];
  if (account === undefined) {
    return (
      <Empty title={t("noAccounts")} hint={t("noAccountsHint")}>
        <a class="button primary" href={formatLink("accounts")}>
          {t("accounts")}
        </a>
      </Empty>
    );
  }
  const { uin } = account;
  const peer = chosen === uin ? params.peer : undefined;
  const asking = requests.value.filter((one) => one.account === uin).length;
  return (
    <div class="chats">
      <h1 class="visually-hidden">{t("chats")}</h1>
      <section class="column" aria-label={t("chats")}>
        <header class="column-head">
          <AccountChoice uin={uin} />
          <StateBadge state={account.state} />
        </header>
        <div class="tabs" role="group" aria-label={t("show")}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === tab}
              onClick={() => setTab(one)}
            >
              {t(one)}
              {one === "requests" && asking > 0 && (
                <span class="badge">{asking}</span>
              )}
            </button>
          ))}
        </div>
        {tab === "friends" && <Contacts account={uin} peer={peer} />}
        {tab === "requests" && <RequestList account={uin} />}
        {tab === "find" && <Find account={uin} />}
      </section>
      {peer === undefined
        ? (
          <section class="pane nothing" aria-label={t("messages")}>
            <Empty title={t("pickChat")} hint={t("pickChatHint")} />
          </section>
        )
        : (
          <Conversation
            key={`${uin}/${peer}`}
            account={uin}
            peer={peer}
            maySend={hasScope("send")}
          />
        )}
    </div>
  );
}

function AccountChoice({ uin }: { uin: string }) {
  return (
    <select
      class="account-choice"
      aria-label={t("account")}
      value={uin}
      onChange={({ currentTarget }) =>
        go(formatLink("chats", [currentTarget.value]))}
    >
      {accounts.value?.map((one) => {
        const count = unread.value.get(one.uin) ?? 0;
        return (
          <option key={one.uin} value={one.uin}>
            {nameOf(one)} · {one.uin}
            {count > 0 ? ` (${count})` : ""}
          </option>
        );
      })}
    </select>
  );
}

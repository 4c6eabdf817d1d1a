/** List of conversations, newest first, of one account or of all. @module */

import { Name } from "../../app/name.tsx";
import { Action, ErrorNote } from "../../app/task.tsx";
import { explainError } from "../../app/errors.ts";
import { muted } from "../../app/notify/muting.ts";
import { formatLink, go } from "../../app/router.ts";
import { tinykeys, useLayoutEffect, useMemo, useState } from "../../deps.ts";
import { accounts, isOnline } from "../../store/accounts.ts";
import { loadError } from "../../store/feed.ts";
import {
  conversations,
  conversationsOf,
  loadConversations,
  reaches,
} from "../../store/inbox.ts";
import { type Conversation, MAX_UNREAD } from "../../store/inbox_rules.ts";
import { draftOf } from "../../store/outbox.ts";
import { focusComposer } from "./composer.tsx";
import {
  nameOf,
  namesVersion,
  peekPerson,
  personOf,
  showPeople,
} from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { shortTime } from "../../texts/times.ts";
import { toVisible } from "../../texts/visible.ts";
import { density } from "../../texts/preferences.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { List } from "../../ui/lists/list.tsx";
import { Loading, Nothing } from "../../ui/states.tsx";
import { c } from "./texts.ts";

export function ConversationList(
  { view, peer, account }: {
    view: string;
    peer: string | undefined;
    account: string | undefined;
  },
) {
  const [filter, setFilter] = useState("");
  const [isBusy, setBusy] = useState(false);
  const words = filter.trim().toLowerCase();
  const all = useMemo(() => conversationsOf(view), [
    view,
    conversations.version,
    reaches.version,
  ]);
  const rows = useMemo(
    () =>
      words === "" ? all : all.filter((one) => {
        const name = nameOf(peekPerson(one.account, one.with), one.with);
        return `${one.with} ${name}`.toLowerCase().includes(words);
      }),
    [all, words, words === "" ? 0 : namesVersion.value],
  );
  const reach = reaches.get(view) ?? reaches.get("all");
  // Before the next key, which goes on from the conversation that this one shows.
  useLayoutEffect(() => {
    const step = (by: 1 | -1, isUnread: boolean) => (event: KeyboardEvent) => {
      event.preventDefault();
      const now = `${account}/${peer}`;
      const at = all.findIndex((one) => keyOf(one) === now);
      const from = at < 0 && by < 0 ? all.length : at;
      for (let to = from + by; to >= 0 && to < all.length; to += by) {
        const one = all[to]!;
        if (!isUnread || one.unread > 0) {
          go(linkOf(view, one));
          return focusComposer();
        }
      }
    };
    return tinykeys(globalThis as unknown as Window, {
      "Alt+ArrowDown": step(1, false),
      "Alt+ArrowUp": step(-1, false),
      "Alt+Shift+ArrowDown": step(1, true),
      "Alt+Shift+ArrowUp": step(-1, true),
    }, { ignore: ({ isComposing }) => isComposing });
  }, [all, view, account, peer]);
  const more = async () => {
    setBusy(true);
    await loadConversations(view, true).catch(() => {});
    setBusy(false);
  };
  return (
    <>
      <input
        class="filter"
        type="search"
        data-filter
        aria-label={c("filterNames")}
        placeholder={c("filterNames")}
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      {reach === undefined && loadError.value === undefined && <Loading />}
      {reach === undefined && loadError.value !== undefined && (
        <ErrorNote error={explainError(loadError.value)} />
      )}
      {reach !== undefined && all.length === 0 && (
        <Nothing title={c("noConversations")} />
      )}
      {all.length > 0 && rows.length === 0 && (
        <Nothing title={c("noMatchHere")} />
      )}
      <List
        name={c("conversations")}
        items={rows}
        itemHeight={density.value === "compact" ? 44 : 60}
        keyOf={keyOf}
        current={peer === undefined ? undefined : `${account}/${peer}`}
        linkOf={(one) => linkOf(view, one)}
        render={(one) => <Row one={one} hasAccount={view === "all"} />}
        onChoose={focusComposer}
        onShow={(from, to) => showRows(rows.slice(from, to + 1))}
      />
      {reach?.next !== undefined && (
        <Action
          class="small column-more"
          disabled={isBusy}
          onClick={() => void more()}
        >
          {c("moreConversations")}
        </Action>
      )}
    </>
  );
}

function keyOf(one: Conversation): string {
  return `${one.account}/${one.with}`;
}

function linkOf(view: string, one: Conversation): string {
  return view === "all"
    ? formatLink("chats", ["all", one.with], { as: one.account })
    : formatLink("chats", [one.account, one.with]);
}

/** Asks for the people of visible rows, by account. */
function showRows(rows: readonly Conversation[]): void {
  const byAccount = new Map<string, string[]>();
  for (const one of rows) {
    const uins = byAccount.get(one.account) ?? [];
    uins.push(one.with);
    byAccount.set(one.account, uins);
  }
  for (const [account, uins] of byAccount) {
    showPeople("conversations", account, uins);
  }
}

function Row({ one, hasAccount }: { one: Conversation; hasAccount: boolean }) {
  const now = conversations.get(keyOf(one)) ?? one;
  const { account, with: uin, last, unread } = now;
  const person = personOf(account, uin);
  const own = accounts.get(account);
  const status = isOnline(own) && person?.isFriend ? person.status : undefined;
  const draft = draftOf(account, uin);
  return (
    <span class="row">
      <Face face={person?.face} status={status} />
      <span class="texts">
        <Name person={person} uin={uin} />
        <span class="preview" dir="auto">
          {draft === "" ? previewOf(now) : c("draft", { text: draft })}
        </span>
        {hasAccount && (
          <span class="chip">
            {c("asAccount", { name: toVisible(nameOf(own, account)) })}
          </span>
        )}
      </span>
      <span class="marks">
        <time dateTime={last.at}>{shortTime(last.at)}</time>
        <span class="row-marks">
          {(muted.value.has(keyOf(now)) || muted.value.has(account)) && (
            <>
              <Icon name="muted" size={16} />
              <span class="visually-hidden">{t("isMuted")}</span>
            </>
          )}
          <Unread count={unread} />
        </span>
      </span>
    </span>
  );
}

export function Unread({ count }: { count: number }) {
  if (count === 0) return null;
  const text = count >= MAX_UNREAD ? `${MAX_UNREAD}+` : String(count);
  return (
    <span class="badge">
      <span aria-hidden="true">{text}</span>
      <span class="visually-hidden">{t("unread", { n: text })}</span>
    </span>
  );
}

const NOTES = {
  "friend.request": "noteRequest",
  "friend.accepted": "noteAccepted",
  "friend.refused": "noteRefused",
  "friend.added": "noteAdded",
} as const;

/** Last event of a conversation in one line. */
function previewOf({ account, with: uin, last }: Conversation): string {
  const { text = "" } = last.data as { text?: string };
  if (last.event === "message.sent") return `${t("you")}: ${text}`;
  if (last.event in NOTES) {
    const name = toVisible(nameOf(peekPerson(account, uin), uin));
    return t(NOTES[last.event as keyof typeof NOTES], { name });
  }
  return text;
}

/** Contacts of an account: unread first, then by last message, then by presence. @module */

import { accounts } from "../../store/accounts.ts";
import {
  type Contact,
  contactOf,
  contacts,
  nameOf,
} from "../../store/contacts.ts";
import { Empty } from "../../ui/controls.tsx";
import { threads } from "../../store/conversations.ts";
import { useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { formatLink } from "../../app/router.ts";
import { t } from "../../texts/strings.ts";
import { lastOf, type Thread, unreadOf } from "../../store/thread.ts";
import { shortTime } from "../../texts/times.ts";

/** Maximum number of rows drawn; the filter finds the others. */
const SHOWN = 200;

interface Row {
  contact: Contact;
  thread: Thread | undefined;
  unread: number;
  last: number;
}

export function Contacts(
  { account, peer }: { account: string; peer: string | undefined },
) {
  const [filter, setFilter] = useState("");
  const all = rowsOf(account);
  const words = filter.trim().toLowerCase();
  const rows = all.filter(({ contact: { uin, nickname } }) =>
    words === "" || `${uin} ${nickname.toLowerCase()}`.includes(words)
  );
  const isKnown = contacts.value.has(account) ||
    accounts.value?.find(({ uin }) => uin === account)?.state !== "online";
  return (
    <div class="scroll">
      <input
        class="filter"
        type="search"
        aria-label={t("filter")}
        placeholder={t("filter")}
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      {all.length === 0 && (
        <Empty title={t(isKnown ? "noFriends" : "loading")} />
      )}
      {all.length > 0 && rows.length === 0 && <Empty title={t("noMatch")} />}
      <ul class="contacts">
        {rows.slice(0, SHOWN).map((row) => (
          <ContactRow
            key={row.contact.uin}
            account={account}
            row={row}
            isOpen={row.contact.uin === peer}
          />
        ))}
      </ul>
      {rows.length > SHOWN && (
        <p class="hint page-note">
          {t("moreHidden", { n: rows.length - SHOWN })}
        </p>
      )}
    </div>
  );
}

function ContactRow(
  { account, row: { contact, thread, unread }, isOpen }: {
    account: string;
    row: Row;
    isOpen: boolean;
  },
) {
  const { uin, face, status, isFriend } = contact;
  const last = thread && lastOf(thread);
  return (
    <li>
      <a
        href={formatLink("chats", [account, uin])}
        aria-current={isOpen ? "true" : undefined}
      >
        <Face uin={uin} face={face} status={isFriend ? status : undefined} />
        <span class="texts">
          <span class="name">{nameOf(contact)}</span>
          <span class="preview">
            {last !== undefined && "text" in last.data
              ? `${last.event === "message.sent" ? `${t("you")}: ` : ""}${
                (last.data as { text: string }).text
              }`
              : `${isFriend ? t(status) : t("stranger")} · ${uin}`}
          </span>
        </span>
        <span class="marks">
          {last !== undefined && (
            <time dateTime={last.at}>{shortTime(last.at)}</time>
          )}
          {unread > 0 && (
            <span class="badge">
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span class="visually-hidden">{t("unread", { n: unread })}</span>
            </span>
          )}
        </span>
        <span class="visually-hidden">
          {isFriend ? t(status) : t("stranger")}
        </span>
      </a>
    </li>
  );
}

function rowsOf(account: string): Row[] {
  const rows = new Map<string, Row>();
  for (const contact of contacts.value.get(account)?.values() ?? []) {
    if (contact.isFriend) {
      rows.set(contact.uin, { contact, thread: undefined, unread: 0, last: 0 });
    }
  }
  for (const thread of threads.value.values()) {
    if (thread.account !== account || !isTalk(thread)) continue;
    rows.set(thread.peer, {
      contact: contactOf(account, thread.peer),
      thread,
      unread: unreadOf(thread),
      last: lastOf(thread)?.seq ?? Infinity,
    });
  }
  return [...rows.values()].sort((a, b) =>
    Number(b.unread > 0) - Number(a.unread > 0) || b.last - a.last ||
    rank(a.contact) - rank(b.contact) ||
    nameOf(a.contact).localeCompare(nameOf(b.contact))
  );
}

/** A contact with only a friend request has no conversation yet. */
function isTalk({ events, outgoing }: Thread): boolean {
  return outgoing.length > 0 ||
    events.some(({ event }) =>
      event.startsWith("message") || event === "friend.accepted" ||
      event === "friend.added"
    );
}

function rank({ status }: Contact): number {
  return status === "online" ? 0 : status === "busy" ? 1 : 2;
}

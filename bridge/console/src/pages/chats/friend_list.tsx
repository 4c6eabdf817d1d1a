/** List of an account's friends, by name. @module */

import { Name } from "../../app/name.tsx";
import { Failure, useTask } from "../../app/task.tsx";
import { formatLink } from "../../app/router.ts";
import { useEffect, useMemo, useState } from "../../deps.ts";
import { accounts, isOnline } from "../../store/accounts.ts";
import {
  friends,
  loadFriends,
  nameOf,
  namesVersion,
  peekPerson,
  personOf,
  showPeople,
} from "../../store/people.ts";
import { density, languageTag } from "../../texts/preferences.ts";
import { t } from "../../texts/strings.ts";
import { Face } from "../../ui/face.tsx";
import { List } from "../../ui/lists/list.tsx";
import { Loading, Nothing } from "../../ui/states.tsx";
import { focusComposer } from "./composer.tsx";
import { c } from "./texts.ts";

/** How often names that the bridge still looks up are asked for while the list is open. */
const PENDING_MS = 10_000;

/** How often a list that the bridge has not read yet is asked for. */
const UNREAD_MS = 1000;

export function FriendList(
  { account, peer }: { account: string; peer: string | undefined },
) {
  const [filter, setFilter] = useState("");
  const task = useTask();
  const known = friends.get(account);
  const own = accounts.get(account);
  useEffect(() => void task.run(() => loadFriends(account)), [
    account,
    isOnline(own),
  ]);
  const pending = known?.pending ?? 0;
  const all = known?.uins.length ?? 0;
  const isUnread = all === 0 && pending > 0;
  useEffect(() => {
    if (pending === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) loadFriends(account, "background").catch(() => {});
    }, isUnread ? UNREAD_MS : PENDING_MS);
    return () => clearInterval(timer);
  }, [account, pending === 0, isUnread]);
  const words = filter.trim().toLowerCase();
  const rows = useMemo(() => {
    const { compare } = new Intl.Collator(languageTag());
    return (known?.uins ?? []).map((uin) => ({
      uin,
      name: nameOf(peekPerson(account, uin), uin),
    })).filter(({ uin, name }) =>
      words === "" || `${uin} ${name.toLowerCase()}`.includes(words)
    ).sort((a, b) => compare(a.name, b.name));
  }, [known, words, namesVersion.value, languageTag()]);
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
      <Failure task={task} />
      {(known === undefined || isUnread) && task.failure === undefined && (
        <Loading />
      )}
      {known !== undefined && all === 0 && !isUnread && (
        <Nothing title={isOnline(own) ? t("noFriends") : c("friendsUnknown")} />
      )}
      {all > 0 && rows.length === 0 && <Nothing title={c("noMatchHere")} />}
      {pending > 0 && all > 0 && (
        <p class="hint column-note">
          {c("namesKnown", { known: all - pending, all })}
        </p>
      )}
      <List
        name={t("friends")}
        items={rows}
        itemHeight={density.value === "compact" ? 44 : 56}
        keyOf={({ uin }) => uin}
        current={peer}
        linkOf={({ uin }) => formatLink("chats", [account, uin])}
        render={({ uin }) => <Row account={account} uin={uin} />}
        onChoose={focusComposer}
        onShow={(from, to) =>
          showPeople(
            "friends",
            account,
            rows.slice(from, to + 1).map(({ uin }) => uin),
          )}
      />
    </>
  );
}

function Row({ account, uin }: { account: string; uin: string }) {
  const person = personOf(account, uin);
  const status = isOnline(accounts.get(account)) ? person?.status : undefined;
  return (
    <span class="row">
      <Face face={person?.face} status={status} />
      <span class="texts">
        <Name person={person} uin={uin} />
        <span class="preview">
          {status === undefined ? c("presenceUnknown") : t(status)} · {uin}
        </span>
      </span>
    </span>
  );
}

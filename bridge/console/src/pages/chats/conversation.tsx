/** A conversation: who it is with, its messages, the composer. @module */

import type { Status } from "../../../../../lib/protocol/codes.ts";
import { formatLink, go } from "../../app/router.ts";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { Name } from "../../app/name.tsx";
import { muted, setMuted } from "../../app/notify/muting.ts";
import { STATE_TEXTS } from "../../app/state_badge.tsx";
import { type Signal, signal, useEffect, useState } from "../../deps.ts";
import { command } from "../../link/link.ts";
import { hasScope } from "../../link/session.ts";
import {
  type Account,
  accounts,
  areAccountsLoaded,
  isOnline,
  loadAccounts,
} from "../../store/accounts.ts";
import { conversationKey } from "../../store/inbox_rules.ts";
import { generation, threadOf } from "../../store/messages.ts";
import {
  isFriendOf,
  loadFriends,
  nameOf,
  personOf,
  showPeople,
} from "../../store/people.ts";
import { load, save } from "../../texts/saved.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useMedia, WIDE } from "../../ui/media.ts";
import { Menu } from "../../ui/menu.tsx";
import { Composer } from "./composer.tsx";
import type { ExportFormat } from "./export.ts";
import { MessageList } from "./message_list.tsx";
import { lazy } from "../../app/lazy.tsx";
import { c } from "./texts.ts";

const ProfileDialog = lazy(
  async () => (await import("./profile.tsx")).ProfileDialog,
);
const ProfilePanel = lazy(
  async () => (await import("./profile.tsx")).ProfilePanel,
);
const SearchBar = lazy(
  async () => (await import("./search_bar.tsx")).SearchBar,
);

/** When a friend list that was not known is asked for again, in milliseconds. */
const FRIENDS_MS = 1500;

/** Whether the profile stands beside the conversation where there is room. */
const isDocked: Signal<boolean> = signal(load("profile") !== false);

export function Conversation(
  { view, account, peer, at }: {
    view: string;
    account: string;
    peer: string;
    at: number | undefined;
  },
) {
  const [isAsked, setAsked] = useState(false);
  const isWide = useMedia(WIDE);
  const showProfile = (isShown: boolean) => {
    if (!isWide) return setAsked(isShown);
    isDocked.value = isShown;
    save("profile", isShown);
  };
  const key = conversationKey(account, peer);
  const isMuted = muted.value.has(key);
  const [hasSearch, setSearch] = useState(false);
  const [exporting, setExporting] = useState<number>();
  const [stop, setStop] = useState<AbortController>();
  const own = accounts.get(account);
  const person = personOf(account, peer);
  const name = toVisible(nameOf(person, peer));
  const thread = threadOf(account, peer);
  useEffect(() => showPeople("open", account, [peer, account]), [
    account,
    peer,
    isOnline(own),
  ]);
  const runExport = async (format: ExportFormat) => {
    const control = new AbortController();
    setStop(control);
    setExporting(0);
    const { exportThread } = await import("./export.ts");
    await exportThread(thread, format, control.signal, setExporting)
      .catch(() => {});
    setExporting(undefined);
  };
  const isGone = areAccountsLoaded.value && own === undefined;
  const isFriend = isFriendOf(account, peer);
  useEffect(() => {
    if (isFriend !== undefined || !isOnline(own)) return;
    const load = () => loadFriends(account, "background").catch(() => {});
    void load();
    // The bridge reads the list from its server at the first question.
    const timer = setTimeout(load, FRIENDS_MS);
    return () => clearTimeout(timer);
  }, [account, isOnline(own)]);
  return (
    <>
      <section class="pane" aria-label={t("conversationWith", { name })}>
        <header class="pane-head">
          <a
            class="button quiet back"
            href={formatLink("chats", [view])}
            aria-label={t("back")}
          >
            <Icon name="back" />
          </a>
          <Face
            face={person?.face}
            status={isOnline(own) && isFriend ? person?.status : undefined}
          />
          <div class="texts">
            <h2>
              <Name person={person} uin={peer} />
            </h2>
            <p class="hint">
              {presenceText(own, isFriend, person?.status)} · {peer}
              {view === "all" &&
                ` · ${
                  c("asAccount", { name: toVisible(nameOf(own, account)) })
                }`}
            </p>
          </div>
          <button
            type="button"
            class="quiet ui-square"
            aria-label={t("profileOf", { name })}
            aria-pressed={isWide ? isDocked.value : undefined}
            onClick={() => showProfile(!isWide || !isDocked.value)}
          >
            <Icon name="info" />
          </button>
          <Menu
            name={c("more")}
            items={[
              {
                text: c("searchHere"),
                icon: "search",
                onChoose: () => setSearch(true),
              },
              {
                text: t(isMuted ? "unmute" : "mute"),
                icon: isMuted ? "sound" : "muted",
                onChoose: () => setMuted(key, !isMuted),
              },
              {
                text: c("exportJson"),
                icon: "download",
                onChoose: () => void runExport("jsonl"),
              },
              {
                text: c("exportText"),
                icon: "download",
                onChoose: () => void runExport("text"),
              },
            ]}
          />
        </header>
        {hasSearch && (
          <SearchBar
            thread={thread}
            onOpen={(seq) => go(openAt(view, account, peer, seq))}
            onClose={() => setSearch(false)}
          />
        )}
        {exporting !== undefined && (
          <p class="note warn bar" role="status">
            <span>{c("exporting", { n: exporting })}</span>
            <button type="button" class="small" onClick={() => stop?.abort()}>
              {c("stop")}
            </button>
          </p>
        )}
        {isGone && (
          <p class="note warn bar" role="status">
            {c("accountGone", { uin: account })}
          </p>
        )}
        {own !== undefined && !isOnline(own) && <OutBar account={own} />}
        {!isGone && isFriend === false && (
          <p class="note bar quiet-note">{c("peerRemoved", { name })}</p>
        )}
        <MessageList
          key={generation.value}
          thread={thread}
          at={at}
          name={name}
        />
        {isGone ? null : hasScope("send")
          ? (
            <Composer
              account={account}
              peer={peer}
              name={name}
              blocked={own === undefined || isOnline(own)
                ? undefined
                : outText(own)}
            />
          )
          : <p class="hint read-only">{c("readOnly")}</p>}
      </section>
      {isWide && isDocked.value && (
        <ProfilePanel
          account={account}
          peer={peer}
          onClose={() => showProfile(false)}
        />
      )}
      {!isWide && isAsked && (
        <ProfileDialog
          account={account}
          peer={peer}
          onClose={() => showProfile(false)}
        />
      )}
    </>
  );
}

/** Address of a message in this conversation. */
function openAt(
  view: string,
  account: string,
  peer: string,
  seq: number,
): string {
  return formatLink("chats", [view, peer], {
    as: view === "all" ? account : undefined,
    at: seq,
  });
}

function presenceText(
  own: Account | undefined,
  isFriend: boolean | undefined,
  status: Status | undefined,
): string {
  if (isFriend === undefined || !isOnline(own)) return c("presenceUnknown");
  if (!isFriend) return t("stranger");
  return status === undefined ? c("presenceUnknown") : t(status);
}

function outText(account: Account): string {
  return c("accountOut", {
    name: toVisible(nameOf(account)),
    state: t(STATE_TEXTS[account.state]),
  });
}

/** Says why nothing can be sent, and offers the login. */
function OutBar({ account }: { account: Account }) {
  const task = useTask();
  const { uin, reason, state } = account;
  return (
    <div class="note warn bar" role="status">
      <div class="note-text">
        <p>{outText(account)}</p>
        {reason !== undefined && (
          <details>
            <summary>{c("whyOut")}</summary>
            <p lang="en">{reason}</p>
          </details>
        )}
        <Failure task={task} />
      </div>
      {hasScope("manage") && state !== "connecting" && (
        <Action
          class="small"
          disabled={task.busy}
          onClick={() =>
            task.run(async () => {
              await command("login", {}, { account: uin });
              await loadAccounts();
            }, "login")}
        >
          {t("logIn")}
        </Action>
      )}
    </div>
  );
}

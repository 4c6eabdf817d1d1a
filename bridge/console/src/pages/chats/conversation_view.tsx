/** A conversation: history, live and outgoing messages, composer. @module */

import { MAX_MESSAGE_CHARACTERS } from "../../../../../lib/frames/limits.ts";
import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { contactOf, meet, nameOf } from "../../store/contacts.ts";
import { Failure, useTask } from "../../app/task.tsx";
import { Empty } from "../../ui/controls.tsx";
import {
  discard,
  loadThread,
  markRead,
  sendAgain,
  sendMessage,
  threadOf,
} from "../../store/conversations.ts";
import { useEffect, useRef, useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProfileDialog } from "./profile_dialog.tsx";
import { formatLink } from "../../app/router.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { isIncoming, MAX_EVENTS, type Outgoing } from "../../store/thread.ts";
import { clockTime, dayName, wholeTime } from "../../texts/times.ts";

/** Distance from the end within which new messages scroll into view, in pixels. */
const NEAR_END = 120;

const NOTES: Readonly<Partial<Record<EventFrame["event"], TextName>>> = {
  "friend.request": "noteRequest",
  "friend.accepted": "noteAccepted",
  "friend.refused": "noteRefused",
  "friend.added": "noteAdded",
};

export interface ConversationProps {
  account: string;
  peer: string;
}

export function Conversation(
  { account, peer, maySend }: ConversationProps & { maySend: boolean },
) {
  const [profile, setProfile] = useState(false);
  const contact = contactOf(account, peer);
  const name = nameOf(contact);
  useEffect(() => {
    if (contactOf(account, peer).nickname === "") meet(account, peer);
  }, []);
  return (
    <section class="pane" aria-label={t("conversationWith", { name })}>
      <header class="pane-head">
        <a
          class="button quiet back"
          href={formatLink("chats", [account])}
          aria-label={t("back")}
        >
          <Icon name="back" />
        </a>
        <Face
          uin={peer}
          face={contact.face}
          status={contact.isFriend ? contact.status : undefined}
        />
        <div class="texts">
          <h2>{name}</h2>
          <p class="hint">
            {contact.isFriend ? t(contact.status) : t("stranger")} · {peer}
          </p>
        </div>
        <button
          type="button"
          class="quiet"
          aria-label={t("profileOf", { name })}
          onClick={() => setProfile(true)}
        >
          <Icon name="info" />
        </button>
      </header>
      <Messages account={account} peer={peer} />
      {maySend && <Composer account={account} peer={peer} />}
      {profile && (
        <ProfileDialog
          account={account}
          peer={peer}
          onClose={() => setProfile(false)}
        />
      )}
    </section>
  );
}

function Messages({ account, peer }: ConversationProps) {
  const task = useTask();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const thread = threadOf(account, peer);
  const { events, outgoing, loaded, more } = thread;
  const last = events.at(-1)?.seq;
  useEffect(() => {
    if (!loaded) void task.run(() => loadThread(account, peer));
  }, [loaded]);
  useEffect(() => {
    const box = list.current;
    if (box !== null && atEnd.current) box.scrollTop = box.scrollHeight;
    const read = () => {
      if (!document.hidden) markRead(account, peer);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [last, outgoing]);
  const showOlder = () =>
    task.run(async () => {
      const box = list.current!;
      const fromEnd = box.scrollHeight - box.scrollTop;
      atEnd.current = false;
      await loadThread(account, peer, true);
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          box.scrollTop = box.scrollHeight - fromEnd;
        })
      );
    });
  return (
    <div
      class="messages"
      ref={list}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={t("messages")}
      onScroll={({ currentTarget: box }) => {
        const left = box.scrollHeight - box.scrollTop - box.clientHeight;
        atEnd.current = left < NEAR_END;
      }}
    >
      <Failure task={task} />
      {more && events.length < MAX_EVENTS && (
        <button
          type="button"
          class="small older"
          disabled={task.busy}
          onClick={showOlder}
        >
          {t(task.busy ? "loading" : "older")}
        </button>
      )}
      {more && events.length >= MAX_EVENTS && (
        <p class="hint older">{t("tooMany")}</p>
      )}
      {loaded && !more && events.length > 0 && (
        <p class="hint older">{t("oldest")}</p>
      )}
      {loaded && events.length === 0 && outgoing.length === 0 && (
        <Empty title={t("noMessages")} />
      )}
      <ol>
        {events.map((frame, at) => (
          <Line
            key={frame.seq}
            frame={frame}
            before={events[at - 1]}
            account={account}
            peer={peer}
          />
        ))}
        {outgoing.map((message) => (
          <Waiting
            key={message.key}
            message={message}
            account={account}
            peer={peer}
          />
        ))}
      </ol>
    </div>
  );
}

function Line(
  { frame, before, account, peer }: ConversationProps & {
    frame: EventFrame;
    before: EventFrame | undefined;
  },
) {
  const day = dayName(frame.at);
  const isNewDay = before === undefined || dayName(before.at) !== day;
  const name = nameOf(contactOf(account, peer));
  const { text } = frame.data as { text: string };
  const note = NOTES[frame.event];
  const isOwn = frame.event === "message.sent";
  return (
    <>
      {isNewDay && <li class="day">{day}</li>}
      {note !== undefined
        ? (
          <li class="event" data-seq={frame.seq}>
            {t(note, { name })}
            {text !== "" && <q>{text}</q>}
          </li>
        )
        : (
          <li
            class={`bubble ${isOwn ? "own" : ""}`}
            data-seq={frame.seq}
          >
            <span class="visually-hidden">{isOwn ? t("you") : name}:</span>
            <p>{text}</p>
            <span class="meta">
              {!isIncoming(frame) && <>{t("sent")} ·{" "}</>}
              <time dateTime={frame.at} title={wholeTime(frame.at)}>
                {clockTime(frame.at)}
              </time>
            </span>
          </li>
        )}
    </>
  );
}

function Waiting(
  { message, account, peer }: ConversationProps & { message: Outgoing },
) {
  const { state, text, why } = message;
  if (state === "sending") {
    return (
      <li class="bubble own sending">
        <span class="visually-hidden">{t("you")}:</span>
        <p>{text}</p>
        <span class="meta">{t("sending")}</span>
      </li>
    );
  }
  return (
    <li class={`bubble own ${state}`}>
      <span class="visually-hidden">{t("you")}:</span>
      <p>{text}</p>
      <div class="outcome" role="alert">
        <strong>{t(state === "failed" ? "notSent" : "outcomeUnknown")}</strong>
        {why !== undefined && <span>{why}</span>}
      </div>
      <div class="actions">
        <button
          type="button"
          class="small"
          onClick={() => sendAgain(account, peer, message)}
        >
          {t(state === "failed" ? "retry" : "askAgain")}
        </button>
        <button
          type="button"
          class="small"
          onClick={() => discard(account, peer, message)}
        >
          {t("discard")}
        </button>
      </div>
    </li>
  );
}

function Composer({ account, peer }: ConversationProps) {
  const [length, setLength] = useState(0);
  const box = useRef<HTMLTextAreaElement>(null);
  const isLong = length > MAX_MESSAGE_CHARACTERS;
  const name = nameOf(contactOf(account, peer));
  const submit = () => {
    // Read the text box, because the state may be one key behind.
    const { value: text } = box.current!;
    if (text.trim() === "" || text.length > MAX_MESSAGE_CHARACTERS) return;
    if (sendMessage(account, peer, text)) {
      box.current!.value = "";
      setLength(0);
    }
    box.current!.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        aria-label={t("messageTo", { name })}
        aria-describedby="composer-hint"
        aria-invalid={isLong}
        placeholder={t("writeMessage")}
        onInput={({ currentTarget }) => setLength(currentTarget.value.length)}
        onKeyDown={(event) => {
          // In a Chinese input method, Enter also confirms the chosen characters.
          if (event.key !== "Enter" || event.shiftKey) return;
          if (event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <button
        type="submit"
        class="primary round"
        aria-label={t("send")}
        disabled={length === 0 || isLong}
      >
        <Icon name="send" />
      </button>
      <p id="composer-hint" class={isLong ? "hint bad" : "hint"}>
        {isLong
          ? t("tooLong", { n: length, most: MAX_MESSAGE_CHARACTERS })
          : t("sendHint")}
      </p>
    </form>
  );
}

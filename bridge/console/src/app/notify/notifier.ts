/** Shows notifications and plays the sound. @module */

import { s } from "../session/texts.ts";
import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { conversationKey } from "../../store/inbox_rules.ts";
import { nameOf, peekPerson } from "../../store/people.ts";
import { languageTag, switches } from "../../texts/preferences.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { formatLink, go, route } from "../router.ts";
import { muted } from "./muting.ts";
import { MAX_NOTICES, type Notice, noticesOf } from "./notice_rules.ts";

/** Least time between two sounds, in milliseconds. */
const SOUND_MS = 2000;

/** Notifies about the events of one animation frame. */
export function notify(frames: readonly EventFrame[]): void {
  const notices = noticesOf(frames, muted.peek(), onScreen());
  if (notices.length === 0) return;
  const isAllowed = switches.notifications.peek() &&
    "Notification" in globalThis && Notification.permission === "granted";
  if (isAllowed) showAll(notices);
  // Last, because it fails where the browser finds no device for it.
  if (switches.sound.peek()) play();
}

function showAll(notices: readonly Notice[]): void {
  if (notices.length > MAX_NOTICES) {
    const n = notices.reduce((sum, { count }) => sum + count, 0);
    const text = t("newMessages", { n, people: notices.length });
    return show("tqq", "tqq", text, formatLink("chats"));
  }
  for (const notice of notices) showNotice(notice);
}

/** The conversation that the user looks at. */
function onScreen(): string | undefined {
  if (document.hidden || !document.hasFocus()) return undefined;
  const { page, params, query } = route.peek();
  if (page !== "chats" || params.peer === undefined) return undefined;
  const account = params.account === "all" ? query.get("as") : params.account;
  return conversationKey(account ?? "", params.peer);
}

function showNotice({ account, peer, last, count }: Notice): void {
  const name = toVisible(nameOf(peekPerson(account, peer), peer));
  const text = last.event === "friend.request"
    ? t("noteRequest", { name })
    : switches.noticeTexts.peek()
    ? (last.data as { text: string }).text
    : count === 1
    ? s("noticeOne")
    : s("noticeMany", { n: count });
  const link = formatLink("chats", [account, peer]);
  show(conversationKey(account, peer), name, text, link);
}

function show(tag: string, title: string, body: string, link: string): void {
  const shown = new Notification(title, { body, tag, lang: languageTag() });
  shown.onclick = () => {
    focus();
    go(link);
    shown.close();
  };
}

let audio: AudioContext | undefined;
let playedAt = -Infinity;

/** Two short tones, made here: the content policy allows no file. */
function play(): void {
  if (performance.now() - playedAt < SOUND_MS) return;
  audio ??= new AudioContext();
  playedAt = performance.now();
  for (const [at, pitch] of [[0, 660], [0.12, 880]] as const) {
    const from = audio.currentTime + at;
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.08, from);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.12);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.12);
  }
}

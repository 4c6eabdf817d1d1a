/** Examples of every event, from which the tests of all layers are made. @module */

import {
  ACCOUNT_STATES,
  EVENT_NAMES,
  type EventData,
  type EventName,
} from "../../mod.ts";

/** What the tests know of an event. */
export interface EventExample<N extends EventName> {
  /** Data of each shape; the first stands for all. */
  data: readonly [EventData[N], ...EventData[N][]];
  /** Mail that causes it, if commands of the demo accounts do not. */
  mail?: readonly string[];
  /** Its text on the pages. */
  en: string;
  zh: string;
}

const TEXT = { from: "10002", text: "你好" };
const SINCE = "2026-11-23T19:20:00.123Z";

export const EVENT_EXAMPLES: {
  readonly [N in EventName]: EventExample<N>;
} = {
  "message": {
    data: [TEXT],
    en: "a friend sent a message",
    zh: "好友发来消息",
  },
  "message.stranger": {
    data: [TEXT],
    en: "a stranger sent a message",
    zh: "陌生人发来消息",
  },
  "message.sent": {
    data: [{ to: "10002", text: "你好" }, { to: "10002", text: "" }],
    en: "the account sent a message through the bridge",
    zh: "账号经由桥发出了消息",
  },
  "presence": {
    data: [{ from: "10002", status: "busy" }],
    en: "a friend's presence changed",
    zh: "好友的在线状态变了",
  },
  "friend.request": {
    data: [TEXT],
    en: "somebody asks to be added; the text is the reason",
    zh: "有人请求加好友，文字是理由",
  },
  "friend.accepted": {
    data: [TEXT],
    en: "a request of the account was accepted",
    zh: "对方同意了本账号的请求",
  },
  "friend.refused": {
    data: [TEXT],
    en: "a request of the account was refused; the text is the reason",
    zh: "对方拒绝了本账号的请求，文字是理由",
  },
  "friend.added": {
    data: [TEXT],
    en: "somebody added the account as a friend",
    zh: "有人把本账号加为好友",
  },
  "account.state": {
    data: [
      { state: "replaced", since: SINCE },
      ...ACCOUNT_STATES.map((state) => ({ state, since: SINCE })),
      { state: "refused", since: SINCE, reason: "r", action: "a" },
    ],
    en: "the account's own state changed; `action` says what you can do",
    zh: "账号自己的状态变了；`action` 说明你能做什么",
  },
  "account.removed": {
    data: [{}],
    en: "the account was removed from the bridge; its events stay",
    zh: "账号从桥上删除了；它的事件还在",
  },
  "unknown": {
    data: [
      { raw: "MT=%" },
      { code: 7, from: "10002", text: "x" },
      { raw: "MT=%", bytes: 70_000 },
    ],
    mail: ["MN=1&MT=77,&UN=10002,&MG=what is it,", "MN=2&MT=9,&UN=x"],
    en: "mail that the bridge does not recognise, passed through unchanged",
    zh: "桥不认识的内容，原样转交",
  },
};

/** Each event with its examples, without the type of a particular one. */
export const EVENT_ROWS: readonly (readonly [
  name: EventName,
  example: EventExample<EventName>,
])[] = EVENT_NAMES.map((name) => [
  name,
  EVENT_EXAMPLES[name] as EventExample<EventName>,
]);

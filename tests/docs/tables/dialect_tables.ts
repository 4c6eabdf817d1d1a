/** The tables of the dialects and of the QQ protocol. */

import { type CommandName, COMMANDS, type ErrorCode } from "../../../mod.ts";
import { ACTIONS } from "../../../bridge/onebot/actions/api.ts";
import { ASYNC, done, RETCODES } from "../../../bridge/onebot/retcodes.ts";
import { METHODS } from "../../../bridge/satori/endpoint.ts";
import { INTERNAL_METHODS } from "../../../bridge/satori/internal.ts";
import type { Language } from "../pages.ts";
import type { Table } from "../markdown.ts";
import { code, headRow, MEANING, type Text, textFor } from "./texts.ts";

const ACTION_TEXTS: Readonly<Record<string, Text>> = {
  get_login_info: {
    en: "the account's number and nickname",
    zh: "账号的号码与昵称",
  },
  get_status: {
    en: "`online`, `good`, and the bridge's own word as `state`",
    zh: "`online`、`good`，以及桥自己的状态词 `state`",
  },
  get_version_info: {
    en: "name and version of the program",
    zh: "程序的名称与版本",
  },
  can_send_image: { en: "always no", zh: "总是不能" },
  can_send_record: { en: "always no", zh: "总是不能" },
  get_group_list: {
    en: "always empty, so that bots for groups stay quiet",
    zh: "总是空列表，让懂群的机器人安静下来",
  },
  set_online_status: {
    en: "changes the presence: a word, or a number of QQ clients",
    zh: "改变在线状态：状态词，或 QQ 客户端的状态编号",
  },
  "qq.login": { en: "logs the account in", zh: "让账号登录" },
  "qq.logout": { en: "logs the account out", zh: "让账号退出" },
  get_friend_list: {
    en: "all friends, with nickname and presence",
    zh: "全部好友，附昵称与在线状态",
  },
  get_stranger_info: { en: "somebody's profile", zh: "某人的资料" },
  set_friend_add_request: {
    en: "answers a friend request by its `flag`",
    zh: "按 `flag` 答复好友请求",
  },
  delete_friend: { en: "removes a friend", zh: "删除好友" },
  "qq.add_friend": {
    en: "adds a friend, or asks to with `comment`",
    zh: "加好友，或附上 `comment` 请求加好友",
  },
  "qq.get_friend_status": {
    en: "the friends that are online",
    zh: "在线的好友",
  },
  "qq.finger": {
    en: "searches people by `age`, `sex`, `province`",
    zh: "按 `age`、`sex`、`province` 查找用户",
  },
  send_private_msg: { en: "sends a message", zh: "发一条消息" },
  send_msg: {
    en: "sends a message; of the types only `private`",
    zh: "发一条消息；类型只有 `private`",
  },
  get_msg: {
    en: "a message that is still kept, by its `message_id`",
    zh: "按 `message_id` 取仍保留着的消息",
  },
  mark_msg_as_read: {
    en:
      "marks messages as read for all clients, up to a `message_id`, or all of a `user_id`",
    zh:
      "把消息标为已读，对所有客户端有效：到 `message_id` 为止，或 `user_id` 的全部",
  },
  get_friend_msg_history: {
    en: "the kept messages with a friend, up to a `message_seq`, 1 to 100",
    zh: "与某好友之间仍保留着的消息，到 `message_seq` 为止，1 到 100 条",
  },
  ".handle_quick_operation": {
    en: "answers an event: `reply` to a message, `approve` to a request",
    zh: "回应事件：消息用 `reply`，请求用 `approve`",
  },
};

const METHOD_TEXTS: Readonly<Record<string, Text>> = {
  "message.create": {
    en: "sends a message; a long one in several",
    zh: "发消息；太长的分成几条",
  },
  "message.get": {
    en: "a message that is still kept",
    zh: "取仍保留着的一条消息",
  },
  "message.list": {
    en: "the messages of a conversation, in pages",
    zh: "一个会话的消息，分页",
  },
  "login.get": { en: "the account and its state", zh: "账号与它的状态" },
  "user.get": { en: "somebody's number and nickname", zh: "某人的号码与昵称" },
  "user.channel.create": {
    en: "the conversation with somebody",
    zh: "与某人的会话",
  },
  "channel.get": {
    en: "the conversation with this id",
    zh: "这个编号的会话",
  },
  "friend.list": {
    en: "all friends, on one page",
    zh: "全部好友，只有一页",
  },
  "friend.delete": { en: "removes a friend", zh: "删除好友" },
  "friend.approve": {
    en: "answers a friend request",
    zh: "答复好友请求",
  },
  addFriend: {
    en: "adds a friend, or asks to with `reason`",
    zh: "加好友，或附上 `reason` 请求加好友",
  },
  setStatus: { en: "changes the presence", zh: "改变在线状态" },
  search: {
    en: "searches people by `age`, `sex`, `province`",
    zh: "按 `age`、`sex`、`province` 查找用户",
  },
  profile: { en: "somebody's whole profile", zh: "某人的完整资料" },
  onlineFriends: { en: "the friends that are online", zh: "在线的好友" },
  login: { en: "logs the account in", zh: "让账号登录" },
  logout: { en: "logs the account out", zh: "让账号退出" },
};

/** Request and reply of each command of the QQ protocol. */
const QQ_TEXTS: Readonly<
  Record<CommandName, readonly [asks: string, reply: string]>
> = {
  Login: [
    "PS (MD5 of the password), M5, LC",
    "RS HI LI, or RS=1 and RA, the reason",
  ],
  List: ["TN (how many), UN (after which number)", "FN (last page) SN UN"],
  Query_Stat: ["TN, UN", "FC FN SN ST UN NK: the friends that are online"],
  GetInfo: ["LV (level), UN", "the profile"],
  AddToList: ["UN", "CD: 0 added, 1 ask first, 2 nobody may"],
  Ack_AddToList: ["UN, CD (0 accept, 1 refuse, 2 ask), RS (reason)", ""],
  DelFromList: ["UN", ""],
  Finger: [
    "AG, SX, PV",
    "FN SN UN NK; no record says how the old server answered",
  ],
  Change_Stat: ["ST: 10 online, 20 offline, 30 busy, 40 invisible", ""],
  GetMsgEx: ["", "MN MT UN MG; reading empties the mailbox"],
  CLTMSG: ["UN, MG", ""],
  Logout: ["", ""],
  VERIFYCODE: [
    "1.4 only: SC=2, VC (text in the picture)",
    "of Login; another picture: SC, SN, VC (PNG in hex)",
  ],
  SimpleInfo2: [
    "1.4 only: UN (index of the first), TO=0",
    "FN (next index, or 65535), SN, UN, FC, NK",
  ],
  Query_Stat2: [
    "1.4 only: CM=2, UN (last number)",
    "FN (1: the last page), SN, ST, UN",
  ],
  Change_Stat2: ["1.4 only: ST", ""],
};

/** Every action of OneBot that works here. */
export function onebotActions(language: Language): Table {
  return [
    headRow([{ en: "action", zh: "动作" }, MEANING], language),
    ...[...ACTIONS.keys()].map((name) => [
      code(name),
      textFor(ACTION_TEXTS, name, "ACTION_TEXTS")[language],
    ]),
  ];
}

/** Every `retcode`, and its error. */
export function onebotRetcodes(language: Language): Table {
  const rows = Object.entries(RETCODES) as [ErrorCode, number][];
  return [
    headRow([
      { en: "retcode", zh: "retcode" },
      { en: "status", zh: "status" },
      { en: "error", zh: "错误" },
    ], language),
    [String(done(null).retcode), code(done(null).status), ""],
    [String(ASYNC.retcode), code(ASYNC.status), ""],
    ...rows.sort(([, a], [, b]) => a - b).map(([name, number]) => [
      String(number),
      code("failed"),
      code(name),
    ]),
  ];
}

/** Every method of Satori that works here. */
export function satoriMethods(language: Language): Table {
  return [
    headRow([{ en: "method", zh: "方法" }, MEANING], language),
    ...[...METHODS.keys()].map((name) => [
      code(name),
      textFor(METHOD_TEXTS, name, "METHOD_TEXTS")[language],
    ]),
    ...INTERNAL_METHODS.map(([name]) => [
      code(`internal/${name}`),
      textFor(METHOD_TEXTS, name, "METHOD_TEXTS")[language],
    ]),
  ];
}

/** Every command of the QQ protocol. */
export function qqCommands(language: Language): Table {
  return [
    headRow([
      { en: "command", zh: "命令" },
      { en: "request", zh: "请求" },
      { en: "reply", zh: "回答" },
    ], language),
    ...COMMANDS.map((name) => [code(name), ...QQ_TEXTS[name]]),
  ];
}

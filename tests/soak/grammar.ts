/** Valid inputs of each surface, which the fuzzer changes. @module */

/** Part of every text that a user could write. It must not be in a log. */
export const CANARY = "zqcanaryqz";

/** A text of a user. */
export const USER_TEXT = `hi ${CANARY}`;

/** A command of the frame protocol with valid parameters. */
export const COMMANDS: Readonly<Record<string, Record<string, unknown>>> = {
  send: { to: "10002", text: USER_TEXT },
  friends: {},
  onlineFriends: {},
  profile: { uin: "10002", level: 3 },
  addFriend: { uin: "10000", reason: USER_TEXT },
  answerRequest: { uin: "10002", answer: "accept", reason: "" },
  setStatus: { status: "busy" },
  search: { age: 20, sex: "male", province: "x" },
  login: {},
  raw: { cmd: "List", fields: { TN: "10", UN: "0" } },
  accounts: {},
  history: { with: "10002", before: 9, limit: 5 },
  consumers: { limit: 5 },
  removeConsumer: { id: "nobody/nothing" },
  ping: {},
  addAccount: {
    uin: "20001",
    password: USER_TEXT,
    nickname: "n",
    policy: "verify",
  },
  createToken: { name: "made", scopes: ["read"], accounts: ["10001"] },
  revokeToken: { name: "nobody" },
};

/** Frames of `/ws`. */
export const FRAMES: readonly Record<string, unknown>[] = [
  ...Object.entries(COMMANDS).map(([command, params], id) => ({
    type: "command",
    id,
    account: "10001",
    command,
    params,
    key: `k${id}`,
  })),
  {
    type: "subscribe",
    id: 1,
    accounts: ["10001"],
    events: ["message", "presence"],
    after: { epoch: "abc", seq: 1 },
  },
  { type: "subscribe", id: "s" },
  { type: "ack", seq: 1 },
  { type: "hello", token: "x" },
];

/** Signals of Satori. */
export const SIGNALS: readonly Record<string, unknown>[] = [
  { op: 1 },
  { op: 3, body: { token: "x", sn: 1 } },
  { op: 3, body: { sequence: 1 } },
];

/** Methods of Satori with valid bodies. */
export const METHODS: Readonly<Record<string, Record<string, unknown>>> = {
  "message.create": {
    channel_id: "private:10002",
    content: USER_TEXT + 'a<b>b</b><at id="1"/>&lt;<img src="x"/>',
  },
  "message.get": { channel_id: "private:10002", message_id: "1" },
  "message.list": {
    channel_id: "private:10002",
    next: "1",
    direction: "before",
    limit: 5,
    order: "asc",
  },
  "channel.get": { channel_id: "private:10002" },
  "channel.list": { guild_id: "1" },
  "user.channel.create": { user_id: "10002" },
  "user.get": { user_id: "10002" },
  "friend.list": { next: "1" },
  "friend.approve": {
    message_id: "10002:1",
    approve: true,
    comment: USER_TEXT,
  },
  "friend.delete": { user_id: "1" },
  "login.get": {},
  "internal/addFriend": { uin: "10002" },
  "internal/search": { age: 1 },
  "internal/setStatus": { status: "busy" },
  "internal/raw": { cmd: "List", fields: {} },
  "internal/history": { with: "10002", limit: 1 },
  "internal/qq/10001/_api/friends": {},
  meta: {},
};

/** Actions of OneBot with valid parameters. */
export const ACTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  send_private_msg: {
    user_id: 10002,
    message: USER_TEXT + "a[CQ:face,id=1]&#91;",
    auto_escape: false,
  },
  send_msg: {
    message_type: "private",
    user_id: 10002,
    message: [{ type: "text", data: { text: USER_TEXT } }],
  },
  get_msg: { message_id: 1 },
  delete_msg: { message_id: 1 },
  get_friend_list: {},
  get_stranger_info: { user_id: 10002, no_cache: true },
  set_friend_add_request: { flag: "10002:1", approve: true, remark: "" },
  get_login_info: {},
  get_status: {},
  get_version_info: {},
  can_send_image: {},
  get_friend_list_async: {},
  send_private_msg_rate_limited: { user_id: 10002, message: USER_TEXT },
  ".handle_quick_operation": {
    context: { post_type: "message", user_id: 10002, message_type: "private" },
    operation: { reply: USER_TEXT },
  },
};

/** Bodies of the QQ protocol. */
export const QQ_BODIES: readonly string[] = [
  "VER=1.1&CMD=Login&SEQ=1&UIN=10001&PS=fe01ce2a7fbac8fafaed7c982a04e229&M5=1&LC=9326B87B234E7235",
  "VER=1.1&CMD=List&SEQ=2&UIN=10001&TN=160&UN=0",
  "VER=1.1&CMD=Query_Stat&SEQ=3&UIN=10001&TN=50&UN=0",
  "VER=1.1&CMD=GetInfo&SEQ=4&UIN=10001&LV=2&UN=10002",
  "VER=1.1&CMD=CLTMSG&SEQ=5&UIN=10001&UN=10002&MG=zqcanaryqz%25E4",
  "VER=1.1&CMD=GetMsgEx&SEQ=6&UIN=10001",
  "VER=1.1&CMD=Finger&SEQ=7&UIN=10001&AG=1&SX=0&PV=x",
  "VER=1.1&CMD=AddToList&SEQ=8&UIN=10001&UN=10002",
  "VER=1.1&CMD=Ack_AddToList&SEQ=9&UIN=10001&UN=10002&CD=2&RS=zqcanaryqz",
  "VER=1.1&CMD=DelFromList&SEQ=9&UIN=20001&UN=10002",
  "VER=1.1&CMD=Change_Stat&SEQ=9&UIN=10001&ST=10",
  "VER=1.1&CMD=Logout&SEQ=9&UIN=20001",
];

/** Orders of the control endpoint with valid parameters. */
export const ORDERS: Readonly<Record<string, Record<string, unknown>>> = {
  addAccount: { uin: "20001", password: USER_TEXT, nickname: "n" },
  changeAccount: { uin: "20001", password: USER_TEXT, nickname: "m" },
  removeAccount: { uin: "20001" },
  listAccounts: {},
  createToken: { name: "order", scopes: ["read"], accounts: ["10001"] },
  revokeToken: { name: "order" },
  listTokens: {},
  listConsumers: {},
  removeConsumer: { id: "nobody/nothing" },
  backup: { target: "/dev/null/backup" },
  listTargets: {},
  __proto__: {},
};

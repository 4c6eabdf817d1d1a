/** Examples of every command, from which the tests of all layers are made. @module */

import type {
  BridgeClient,
  BridgeCommandName,
  BridgeCommands,
  Scope,
} from "../../mod.ts";

/** What the tests know of a command. */
export interface CommandExample<N extends BridgeCommandName> {
  /** The scope that it needs: a change of it breaks clients. */
  scope: Scope;
  /** Parameters that the demo accounts can be asked with. */
  params: BridgeCommands[N]["params"];
  /** Further parameters that are valid; `undefined` stands for none. */
  valid: (BridgeCommands[N]["params"] | undefined)[];
  /** Calls of its method of `BridgeClient`, and the parameters that each sends. */
  calls: [
    call: (client: BridgeClient) => Promise<unknown>,
    params: BridgeCommands[N]["params"],
  ][];
  /** Its summary in Chinese. */
  chinese: string;
}

/** The account of the calls. */
const account = "10001";

export const COMMAND_EXAMPLES: {
  readonly [N in BridgeCommandName]: CommandExample<N>;
} = {
  send: {
    scope: "send",
    params: { to: "10000", text: "by a token" },
    valid: [{ to: "10002", text: "hi" }, { to: "1", text: "字".repeat(4000) }],
    calls: [[(c) => c.send(account, "10002", "hi"), {
      to: "10002",
      text: "hi",
    }]],
    chinese: "发一条消息；`seq` 是它的 `message.sent` 事件的位置",
  },
  friends: {
    scope: "read",
    params: {},
    valid: [{}, undefined],
    calls: [[(c) => c.friends(account), {}]],
    chinese: "好友列表",
  },
  onlineFriends: {
    scope: "read",
    params: {},
    valid: [{}],
    calls: [[(c) => c.onlineFriends(account), {}]],
    chinese: "在线的好友",
  },
  profile: {
    scope: "read",
    params: { uin: "10000" },
    valid: [{ uin: "10002", level: 3 }, { uin: "10002", level: 0 }],
    calls: [[(c) => c.profile(account, "10002"), { uin: "10002" }], [
      (c) => c.profile(account, "10002", 3),
      { uin: "10002", level: 3 },
    ]],
    chinese: "某人的资料；详细程度 0 到 3，默认 2",
  },
  addFriend: {
    scope: "manage",
    params: { uin: "10000" },
    valid: [{ uin: "10002", reason: "me" }],
    calls: [[(c) => c.addFriend(account, "10002"), { uin: "10002" }], [
      (c) => c.addFriend(account, "10002", "me"),
      {
        uin: "10002",
        reason: "me",
      },
    ]],
    chinese: "加好友，或附上理由请求加好友",
  },
  answerRequest: {
    scope: "manage",
    params: { uin: "10000", answer: "accept" },
    valid: [
      { uin: "10002", answer: "ask", reason: "" },
      { uin: "10002", answer: "dismiss" },
    ],
    calls: [[(c) => c.answerRequest(account, "10002", "accept"), {
      uin: "10002",
      answer: "accept",
    }], [(c) => c.answerRequest(account, "10002", "refuse", "no"), {
      uin: "10002",
      answer: "refuse",
      reason: "no",
    }]],
    chinese:
      "答复请求，或请求加对方；`dismiss` 只从请求列表里去掉，什么都不发送",
  },
  removeFriend: {
    scope: "manage",
    params: { uin: "99999" },
    valid: [{ uin: "10002" }],
    calls: [[(c) => c.removeFriend(account, "10002"), { uin: "10002" }]],
    chinese: "从账号的列表里删除好友",
  },
  setStatus: {
    scope: "manage",
    params: { status: "online" },
    valid: [{ status: "busy" }],
    calls: [[(c) => c.setStatus(account, "busy"), { status: "busy" }]],
    chinese: "改变账号的在线状态",
  },
  search: {
    scope: "read",
    params: {},
    valid: [{}, { age: 20, sex: "female", province: "广东" }],
    calls: [[(c) => c.search(account, { age: 20 }), { age: 20 }]],
    chinese: "查找用户",
  },
  login: {
    scope: "manage",
    params: {},
    valid: [{}],
    calls: [[(c) => c.login(account), {}]],
    chinese: "让账号登录，`logout` 之后也用它",
  },
  logout: {
    scope: "manage",
    params: {},
    valid: [{}],
    calls: [[(c) => c.logout(account), {}]],
    chinese: "让账号退出，直到 `login`；重启之后也一样",
  },
  raw: {
    scope: "manage",
    params: { cmd: "List", fields: {} },
    valid: [{ cmd: "GetInfo", fields: { UN: "10002", LV: "2" } }, {
      cmd: "NEW_CMD",
    }],
    calls: [[(c) => c.raw(account, "List", { TN: "5" }), {
      cmd: "List",
      fields: { TN: "5" },
    }]],
    chinese:
      "QQ 协议的任何命令及其字段，但 GetMsgEx、Login、Logout 除外：这些由桥自己执行",
  },
  accounts: {
    scope: "read",
    params: {},
    valid: [{ states: ["online"], text: "小", after: "10001", limit: 500 }],
    calls: [[(c) => c.accounts(), {}], [
      (c) => c.accounts({ states: ["refused", "replaced"] }),
      { states: ["refused", "replaced"] },
    ]],
    chinese: "令牌能看到的账号，按号码排列；`counts` 是其中处于每种状态的个数",
  },
  history: {
    scope: "read",
    params: {},
    valid: [{ with: "10002", before: 1, limit: 100 }, {
      events: ["message", "friend.request"],
      after: 0,
      since: "2026-11-28T00:00:00Z",
      until: "2026-11-29T08:00:00+08:00",
      text: "hi",
    }],
    calls: [[
      (c) => c.history(account, { with: "10002", before: 9, limit: 2 }),
      { with: "10002", before: 9, limit: 2 },
    ]],
    chinese:
      "事件日志里的事件，最新的在最后：一个账号的，或者令牌能用的所有账号的。只给 `after` 或 `since` 时向后读。一次最多看 20,000 个事件：`searched` 说明看到了哪里，`more` 表示可能还有，`oldest` 是还保留的第一个位置",
  },
  consumers: {
    scope: "read",
    params: {},
    valid: [{
      token: "bot-1",
      after: "0123456789abcdef01234567/a",
      limit: 500,
    }],
    calls: [[(c) => c.consumers({ token: "n", limit: 5 }), {
      token: "n",
      limit: 5,
    }]],
    chinese:
      "令牌的消费者，按 id 排列；管理所有账号的令牌看到全部。`token` 按令牌的名字或 id 筛选。`lag` 是落后的位置数，`lagMs` 是第一个未确认事件的年龄",
  },
  connections: {
    scope: "read",
    params: {},
    valid: [{ token: "bot-1", kind: "ws", after: "0a1b2c3d", limit: 500 }],
    calls: [[(c) => c.connections({ kind: "onebot" }), { kind: "onebot" }]],
    chinese:
      "令牌打开的连接，按 id 排列；管理所有账号的令牌看到全部。`lag` 是落后的位置数，`commands` 是这一分钟里的命令数",
  },
  disconnect: {
    scope: "manage",
    params: { connection: "nothing" },
    valid: [{ connection: "0a1b2c3d" }],
    calls: [[(c) => c.disconnect("0a1b2c3d"), { connection: "0a1b2c3d" }]],
    chinese: "以 1012 关闭一个连接，客户端会再连上。要挡住它，就吊销它的令牌",
  },
  setConsumer: {
    scope: "manage",
    params: { id: "nobody/nothing", position: "head" },
    valid: [{ id: "bot-1/a", position: 0 }, {
      id: "bot-1/a",
      position: "oldest",
    }],
    calls: [[(c) => c.setConsumer("n/c", 7), { id: "n/c", position: 7 }]],
    chinese:
      "移动没有连接的消费者：到一个位置，`oldest` 是还保留的全部，`head` 是只要新的。只有按名字恢复的客户端会跟着走",
  },
  removeConsumer: {
    scope: "manage",
    params: { id: "nobody/nothing" },
    valid: [{ id: "bot-1/onebot/10001/a" }],
    calls: [[(c) => c.removeConsumer("n/c"), { id: "n/c" }]],
    chinese: "删除没有连接的消费者：名字空出来，位置不再保留",
  },
  conversations: {
    scope: "read",
    params: {},
    valid: [{ accounts: ["10001"], unread: true, after: 7, limit: 500 }],
    calls: [[(c) => c.conversations({ limit: 1 }), { limit: 1 }]],
    chinese:
      "账号的会话，最近有消息或好友事件的在前；`unread` 数 `readUpTo` 与自己最后一条消息之后收到的消息，1000 表示 1000 条或更多",
  },
  requests: {
    scope: "read",
    params: {},
    valid: [{ accounts: ["10001"], after: 7, limit: 500 }],
    calls: [[(c) => c.requests({ limit: 1 }), { limit: 1 }]],
    chinese: "还没有人回答或搁置的好友请求，最新的在前",
  },
  people: {
    scope: "read",
    params: {},
    valid: [{ uins: ["10000", "10002"] }],
    calls: [[(c) => c.people(account, { uins: ["10002"] }), {
      uins: ["10002"],
    }]],
    chinese:
      "桥现在所知道的人：昵称、头像、状态。`pending` 是正在后台查的人数，过会儿再问",
  },
  markRead: {
    scope: "send",
    params: { upTo: 0 },
    valid: [{ with: "10002", upTo: 7 }],
    calls: [[(c) => c.markRead(account, { with: "10002", upTo: 7 }), {
      with: "10002",
      upTo: 7,
    }]],
    chinese:
      "把一个会话或账号所有会话的消息标为已读，直到某个位置，对所有客户端有效；标记不会后退",
  },
  targets: {
    scope: "manage",
    params: {},
    valid: [{ after: "0123456789abcdef", limit: 500 }],
    calls: [[(c) => c.targets({ limit: 1 }), { limit: 1 }]],
    chinese: "桥自己连接或投递的地址，以及投递得怎么样；令牌要能用所有账号",
  },
  setTarget: {
    scope: "manage",
    params: { kind: "hook", url: "http://127.0.0.1:9/", enabled: false },
    valid: [
      { id: "0123456789abcdef" },
      {
        id: "0123456789abcdef",
        account: null,
        events: ["account"],
        segments: "strict",
        self: true,
        confirmAfter: 5,
        accessToken: "t",
        secret: null,
      },
    ],
    calls: [[(c) => c.setTarget({ id: "a", enabled: false }), {
      id: "a",
      enabled: false,
    }]],
    chinese:
      "加一个目标，或改有这个 id 的目标；`null` 清除一项，只有 id 就马上再试。令牌要能用所有账号",
  },
  removeTarget: {
    scope: "manage",
    params: { id: "0123456789abcdef" },
    valid: [{ id: "a" }],
    calls: [[(c) => c.removeTarget("a"), { id: "a" }]],
    chinese: "删除目标和它的位置；令牌要能用所有账号",
  },
  settings: {
    scope: "manage",
    params: {},
    valid: [{}],
    calls: [[(c) => c.settings(), {}]],
    chinese:
      "程序的版本、启动时间和生效的设置，以及每个设置的来源；秘密只说设了没有。`live` 的可以改。需要能用所有账号的令牌",
  },
  setSetting: {
    scope: "manage",
    params: { name: "logLevel", value: "info" },
    valid: [{ name: "logLevel", value: "debug" }],
    calls: [[(c) => c.setSetting("logLevel", "debug"), {
      name: "logLevel",
      value: "debug",
    }]],
    chinese:
      "改一个 `live` 的设置，例如 `logLevel`，到下次启动为止。需要能用所有账号的令牌",
  },
  figures: {
    scope: "read",
    params: {},
    valid: [{
      names: ["events_total", "commands_total.ok"],
      range: "24h",
      since: "2026-11-28T00:00:00Z",
    }],
    calls: [[(c) => c.figures({ range: "2h" }), { range: "2h" }]],
    chinese:
      "桥启动以来量到的：10 分钟里的每一秒，2 小时里的每 10 秒，24 小时里的每 60 秒。`names` 按序列名或点号前的部分筛选；`null` 表示没有量到。需要能用所有账号的令牌",
  },
  ping: {
    scope: "read",
    params: {},
    valid: [undefined],
    calls: [[(c) => c.ping(), {}]],
    chinese: "确认桥在运行",
  },
  addAccount: {
    scope: "manage",
    params: { uin: "10009", password: "a password" },
    valid: [{ uin: "10003", password: "p", policy: "nobody" }],
    calls: [[(c) => c.addAccount({ uin: "10003", password: "p" }), {
      uin: "10003",
      password: "p",
    }]],
    chinese:
      "在桥上加账号，内嵌服务器上也加；已有的号码是 `already_exists`，什么都不改",
  },
  changeAccount: {
    scope: "manage",
    params: { uin: "10009", password: "another password" },
    valid: [
      { uin: "10003", nickname: "n" },
      { uin: "10003", password: "p", policy: "nobody" },
    ],
    calls: [[(c) => c.changeAccount({ uin: "10003", nickname: "n" }), {
      uin: "10003",
      nickname: "n",
    }]],
    chinese:
      "改账号的密码、昵称或加好友的规则；没有给的不变。改了密码就重新登录",
  },
  removeAccount: {
    scope: "manage",
    params: { uin: "10009" },
    valid: [{ uin: "10003" }],
    calls: [[(c) => c.removeAccount("10003"), { uin: "10003" }]],
    chinese: "从桥上删除账号，内嵌服务器上也删除",
  },
  tokens: {
    scope: "manage",
    params: {},
    valid: [{ revoked: true, after: "bot-1", limit: 500 }],
    calls: [[(c) => c.tokens({ limit: 5 }), { limit: 5 }]],
    chinese:
      "有效的令牌，按名字排列；不管所有账号的令牌只看到由它建立的。`revoked` 也列出已撤销和过期的",
  },
  createToken: {
    scope: "manage",
    params: { name: "made-by-a-command" },
    valid: [
      { name: "bot-1", scopes: ["read"], accounts: ["10001"] },
      { name: "bot-1", consumer: "c", expiresAt: "2027-01-31T12:00:00Z" },
    ],
    calls: [[(c) => c.createToken({ name: "n" }), { name: "n" }]],
    chinese: "建立令牌；令牌文字只出现这一次",
  },
  revokeToken: {
    scope: "manage",
    params: { name: "made-by-a-command" },
    valid: [{ name: "bot-1" }, { id: "0123456789abcdef01234567" }],
    calls: [
      [(c) => c.revokeToken("n"), { name: "n" }],
      [(c) => c.revokeToken({ id: "i" }), { id: "i" }],
    ],
    chinese: "撤销令牌和由它建立的所有令牌；它们的连接在 60 秒内关闭",
  },
};

/** The names of all commands that have an example. */
export const EXAMPLE_NAMES = Object.keys(
  COMMAND_EXAMPLES,
) as BridgeCommandName[];

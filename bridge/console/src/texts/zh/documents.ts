/** What the documents say, in Chinese: commands, events, errors and close codes. @module */

/** What a command does. */
export const COMMANDS: Readonly<Record<string, string>> = {
  send: "发一条消息；seq 是它的 message.sent 事件的位置。",
  friends: "好友列表。",
  onlineFriends: "在线的好友。",
  profile: "某人的资料；详细程度 0 到 3，默认 2。",
  addFriend: "加好友，或附上理由请求加好友。",
  answerRequest:
    "答复请求，或请求加对方；dismiss 只从请求列表里去掉，什么都不发送。",
  removeFriend: "从账号的列表里删除好友。",
  setStatus: "改变账号的在线状态。",
  search: "查找用户。",
  login: "让账号登录，logout 之后也用它。",
  logout: "让账号退出，直到 login；重启之后也一样。",
  raw:
    "QQ 协议的任何命令及其字段，但 GetMsgEx、Login、Logout 除外：这些由桥自己执行。",
  accounts: "令牌能看到的账号，按号码排列；counts 是其中处于每种状态的个数。",
  history:
    "事件日志里的事件，最新的在最后：一个账号的，或者令牌能用的所有账号的。只给 after 或 since 时向后读。一次最多看 20,000 个事件：searched 说明看到了哪里，more 表示可能还有，oldest 是还保留的第一个位置。",
  consumers:
    "令牌的消费者，按 id 排列；管理所有账号的令牌看到全部。token 按令牌的名字或 id 筛选。lag 是落后的位置数，lagMs 是第一个未确认事件的年龄。",
  connections:
    "令牌打开的连接，按 id 排列；管理所有账号的令牌看到全部。lag 是落后的位置数，commands 是这一分钟里的命令数。",
  disconnect:
    "以 1012 关闭一个连接，客户端会再连上。要挡住它，就吊销它的令牌。",
  setConsumer:
    "移动没有连接的消费者：到一个位置，oldest 是还保留的全部，head 是只要新的。只有按名字恢复的客户端会跟着走。",
  removeConsumer: "删除没有连接的消费者：名字空出来，位置不再保留。",
  conversations:
    "账号的会话，最近有消息或好友事件的在前；unread 数 readUpTo 与自己最后一条消息之后收到的消息，1000 表示 1000 条或更多。",
  requests: "还没有人回答或搁置的好友请求，最新的在前。",
  people:
    "桥现在所知道的人：昵称、头像、状态。pending 是正在后台查的人数，过会儿再问。",
  markRead:
    "把一个会话或账号所有会话的消息标为已读，直到某个位置，对所有客户端有效；标记不会后退。",
  targets: "桥自己连接或投递的地址，以及投递得怎么样；令牌要能用所有账号。",
  setTarget:
    "加一个目标，或改有这个 id 的目标；null 清除一项，只有 id 就马上再试。令牌要能用所有账号。",
  removeTarget: "删除目标和它的位置；令牌要能用所有账号。",
  settings:
    "程序的版本、启动时间和生效的设置，以及每个设置的来源；秘密只说设了没有。live 的可以改。需要能用所有账号的令牌。",
  setSetting:
    "改一个 live 的设置，例如 logLevel，到下次启动为止。需要能用所有账号的令牌。",
  figures:
    "桥启动以来量到的：10 分钟里的每一秒，2 小时里的每 10 秒，24 小时里的每 60 秒。names 按序列名或点号前的部分筛选；null 表示没有量到。需要能用所有账号的令牌。",
  ping: "确认桥在运行。",
  addAccount:
    "在桥上加账号，内嵌服务器上也加；已有的号码是 already_exists，什么都不改。",
  changeAccount:
    "改账号的密码、昵称或加好友的规则；没有给的不变。改了密码就重新登录。",
  removeAccount: "从桥上删除账号，内嵌服务器上也删除。",
  tokens:
    "有效的令牌，按名字排列；不管所有账号的令牌只看到由它建立的。revoked 也列出已撤销和过期的。",
  createToken: "建立令牌；令牌文字只出现这一次。",
  revokeToken: "撤销令牌和由它建立的所有令牌；它们的连接在 60 秒内关闭。",
};

/** When an event comes. */
export const EVENTS: Readonly<Record<string, string>> = {
  message: "好友发来消息。",
  "message.stranger": "陌生人发来消息。",
  "message.sent": "账号经由桥发出了消息。",
  presence: "好友的在线状态变了。",
  "friend.request": "有人请求加好友，文字是理由。",
  "friend.accepted": "对方同意了本账号的请求。",
  "friend.refused": "对方拒绝了本账号的请求，文字是理由。",
  "friend.added": "有人把本账号加为好友。",
  "account.state": "账号自己的状态变了；action 说明你能做什么。",
  "account.removed": "账号从桥上删除了；它的事件还在。",
  unknown: "桥不认识的内容，原样转交。",
};

/** What an error code means. */
export const ERRORS: Readonly<Record<string, string>> = {
  not_logged_in: "账号不在线。",
  login_refused: "QQ 服务器不接受这个密码。",
  invalid_uin: "QQ 服务器不接受这个号码。",
  penalised:
    "太快（retryAfterMs 说明要等多久），或者做不到，例如发给不存在的号码。",
  rejected:
    "QQ 服务器拒绝了命令，或者没有回答就断开了连接（会改变什么的命令问三次）。",
  malformed_reply: "QQ 服务器的回答无法解读。",
  unreachable: "连不上 QQ 服务器。",
  timeout: "只读的命令没有按时得到回答。",
  outcome_unknown: "命令已发出，没有回答；查 history，或者使用 key。",
  bad_frame: "不是合格的帧或正文。",
  unknown_command: "没有这条命令。",
  bad_params: "参数无效，消息里说明是哪一个。",
  forbidden: "令牌没有这个权限。",
  unknown_account: "不是这个令牌的账号。",
  already_exists:
    "已经有了；带 key 的 createToken：令牌已经建好，它的文本不再保存。",
  overloaded: "到了限度，等 retryAfterMs 之后再来。",
  internal: "桥内部出错。",
};

/** Why a connection was closed. */
export const CLOSES: Readonly<Record<string, string>> = {
  1000: "结束。",
  1001: "正在关闭。",
  1003: "不接受二进制帧。",
  1008: "令牌或来源不被接受。",
  1009: "帧太大。",
  1011: "内部错误。",
  1012: "正在重启。",
  1013: "太慢或过载：稍后再来。",
  4000: "无效的帧太多。",
  4001: "没有按时发 hello。",
  4003: "令牌已撤销。",
  4008: "命令太多。",
  4009: "被同一消费者的新连接取代。",
};

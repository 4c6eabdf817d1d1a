/** The tables of the program: sub-commands, flags, variables, limits, metrics, exit codes. */

import { EXIT } from "../../../bridge/cli/client.ts";
import {
  SUB_COMMANDS,
  type SubCommand,
} from "../../../bridge/cli/commands/usage.ts";
import {
  LIMIT_OPTIONS,
  type LimitName,
} from "../../../bridge/config/limits.ts";
import {
  flagOf,
  type Option,
  variableOf,
} from "../../../bridge/config/option.ts";
import { type OptionName, OPTIONS } from "../../../bridge/config/options.ts";
import { Metrics } from "../../../bridge/ops/metrics.ts";
import type { Language } from "../pages.ts";
import type { Table } from "../markdown.ts";
import { cell, code, headRow, MEANING, type Text, textFor } from "./texts.ts";

const COMMAND_TEXTS: Readonly<Record<SubCommand, Text>> = {
  serve: {
    en: "runs the bridge; so does a start without a command",
    zh: "运行桥；不写命令时就是它",
  },
  "qq-server": {
    en: "runs the embedded QQ server alone",
    zh: "单独运行内嵌 QQ 服务器",
  },
  account: {
    en:
      "`add`, `change`, `list`, `remove`: the accounts that the bridge logs in",
    zh: "`add`、`change`、`list`、`remove`：桥替哪些账号登录",
  },
  token: {
    en: "`add`, `list`, `revoke`: who may use the bridge",
    zh: "`add`、`list`、`revoke`：谁可以用这座桥",
  },
  consumer: {
    en:
      "`list`, `remove`: the clients that named themselves, and their positions",
    zh: "`list`、`remove`：给自己起了名字的客户端，以及它们的位置",
  },
  target: {
    en:
      "`list`, `add`, `change`, `remove`, `retry`: where the bridge connects or posts to by itself",
    zh:
      "`list`、`add`、`change`、`remove`、`retry`：桥自己连接或投递到哪些地址",
  },
  backup: {
    en: "copies the data folder, also while a program runs on it",
    zh: "复制数据目录，程序运行时也可以",
  },
  restore: {
    en: "puts a copy in the place of the data folder",
    zh: "用副本替换数据目录",
  },
  rekey: {
    en: "changes the key that encrypts password hashes",
    zh: "更换加密密码散列的密钥",
  },
  cluster: {
    en:
      "`init`, `status`, `rebuild`, `leave`: several bridges with one journal",
    zh: "`init`、`status`、`rebuild`、`leave`：几座桥共用一份日志",
  },
  doctor: {
    en: "checks what a start with the same flags needs, and says what to do",
    zh: "按同样的选项检查启动所需的一切，并说明该怎么办",
  },
  tail: {
    en: "prints events as they come",
    zh: "事件来一条打印一条",
  },
  send: {
    en: "sends a message, or one for each line of standard input",
    zh: "发一条消息；不写文字时，标准输入的每一行是一条",
  },
  friends: {
    en: "lists an account's friends with their presence",
    zh: "列出某账号的好友与在线状态",
  },
  requests: {
    en: "lists the friend requests that nobody answered",
    zh: "列出还没有人回答的好友请求",
  },
  conversations: {
    en: "lists the conversations, with the number of unread messages",
    zh: "列出会话与未读消息数",
  },
  accounts: {
    en: "lists the bridge's accounts and their states",
    zh: "列出桥的账号与各自的状态",
  },
  ready: {
    en: "whether the bridge is ready, for health checks; exit code 1 if not",
    zh: "桥是否就绪，用于健康检查；否则退出码为 1",
  },
};

/** Settings by environment or file only, apart from the limits. */
const VARIABLE_TEXTS: Readonly<Record<string, Text>> = {
  token: {
    en: "the administrator's token, in place of that of the first start",
    zh: "管理员令牌，代替第一次启动时的那个",
  },
  secretKey: {
    en: "encrypts the password hashes in the data folder",
    zh: "加密数据目录里的密码散列",
  },
  clusterCredsFile: {
    en: "a file with credentials for the cluster's NATS servers",
    zh: "集群的 NATS 服务器所要的凭证文件",
  },
  onebotAccessToken: {
    en: "sent to the OneBot clients that the bridge dials and posts to",
    zh: "桥主动连接或 POST 时送出的 OneBot 令牌",
  },
  onebotSecret: {
    en: "signs what the bridge posts to OneBot clients",
    zh: "给 POST 给 OneBot 客户端的内容签名",
  },
  hookSecret: {
    en: "signs what the bridge posts to `--hook`",
    zh: "给 POST 到 `--hook` 的内容签名",
  },
};

const FLAG_TEXTS_ZH: Readonly<Record<string, string>> = {
  listen: "WebSocket 与 HTTP 的地址；端口 0 取任一空闲端口",
  upstream: "登录到哪台 QQ 服务器",
  qqListen: "内嵌服务器的地址，供 2005 年的客户端使用；可重复；`off` 为不监听",
  data: "数据目录",
  memory: "什么都不存盘，结束时全部消失",
  cluster: "几座桥共用一份日志时，经过哪些 NATS 服务器；可重复",
  clusterName: "集群的名字",
  clusterLogHours: "集群的日志把所有节点都有的内容再留多少小时",
  clusterLogBytes: "集群的日志到多大就不再接收",
  loginsPerSecond: "启动或接手时每秒登录多少个账号",
  clusterEdge: "只为集群的客户端服务，不替账号登录",
  noDemo: "不建试用账号",
  allowOrigin: "可以调用的网页来源，其主机名也算桥的；可重复",
  behindProxy: "前面的代理做 TLS；信任它的头",
  basePath: "代理提供桥的路径，如果代理不去掉它",
  tlsCert: "证书链，PEM",
  tlsKey: "证书的私钥，PEM",
  retainDays: "事件保留多久",
  retainBytes: "事件保留多少：512MB、2GiB",
  qqAllowOrigin: "其网页可以使用内嵌服务器的来源；可重复",
  qqSendGapMs: "内嵌服务器上，一个账号两条消息的最短间隔",
  qqPenaltyMs: "客户端太快时，内嵌服务器晚多久才回答",
  qqRefusedCode: "对方不许任何人加时，内嵌服务器 AddToList 的 CD",
  qqNull: "HTTP 上的 NULL：断开连接，或空的正文",
  qqAckTwice: "请求加好友第二次才成功，同 2005 年",
  qqSmallH: "含小写字母 h 的消息得到 NULL，同 2005 年",
  onebotReverse: "主动连接 OneBot 11 客户端（反向 WebSocket）；可重复",
  onebotReconnectMs: "反向 WebSocket 断开后多久再连",
  onebotPost: "把 OneBot 11 事件 POST 到那里；可重复",
  hook: "把事件的帧 POST 到那里（webhook）；可重复",
  hookEvents: "`--hook` 要哪些事件：名字，或点号前面的部分 [全部]",
  allowTarget: "桥自己只连接或投递到这些主机；可重复",
  logLevel: "记录到哪一级：debug、info、warn、error",
  logFormat: "运行日志的格式：text、json",
  config: 'JSON 设置文件：`{"listen": "127.0.0.1:8080"}`',
};

const LIMIT_TEXTS_ZH: Readonly<Record<LimitName, string>> = {
  frameBytes: "一帧最多多少字节",
  fragments: "一帧最多几个分片",
  jsonDepth: "一帧的 JSON 最多嵌套几层",
  commandsPerMinute: "一条连接每分钟最多几条命令；走 HTTP 时按令牌计",
  connections: "WebSocket 与事件流最多几条",
  connectionsPerToken: "其中同一令牌的最多几条",
  connectionsPerAddress:
    "其中同一地址的最多几条；只监听本机又没有代理时，设置了才算",
  headMs: "收请求头的时限",
  helloMs: "等待 `hello` 的时限",
  pingMs: "两次 ping 的间隔",
  pongMs: "回答 ping 的时限",
  bufferedBytes: "一条连接缓冲超过它就暂停发送，直到读完",
  unacked: "消费者未确认的事件超过它就暂停发送",
  stallMs: "慢读者多久没有进展就断开",
  outboxGapMs: "一个账号两条同类命令的最短间隔",
  pollMinMs: "服务器不支持长轮询时，两次轮询的最短间隔",
  pollMaxMs: "没有消息时，两次轮询的最长间隔",
};

const METRIC_TEXTS_ZH: Readonly<Record<string, string>> = {
  tqq_consumer_lag_events: "落后最多的消费者还有多少位置未确认",
  tqq_disk_free_bytes: "数据目录所在磁盘的剩余字节数",
  tqq_cluster_members: "集群的节点数；没有集群时为 0",
  tqq_cluster_shards_owned: "本节点负责的分片数，共 256 个",
  tqq_cluster_applied_index: "本节点已应用到集群日志的哪个位置",
  tqq_cluster_lag_records: "集群日志里本节点还没有应用的记录数",
  tqq_cluster_append_seconds: "集群的日志收下本节点一条记录所用的时间",
  tqq_cluster_renewals_total: "本节点重新开始跟随集群日志的次数",
  tqq_cluster_takeovers_total: "死去后由本节点接手（部分）账号的节点数",
  tqq_cluster_log_lost: "集群的日志丢了本节点已有的记录时为 1，否则为 0",
  tqq_cluster_lapses_total: "因日志没有及时应答而失效的租约",
  tqq_cluster_calls_total: "由其他节点执行的命令，按结果",
  tqq_info: "桥的版本",
  tqq_events_total: "记入事件日志的事件",
  tqq_commands_total: "命令，按结果",
  tqq_polls_total: "轮询，按结果",
  tqq_mail_items_total: "轮询到的条目",
  tqq_journal_append_seconds: "写一批要多久",
  tqq_journal_append_failures_total: "没写成的批次",
  tqq_outbox_commands: "等待中的命令",
  tqq_connections: "连着的客户端",
  tqq_targets: "各种目标的账号，按状态；停用的目标算一个",
  tqq_sent_frames_total: "发出的帧",
  tqq_sent_bytes_total: "发出的帧的字节",
  tqq_gaps_total: "通知给读者的缺口",
  tqq_slow_closes_total: "因为读得太慢而断开的连接",
  tqq_closes_total: "由桥关闭的 WebSocket",
  tqq_auth_failures_total:
    "令牌缺失或错误的请求，以及在内置服务器上用错误密码的登录",
  tqq_refusals_total: "因 Host、Origin 或者连接与命令的限度而拒绝的请求",
  tqq_unhandled_errors_total: "没有被捕获的错误；程序继续运行",
  tqq_accounts: "各状态的账号数",
  tqq_journal_head: "最新事件的位置",
  tqq_journal_oldest: "保留着的最旧事件的位置",
  tqq_journal_writable: "事件日志可写为 1，否则为 0",
  tqq_journal_bytes:
    "事件日志的字节数：按保留策略计算的事件、命令的键、SQLite 的日志",
  tqq_start_time_seconds: "进程何时开始",
  tqq_memory_bytes: "进程的内存",
  tqq_event_loop_delay_seconds: "收集指标时定时器晚了多久",
};

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, Text>> = {
  done: {
    en: "done; `serve` was ended by SIGINT, SIGTERM or SIGHUP",
    zh: "完成；`serve` 由 SIGINT、SIGTERM 或 SIGHUP 结束",
  },
  failed: { en: "it failed", zh: "失败" },
  usage: {
    en: "wrong usage, or an invalid setting: one line names it",
    zh: "用法有误，或设置无效：有一行说明是哪一个",
  },
  unreachable: {
    en:
      "`tail`, `send` and the other clients of a bridge: it cannot be reached, or rejects the token",
    zh: "`tail`、`send` 等客户端命令：连不上桥，或桥不接受令牌",
  },
  unknown: {
    en: "`send`: sent, but it is unknown whether it was delivered",
    zh: "`send`：已发出，但不知道是否送到",
  },
};

type AnyOption = Option<unknown>;

function optionsWhere(
  fits: (name: string, option: AnyOption) => boolean,
): [string, AnyOption][] {
  return Object.entries(OPTIONS as Readonly<Record<OptionName, AnyOption>>)
    .filter(([name, option]) => fits(name, option));
}

/** Every sub-command. */
export function subCommands(language: Language): Table {
  return [
    headRow(
      [{ en: "command", zh: "命令" }, { en: "does", zh: "作用" }],
      language,
    ),
    ...SUB_COMMANDS.map((name) => [
      code(name),
      COMMAND_TEXTS[name][language],
    ]),
  ];
}

/** Every flag of `serve`. */
export function flags(language: Language): Table {
  const rows = optionsWhere((_, { sources }) => sources.includes("flag"));
  return [
    headRow([
      { en: "flag", zh: "选项" },
      { en: "default", zh: "默认" },
      MEANING,
    ], language),
    ...rows.map(([name, { placeholder, help }]) => {
      const [, text, initial = ""] = /^(.*?)(?: \[([^\]]+)\])?$/.exec(help)!;
      return [
        code(`${flagOf(name)} ${placeholder}`.trimEnd().replaceAll("|", "\\|")),
        initial,
        language === "zh"
          ? textFor(FLAG_TEXTS_ZH, name, "FLAG_TEXTS_ZH")
          : cell(text!).replace(/(\{.*\})/, "`$1`"),
      ];
    }),
  ];
}

/** The settings that have no flags, because every process can read arguments. */
export function variables(language: Language): Table {
  const rows = optionsWhere((name, { sources, secret }) =>
    secret && !sources.includes("flag") && !name.endsWith("File")
  );
  return [
    headRow([
      { en: "variable", zh: "变量" },
      { en: "file", zh: "文件" },
      MEANING,
    ], language),
    ...rows.map(([name]) => [
      code(variableOf(name)),
      code(variableOf(`${name}File`)),
      textFor(VARIABLE_TEXTS, name, "VARIABLE_TEXTS")[language],
    ]),
  ];
}

/** Every limit that can be set, with its default and range. */
export function limits(language: Language): Table {
  const rows = Object.entries(LIMIT_OPTIONS) as [LimitName, AnyOption][];
  return [
    headRow([
      { en: "setting", zh: "设置" },
      { en: "default", zh: "默认" },
      { en: "from, to", zh: "范围" },
      MEANING,
    ], language),
    ...rows.map(([name, { form, initial, help }]) => {
      const [, least, most] = /from (\d+) to (\d+)/.exec(form.rule)!;
      const isSize = form.rule.includes("bytes");
      const write = (value: unknown) =>
        isSize ? formatSize(Number(value)) : String(value);
      return [
        code(name),
        // The default depends on who can reach the listener.
        initial === undefined ? "1000" : write(initial),
        language === "zh"
          ? `${write(least)} 到 ${write(most)}`
          : `${write(least)} to ${write(most)}`,
        language === "zh" ? LIMIT_TEXTS_ZH[name] : cell(help),
      ];
    }),
  ];
}

/** Every metric. */
export async function metrics(language: Language): Promise<Table> {
  const text = await new Metrics("0").text();
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [
      name!,
      type!,
    ]),
  );
  return [
    headRow([
      { en: "metric", zh: "指标" },
      { en: "type", zh: "类型" },
      MEANING,
    ], language),
    ...[...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [
      code(name!),
      types.get(name!)!,
      language === "zh"
        ? textFor(METRIC_TEXTS_ZH, name!, "METRIC_TEXTS_ZH")
        : cell(help!),
    ]),
  ];
}

/** Every exit code. */
export function exitCodes(language: Language): Table {
  return [
    headRow([{ en: "exit code", zh: "退出码" }, MEANING], language),
    ...Object.entries(EXIT).map(([name, number]) => [
      String(number),
      EXIT_TEXTS[name as keyof typeof EXIT][language],
    ]),
  ];
}

function formatSize(bytes: number): string {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20}MiB`;
  if (bytes % 2 ** 10 === 0) return `${bytes / 2 ** 10}KiB`;
  return String(bytes);
}

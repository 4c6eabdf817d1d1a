/** The tables of the frame protocol: events, commands, errors, close codes. */

import {
  CLOSE_CODES,
  COMMAND_SCOPES,
  ERROR_CODES,
  EVENT_NAMES,
} from "../../../mod.ts";
import type { ErrorCode, EventName } from "../../../mod.ts";
import { COMMAND_EXAMPLES } from "../../support/command_examples.ts";
import { EVENT_EXAMPLES } from "../../support/event_examples.ts";
import { COMMAND_NAMES, COMMANDS } from "../../../bridge/commands/table.ts";
import {
  ERROR_STATUS,
  HTTP_CODES,
} from "../../../bridge/errors/http_status.ts";
import { eventData } from "../../../bridge/schemas/server_frames.ts";
import type { Language } from "../pages.ts";
import type { Table } from "../markdown.ts";
import { fieldNames, fieldTexts } from "./schema_fields.ts";
import {
  cell,
  code,
  headRow,
  MEANING,
  type Text,
  textFor,
  yesOrNo,
} from "./texts.ts";

const EVENT_TEXTS: Readonly<Record<EventName, Text>> = EVENT_EXAMPLES;

const ERROR_TEXTS: Readonly<Record<ErrorCode, Text>> = {
  not_logged_in: {
    en: "the account is not online",
    zh: "账号不在线",
  },
  login_refused: {
    en: "the QQ server refused the password",
    zh: "QQ 服务器不接受这个密码",
  },
  invalid_uin: {
    en: "the QQ server does not accept the number",
    zh: "QQ 服务器不接受这个号码",
  },
  penalised: {
    en:
      "too fast (`retryAfterMs` says how long to wait), or impossible, as a message to a number that does not exist",
    zh: "太快（`retryAfterMs` 说明要等多久），或者做不到，例如发给不存在的号码",
  },
  rejected: {
    en:
      "the QQ server refused the command, or closed the connection without a reply (a command that changes something is asked three times)",
    zh:
      "QQ 服务器拒绝了命令，或者没有回答就断开了连接（会改变什么的命令问三次）",
  },
  malformed_reply: {
    en: "the QQ server's reply cannot be read",
    zh: "QQ 服务器的回答无法解读",
  },
  unreachable: {
    en: "the QQ server cannot be reached",
    zh: "连不上 QQ 服务器",
  },
  timeout: {
    en: "a command that only reads got no reply in time",
    zh: "只读的命令没有按时得到回答",
  },
  outcome_unknown: {
    en:
      "the command was sent and not answered; check `history`, or use a `key`",
    zh: "命令已发出，没有回答；查 `history`，或者使用 `key`",
  },
  bad_frame: {
    en: "not a valid frame, or not a valid body",
    zh: "不是合格的帧或正文",
  },
  unknown_command: { en: "there is no such command", zh: "没有这条命令" },
  bad_params: {
    en: "a parameter is invalid; the message names it",
    zh: "参数无效，消息里说明是哪一个",
  },
  forbidden: {
    en: "the token does not have the scope",
    zh: "令牌没有这个权限",
  },
  unknown_account: {
    en: "the account is not one of the token's",
    zh: "不是这个令牌的账号",
  },
  already_exists: {
    en:
      "it is there already; for `createToken` with a `key`: the token was created, and its text is no longer known",
    zh: "已经有了；带 `key` 的 `createToken`：令牌已经建好，它的文本不再保存",
  },
  overloaded: {
    en: "a limit is reached; wait `retryAfterMs`",
    zh: "到了限度，等 `retryAfterMs` 之后再来",
  },
  internal: { en: "the bridge failed", zh: "桥内部出错" },
};

const HTTP_CODE_TEXTS: Readonly<Record<keyof typeof HTTP_CODES, Text>> = {
  unauthorized: {
    en: "the token is missing or wrong",
    zh: "没有令牌，或令牌错误",
  },
  not_found: { en: "there is no such path", zh: "没有这个路径" },
  method_not_allowed: {
    en: "the path takes another method",
    zh: "这个路径要用别的方法",
  },
  too_slow: {
    en: "the body did not arrive within 10 s",
    zh: "正文没有在 10 秒内到齐",
  },
  too_large: { en: "the body has more than 64 KiB", zh: "正文超过 64 KiB" },
  unsupported_media_type: {
    en: "the body is not `application/json`",
    zh: "正文不是 `application/json`",
  },
  upgrade_required: {
    en: "the path takes WebSockets only",
    zh: "这个路径只接受 WebSocket",
  },
  unsupported_platform: {
    en: "the edge platform cannot accept a WebSocket",
    zh: "边缘平台不能接受 WebSocket",
  },
  unavailable: {
    en: "too many connections, or shutting down",
    zh: "连接太多，或正在关闭",
  },
};

const CLOSE_TEXTS_ZH: Readonly<Record<string, string>> = {
  1000: "结束",
  1001: "正在关闭",
  1003: "不接受二进制帧",
  1008: "令牌或来源不被接受",
  1009: "帧太大",
  1011: "内部错误",
  1012: "正在重启",
  1013: "太慢或过载：稍后再来",
  4000: "无效的帧太多",
  4001: "没有按时发 `hello`",
  4003: "令牌已撤销",
  4008: "命令太多",
  4009: "被同一消费者的新连接取代",
};

/** Every event, its data and when it comes. */
export function events(language: Language): Table {
  return [
    headRow([
      { en: "event", zh: "事件" },
      { en: "data", zh: "数据" },
      { en: "when", zh: "何时" },
    ], language),
    ...EVENT_NAMES.map((name) => [
      code(name),
      fieldNames(eventData[name]),
      EVENT_TEXTS[name][language],
    ]),
  ];
}

/** Every command, its scope, parameters and result. */
export function commands(language: Language): Table {
  return [
    headRow([
      { en: "command", zh: "命令" },
      { en: "scope", zh: "权限" },
      { en: "params", zh: "参数" },
      { en: "result", zh: "结果" },
      { en: "does", zh: "作用" },
    ], language),
    ...COMMAND_NAMES.map((name) => [
      code(name),
      code(COMMAND_SCOPES[name]),
      fieldNames(COMMANDS[name].params),
      fieldTexts(COMMANDS[name].data),
      language === "zh"
        ? COMMAND_EXAMPLES[name].chinese
        : cell(COMMANDS[name].summary),
    ]),
  ];
}

/** Every error, its HTTP status, and whether to try again. */
export function errors(language: Language): Table {
  return [
    headRow([
      { en: "error", zh: "错误" },
      { en: "HTTP", zh: "HTTP" },
      { en: "retriable", zh: "可重试" },
      MEANING,
    ], language),
    ...Object.entries(ERROR_CODES).map(([name, isRetriable]) => [
      code(name),
      String(ERROR_STATUS[name as ErrorCode]),
      yesOrNo(isRetriable, language),
      ERROR_TEXTS[name as ErrorCode][language],
    ]),
  ];
}

/** The codes that only HTTP responses have. */
export function httpErrors(language: Language): Table {
  return [
    headRow([
      { en: "code", zh: "代码" },
      { en: "HTTP", zh: "HTTP" },
      MEANING,
    ], language),
    ...Object.entries(HTTP_CODES).map(([name, status]) => [
      code(name),
      String(status),
      HTTP_CODE_TEXTS[name as keyof typeof HTTP_CODES][language],
    ]),
  ];
}

/** Every close code, and whether to connect again. */
export function closeCodes(language: Language): Table {
  return [
    headRow([
      { en: "close code", zh: "关闭代码" },
      { en: "reconnect", zh: "可重连" },
      MEANING,
    ], language),
    ...Object.entries(CLOSE_CODES).map(([number, { meaning, reconnect }]) => [
      number,
      yesOrNo(reconnect, language),
      language === "zh"
        ? textFor(CLOSE_TEXTS_ZH, number, "CLOSE_TEXTS_ZH")
        : meaning,
    ]),
  ];
}

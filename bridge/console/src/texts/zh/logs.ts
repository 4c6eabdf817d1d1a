/** Texts of the log in Chinese. @module */

import type { EN } from "../en/logs.ts";

export const ZH: Readonly<Record<keyof typeof EN, string>> = {
  logs: "日志",
  connected: "实时",
  notConnected: "未连接",
  pause: "暂停",
  resume: "继续",
  download: "下载",
  filters: "筛选",
  level: "级别",
  account: "账号",
  connection: "连接",
  text: "文本",
  time: "时间",
  message: "消息",
  fields: "字段",
  line: "日志行",
  shown: "{n} 行。",
  dropped: "较旧的 {n} 行已丢弃：本页最多保留 {most} 行。",
  paused: "已暂停：新增 {n} 行。",
  gap: "…… 丢弃了 {n} 行",
  nothing: "{time} 以来没有 {level} 级别的记录",
  nothingHint: "请选择更低的级别，或清除筛选。",
  showAccount: "账号 {account}",
  onlyConnection: "只看连接 {connection}",
  bridgeLevel: "桥记录的级别",
  levelChanged: "在下次启动之前，桥记录 {level} 及以上的级别。",
};

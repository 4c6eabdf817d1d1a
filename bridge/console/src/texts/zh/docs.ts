/** Texts of the documents in Chinese. @module */

import type { EN } from "../en/docs.ts";

export const ZH: Readonly<Record<keyof typeof EN, string>> = {
  docs: "文档",
  sections: "章节",
  begin: "入门",
  commands: "命令",
  events: "事件",
  errors: "错误",
  closeCodes: "关闭代码",
  limits: "限度",
  noDocuments: "无法加载桥的文档。",
  beginText:
    "程序可以通过 WebSocket、HTTP 或机器人框架使用桥。下面的地址就是这座桥的地址。",
  beginToken:
    "请在“令牌”页创建令牌，放进环境变量 TQQ_TOKEN，或代替文中的 TOKEN。",
  runDeno:
    "存为 bot.ts，然后运行：deno run --allow-net --allow-env --allow-import bot.ts",
  runNode: "需要 Node 22 或更高版本。存为 bot.mjs，然后运行：node bot.mjs",
  runBrowser:
    "网页中的模块。如果网页来自别的源，请用 --allow-origin 加上那个源来启动桥。",
  runCurl: "每条命令都是对 {base}/api/NAME 的 POST 请求。",
  runStream: "服务器推送的事件流。把最后的 id 放进 Last-Event-ID 即可接着读。",
  runKoishi:
    "写进 koishi.yml；适配器这样安装：npm install @koishijs/plugin-adapter-satori@npm:@satorijs/adapter-satori",
  runNoneBot: "OneBot 11，写进 .env。每个账号一个地址。",
  runSatori: "每个方法都是对 {base}/satori/v1/NAME 的 POST 请求。",
  commandsText:
    "每条命令既是 WebSocket 的帧，也是 POST 请求，还是 BridgeClient 的方法。带 ? 的名称可以省略。",
  scope: "权限 {scope}",
  needsAccount: "针对一个账号",
  takesAccount: "针对一个或全部账号",
  tryIt: "试一试",
  params: "参数",
  result: "结果",
  eventsText:
    "每个事件都有 seq、at、account、event 和 data。订阅时写事件名，或其中点号之前的部分。",
  showEvents: "查看这些事件",
  errorsText:
    "失败的命令返回代码、给人看的消息，以及同一命令稍后能否成功。程序请按代码判断。",
  retriable: "可重试",
  notRetriable: "不可重试",
  closeCodesText:
    "桥用这些代码关闭 WebSocket。重连有用时，BridgeClient 会自行重连。",
  reconnect: "可重连",
  noReconnect: "不要重连",
  limitsText: "这座桥的限度。",
  limitFrameBytes: "一帧的字节数。",
  limitFragments: "一帧的分片数。",
  limitJsonDepth: "一帧 JSON 的层数。",
  limitCommandsPerMinute: "一个连接或令牌每分钟的命令数。",
  limitHelloMs: "等待第一帧的时间，毫秒。",
  limitPingMs: "桥两次 ping 之间的时间，毫秒。",
  limitPongMs: "等待 ping 应答的时间，毫秒。",
  limitBufferedBytes: "等待客户端读取的字节数；超过后先不再发送。",
  limitUnacked: "消费者可以尚未确认的事件数。",
  limitStallMs: "读取方毫无进展多久后断开，毫秒。",
  limitHeadMs: "等待请求头的时间，毫秒。",
  limitConnections: "打开的连接数，包括事件流。",
  limitConnectionsPerToken: "一个令牌打开的连接数。",
};

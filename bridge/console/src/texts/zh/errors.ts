/** Texts of errors in Chinese: what happened, whether it was done, what to do. @module */

import type { EN } from "../en/errors.ts";

export const ZH: Readonly<Record<keyof typeof EN, string>> = {
  not_logged_in: "这个账号没有登录，所以什么也没做。请登录后再试。",
  login_refused: "QQ 服务器不接受这个账号的密码，什么也没做。请改密码后登录。",
  invalid_uin: "没有这个号码，什么也没做。请检查号码。",
  penalised: "QQ 服务器要求暂停，什么也没做。请稍等再试。",
  penalised_profile: "没有这个号码，或查询得太频繁。",
  rejected: "QQ 服务器没有接受，什么也没做。可能对这个人无法这样做。",
  rejected_answerRequest: "这个请求已经处理过，或无法处理。请把它移出列表。",
  rejected_send:
    "QQ 服务器没有接受这条消息，消息没有发出。对方可能不接收你的消息。",
  malformed_reply:
    "QQ 服务器的答复无法读取，不确定是否已经完成。请先查看，再决定是否重试。",
  unreachable: "无法连接 QQ 服务器，什么也没做。请稍后再试。",
  timeout: "没有及时得到答复，也没有发出任何内容。请在连接恢复后重试。",
  outcome_unknown: "答复丢失了，不知道是否已经完成。请先查看，再决定是否重试。",
  outcome_unknown_send:
    "答复丢失了，不知道这条消息是否已发出。再查一次不会重复发送。",
  bad_frame: "桥接器无法读取请求，什么也没做。请重新加载本页。",
  unknown_command:
    "桥接器没有这个命令，什么也没做。请重新加载本页：桥接器可能换了版本。",
  bad_params: "桥接器不接受其中某个值，什么也没做。请检查输入。",
  forbidden: "这个令牌无权这样做，什么也没做。请用有权限的令牌登录。",
  unknown_account: "桥接器上已没有这个账号，或这个令牌不能用它。什么也没做。",
  already_exists: "已经有了，什么也没有改变。",
  overloaded: "现在请求太多，什么也没做。请等几秒再试。",
  internal: "桥接器出错，不确定是否已经完成。请先查看，并看桥接器的日志。",
  closed: "与桥接器的连接已结束，什么也没有发出。请在连接恢复后重试。",
  other: "没有成功。请先查看，再决定是否重试。",
};

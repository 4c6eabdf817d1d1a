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
  bad_frame: "桥无法读取请求，什么也没做。请重新加载本页。",
  unknown_command:
    "桥没有这个命令，什么也没做。请重新加载本页：桥可能换了版本。",
  bad_params: "桥不接受其中某个值，什么也没做。请检查输入。",
  forbidden: "这个令牌无权这样做，什么也没做。请用有权限的令牌登录。",
  unknown_account: "桥上已没有这个账号，或这个令牌不能用它。什么也没做。",
  already_exists: "已经有了，什么也没有改变。",
  overloaded: "现在请求太多，什么也没做。请等几秒再试。",
  internal: "桥出错，不确定是否已经完成。请先查看，并看桥的日志。",
  closed: "与桥的连接已结束，什么也没有发出。请在连接恢复后重试。",
  not_logged_in_send: "这个账号没有登录，消息没有发出。请登录账号后再试。",
  penalised_send: "QQ 服务器要求暂停，消息没有发出。请稍等再试。",
  penalised_search: "QQ 服务器要求两次查找之间暂停。请稍等再查找。",
  penalised_login: "QQ 服务器要求下次登录前暂停。暂停结束后桥会自动登录。",
  invalid_uin_send: "这个号码已经不存在，消息没有发出。",
  unreachable_login: "无法连接 QQ 服务器，账号没有登录。桥会自动再试。",
  unreachable_send: "无法连接 QQ 服务器，消息没有发出。请稍后再试。",
  rejected_addFriend:
    "QQ 服务器没有接受这个请求，什么也没有发出。对方可能已是好友，或不接受请求。",
  rejected_removeFriend: "QQ 服务器没有删除这个人，对方可能已不是好友。",
  rejected_setStatus: "QQ 服务器没有接受这个在线状态，状态没有变。",
  forbidden_send:
    "这个令牌不能发送，消息没有发出。请用有 send 权限的令牌登录。",
  overloaded_send: "现在请求太多，消息没有发出。请等几秒再试。",
  outcome_unknown_addAccount:
    "答复丢失了，不知道账号是否已添加。请先看列表，再决定是否重试。",
  already_exists_addAccount: "这个号码已在桥上，什么也没有改变。",
  already_exists_createToken: "已有这个名称的令牌，没有创建。请换一个名称。",
  close_1001: "桥正在关闭。本页会自动重新连接。",
  close_1003: "桥不接受本页发送的内容，连接已关闭。请重新加载本页。",
  close_1008: "桥不接受从这个地址登录。请重新登录。",
  close_1009: "本页一次发送的内容太多，连接已关闭。请重新加载本页。",
  close_1011: "桥出错并关闭了连接。本页会自动重新连接；请看桥的日志。",
  close_1012: "桥断开了这个连接，或正在重启。本页会自动重新连接。",
  close_1013: "桥或本页太忙。本页会自动重新连接，再加载错过的内容。",
  close_4000:
    "桥无法读取本页发送的内容，连接已关闭。请重新加载本页：桥可能换了版本。",
  close_4001: "本页没有及时登录这个连接。请重新加载本页。",
  close_4003: "会话已结束：令牌已被撤销。请重新登录。",
  close_4008: "本页发送的请求太多，连接已关闭。本页会自动重新连接。",
  close_4009: "另一个连接取代了这个连接。请重新加载本页以取回。",
};

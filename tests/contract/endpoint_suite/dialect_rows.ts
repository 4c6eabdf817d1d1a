import { ACTIONS } from "../../../bridge/onebot/actions/api.ts";
import { RETCODES } from "../../../bridge/onebot/retcodes.ts";
import { METHODS } from "../../../bridge/satori/endpoint.ts";
import { INTERNAL_METHODS } from "../../../bridge/satori/internal.ts";
import { greeted } from "./frame_rows.ts";
import {
  type Calls,
  carried,
  type EndpointRow,
  type OpenOptions,
  type Outcome,
  type Received,
} from "./row.ts";
import {
  type Dialect,
  type Frame,
  type HttpAnswer,
  HttpClient,
  probe,
  SocketClient,
  upgrade,
} from "./client.ts";

const ROOT = "/onebot/v11";

const ACTION_CALLS: Calls = {
  ping: "get_version_info",
  profile: ["get_stranger_info", { user_id: 10002 }],
  names: [...ACTIONS.keys()],
  table: {
    get_login_info: [{}, "read"],
    get_status: [{}, "read"],
    // These say what QQ HTTP can do, and nothing of an account.
    get_version_info: [{}, "none"],
    can_send_image: [{}, "none"],
    can_send_record: [{}, "none"],
    get_group_list: [{}, "none"],
    set_online_status: [{ status: "busy" }, "manage"],
    "qq.login": [{}, "manage"],
    "qq.logout": [{}, "manage"],
    get_friend_list: [{}, "read"],
    get_stranger_info: [{ user_id: 10002 }, "read"],
    set_friend_add_request: [{ flag: "10002:1", approve: true }, "manage"],
    delete_friend: [{ user_id: 10002 }, "manage"],
    "qq.add_friend": [{ user_id: 10002 }, "manage"],
    "qq.get_friend_status": [{}, "read"],
    "qq.finger": [{}, "read"],
    send_private_msg: [{ user_id: 10002, message: "hi" }, "send"],
    send_msg: [{ user_id: 10002, message: "hi" }, "send"],
    get_msg: [{ message_id: 1 }, "read"],
    mark_msg_as_read: [{ message_id: 1 }, "send"],
    get_friend_msg_history: [{ user_id: 10002 }, "read"],
    ".handle_quick_operation": [{
      context: { post_type: "message", user_id: 10002 },
      operation: { reply: "hi" },
    }, "send"],
  },
};

function outcomeOf(frame: Frame): Outcome {
  const { status, retcode, code, retry_after_ms } = frame;
  const text = JSON.stringify(frame);
  if (status === "ok") return { code: "ok", text };
  const [named] = Object.entries(RETCODES).find(([, one]) => one === retcode) ??
    [`${retcode}`];
  if (named !== code) throw new Error(`retcode ${retcode} with code ${code}`);
  return { code: named, retryAfterMs: retry_after_ms, text };
}

const ONEBOT: Dialect = {
  frameOf: (echo, action, params) => ({ action, params, echo }),
  answerOf: (frame) => "retcode" in frame ? outcomeOf(frame) : undefined,
  eventOf(frame): Received | undefined {
    if (frame.meta_event_type === "gap") {
      const { from, to, reason } = frame;
      return { gap: { from, to, reason } };
    }
    return frame.seq === undefined ? undefined : { seq: frame.seq };
  },
};

const BAD_CALLS = [
  "",
  "hello",
  "[]",
  "null",
  '"get_status"',
  "{}",
  '{"action":7}',
  `{"action":"get_status","params":${"[".repeat(32)}${"]".repeat(32)}}`,
  "[".repeat(60_000),
  '{"a":'.repeat(10_000),
];

/** OneBot's WebSocket. */
export const ONEBOT_WS: EndpointRow = {
  name: "OneBot WebSocket",
  countedAs: "onebot",
  path: ROOT,
  kind: "socket",
  hasEvents: true,
  calls: ACTION_CALLS,
  validFrame: '{"action":"get_version_info"}',
  badFrames: BAD_CALLS,
  differs: {
    wrong: { is: 403, because: "OneBot 11 answers a wrong token so" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const { account, after, opensCalls = false } = options;
    const since = after === undefined
      ? ""
      : `&since=${after.epoch}:${after.seq}`;
    const role = opensCalls ? "/api" : "";
    const path = `${ROOT}/${account ?? "10001"}${role}?${query}${since}`;
    const socket = await upgrade(stage, path, headers);
    if ("refused" in socket) return socket;
    return new SocketClient(stage, socket, ONEBOT);
  },
};

/** OneBot's WebSocket for events alone. */
export const ONEBOT_EVENTS: EndpointRow = {
  name: "OneBot WebSocket for events",
  path: `${ROOT}/event`,
  kind: "socket",
  hasEvents: true,
  resumes: false,
  differs: {
    wrong: { is: 403, because: "OneBot 11 answers a wrong token so" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const { account = "10001" } = options;
    const path = `${ROOT}/${account}/event?${query}`;
    const socket = await upgrade(stage, path, headers);
    if ("refused" in socket) return socket;
    return new SocketClient(stage, socket, ONEBOT);
  },
};

/** OneBot's WebSocket that the bridge dials. */
export const ONEBOT_REVERSE: EndpointRow = {
  name: "OneBot reverse WebSocket",
  countedAs: "onebot",
  kind: "socket",
  hasEvents: true,
  calls: ACTION_CALLS,
  validFrame: '{"action":"get_version_info"}',
  badFrames: BAD_CALLS,
  differs: {
    revoked: { is: "none", because: "the configuration names the other end" },
    ownEpoch: {
      is: "none",
      because: "the position is kept in the journal itself",
    },
    ahead: {
      is: "none",
      because: "the position is kept in the journal itself",
    },
  },
  async open(stage) {
    return new SocketClient(stage, await stage.dialled(), ONEBOT, true);
  },
};

/** OneBot over HTTP. */
export const ONEBOT_HTTP: EndpointRow = {
  name: "OneBot HTTP",
  path: `${ROOT}/get_version_info`,
  kind: "http",
  hasEvents: false,
  calls: ACTION_CALLS,
  body: { path: `${ROOT}/10001/get_version_info`, text: "{}" },
  differs: {
    wrong: { is: 403, because: "OneBot 11 answers a wrong token so" },
    forbiddenStatus: { is: 200, because: "the retcode says what became of it" },
    overloadedStatus: {
      is: 200,
      because: "the retcode says what became of it",
    },
    internalStatus: { is: 200, because: "the retcode says what became of it" },
    bodyOfOtherType: { is: 406, because: "OneBot 11 says so" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const { account = "10001" } = options;
    const requestOf = (name: string, params: object) => ({
      method: "POST",
      path: `${ROOT}/${account}/${name}?${query}`,
      headers,
      body: JSON.stringify(params),
    });
    const client = new HttpClient(
      stage,
      requestOf,
      ({ status, body }) => ({ ...outcomeOf(body), status }),
    );
    return options.opensCalls
      ? client
      : await probe(stage, requestOf("get_version_info", {}), client);
  },
};

const METHOD_CALLS: Calls = {
  ping: "login.get",
  profile: ["user.get", { user_id: "10002" }],
  names: [
    ...METHODS.keys(),
    ...INTERNAL_METHODS.map(([name]) => `internal/${name}`),
  ],
  table: {
    "message.create": [{ channel_id: "private:10002", content: "hi" }, "send"],
    "message.get": [
      { channel_id: "private:10002", message_id: "1" },
      "read",
    ],
    "message.list": [{ channel_id: "private:10002" }, "read"],
    "login.get": [{}, "read"],
    "user.get": [{ user_id: "10002" }, "read"],
    // These repeat what was asked, and add a name only for a token that reads.
    "user.channel.create": [{ user_id: "10002" }, "none"],
    "channel.get": [{ channel_id: "private:10002" }, "none"],
    "friend.list": [{}, "read"],
    "friend.delete": [{ user_id: "10002" }, "manage"],
    "friend.approve": [{ message_id: "10002:1", approve: true }, "manage"],
    "internal/addFriend": [{ uin: "10002" }, "manage"],
    "internal/setStatus": [{ status: "busy" }, "manage"],
    "internal/search": [{}, "read"],
    "internal/profile": [{ uin: "10002" }, "read"],
    "internal/onlineFriends": [{}, "read"],
    "internal/login": [{}, "manage"],
    "internal/logout": [{}, "manage"],
  },
};

const SATORI: Dialect = {
  frameOf: () => ({ op: 1 }),
  answerOf: ({ op }) => op === 2 ? { code: "ok", text: "" } : undefined,
  eventOf({ op, body }): Received | undefined {
    if (op !== 0 || body._type === "qq/place") return undefined;
    if (body._type !== "qq/gap") return { seq: body.sn };
    return { seq: body.sn, gap: body._data };
  },
};

/** Satori's WebSocket, with the token in IDENTIFY. */
export const SATORI_WS: EndpointRow = {
  name: "Satori WebSocket",
  countedAs: "satori",
  path: "/satori/v1/events",
  kind: "socket",
  greets: true,
  hasEvents: true,
  validFrame: '{"op":1}',
  badFrames: [
    "",
    "hello",
    "[]",
    "null",
    "{}",
    '{"op":"1"}',
    '{"op":0,"body":{}}',
    '{"op":4}',
    '{"op":9}',
    '{"op":3,"body":[]}',
    '{"op":3,"body":{"token":"all"}}',
    `{"op":1,"body":${"[".repeat(40)}${"]".repeat(40)}}`,
    "[".repeat(60_000),
    '{"a":'.repeat(10_000),
  ],
  differs: {
    missing: { is: 4004, because: "Satori has this close code" },
    malformed: { is: 4004, because: "Satori has this close code" },
    wrong: { is: 4004, because: "Satori has this close code" },
    tooManyWrong: {
      is: 4004,
      because: "Satori has no code for a client that is to wait",
    },
    unread: { is: 4004, because: "there is nothing but events" },
    otherAccount: { is: "none", because: "a client names no account" },
    tooManyConnections: {
      is: 1013,
      because: "a WebSocket that is open has no status",
    },
    badFrames: { is: 1, because: "Satori closes at the first" },
    ownEpoch: { is: "none", because: "sn has no epoch" },
  },
  async open(stage, options = {}) {
    const { token = "all", carrier, after } = options;
    const { headers, query } = carrier === undefined
      ? { headers: {}, query: "" }
      : carried(options);
    const socket = await upgrade(stage, `/satori/v1/events?${query}`, headers);
    if ("refused" in socket) return socket;
    await socket.send({
      op: 3,
      body: {
        ...(carrier === undefined && token !== null ? { token } : {}),
        ...(after === undefined ? {} : { sn: after.seq }),
      },
    });
    return await greeted(stage, socket, SATORI, ({ op }) => op === 4);
  },
};

/** Satori over HTTP. */
export const SATORI_HTTP: EndpointRow = {
  name: "Satori HTTP",
  path: "/satori/v1/login.get",
  kind: "http",
  hasEvents: false,
  calls: METHOD_CALLS,
  body: { path: "/satori/v1/login.get", text: "{}" },
  differs: {
    wrong: { is: 403, because: "Satori keeps 401 for no token" },
    otherAccount: { is: 403, because: "404 says that there is no such method" },
    bodyTooLarge: { is: 400, because: "Satori has no status of its own" },
    bodyTooSlow: { is: 400, because: "Satori has no status of its own" },
    bodyOfOtherType: { is: 400, because: "Satori has no status of its own" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const requestOf = (name: string, params: object) => ({
      method: "POST",
      path: `/satori/v1/${name}?${query}`,
      headers: { ...headers, ...satoriAccount(options) },
      body: JSON.stringify(params),
    });
    const client = new HttpClient(stage, requestOf, satoriOutcomeOf);
    const channel = requestOf("user.channel.create", { user_id: "10002" });
    return options.opensCalls ? client : await probe(stage, channel, client);
  },
};

/** The headers that name the account. */
export function satoriAccount(
  { account = "10001" }: OpenOptions = {},
): Record<string, string> {
  return { "Satori-Platform": "qq", "Satori-User-ID": account };
}

function satoriOutcomeOf({ status, body }: HttpAnswer): Outcome {
  const text = JSON.stringify(body);
  if (status === 200) return { code: "ok", status, text };
  const { code, retry_after_ms } = body;
  return { code, status, retryAfterMs: retry_after_ms, text };
}

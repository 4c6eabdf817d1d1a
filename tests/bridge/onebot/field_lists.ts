import { assert } from "@std/assert";

/** What a field must be, in the words of the standard. */
export type Kind =
  | "int32"
  | "int64"
  | "string"
  | "boolean"
  | "null"
  | "message"
  | { is: unknown }
  | { oneOf: readonly unknown[] }
  | { list: Kind }
  | { fields: Fields };

/** The required fields of an object. */
export type Fields = Readonly<Record<string, Kind>>;

const HEAD: Fields = { time: "int64", self_id: "int64" };

const MESSAGE: Fields = {
  message_type: { is: "private" },
  message_id: "int32",
  message: "message",
  sender: {
    fields: {
      user_id: "int64",
      nickname: "string",
      sex: { oneOf: ["male", "female", "unknown"] },
      age: "int32",
    },
  },
};

function event(fields: Fields): Fields {
  return { ...HEAD, ...fields };
}

function notice(fields: Fields): Fields {
  return event({ post_type: { is: "notice" }, ...fields });
}

/** The field lists of the standard's events, and of those that others have made. */
export const EVENTS = {
  message: event({
    ...MESSAGE,
    post_type: { is: "message" },
    sub_type: { oneOf: ["friend", "group", "other"] },
    user_id: "int64",
    raw_message: "string",
    font: "int32",
  }),
  messageSent: event({
    ...MESSAGE,
    post_type: { is: "message_sent" },
    user_id: "int64",
    target_id: "int64",
    raw_message: "string",
  }),
  friendRequest: event({
    post_type: { is: "request" },
    request_type: { is: "friend" },
    user_id: "int64",
    comment: "string",
    flag: "string",
  }),
  friendAdd: notice({
    notice_type: { is: "friend_add" },
    user_id: "int64",
  }),
  friendStatus: notice({
    notice_type: { is: "notify" },
    sub_type: { is: "friend_status" },
    user_id: "int64",
    status: { oneOf: ["online", "offline", "busy", "invisible"] },
  }),
  friendAddRefused: notice({
    notice_type: { is: "notify" },
    sub_type: { is: "friend_add_refused" },
    user_id: "int64",
    comment: "string",
  }),
  unknown: notice({
    notice_type: { is: "notify" },
    sub_type: { is: "unknown" },
  }),
  botOnline: notice({
    notice_type: { is: "bot_online" },
    user_id: "int64",
    reason: "string",
  }),
  botOffline: notice({
    notice_type: { is: "bot_offline" },
    user_id: "int64",
    tag: "string",
    message: "string",
  }),
  lifecycle: event({
    post_type: { is: "meta_event" },
    meta_event_type: { is: "lifecycle" },
    sub_type: { oneOf: ["enable", "disable", "connect"] },
  }),
  heartbeat: event({
    post_type: { is: "meta_event" },
    meta_event_type: { is: "heartbeat" },
    status: { fields: { online: "boolean", good: "boolean" } },
    interval: { is: 15_000 },
  }),
  gap: event({
    post_type: { is: "meta_event" },
    meta_event_type: { is: "gap" },
    from: "int64",
    to: "int64",
    reason: { oneOf: ["trimmed", "epoch", "ahead"] },
  }),
} as const satisfies Record<string, Fields>;

const PERSON: Fields = { user_id: "int64", nickname: "string" };

/** The field lists of what actions give. */
export const DATA = {
  sent: { fields: { message_id: "int32" } },
  message: {
    fields: { ...MESSAGE, time: "int32", real_id: "int32" },
  },
  login: { fields: PERSON },
  stranger: {
    fields: {
      ...PERSON,
      sex: { oneOf: ["male", "female", "unknown"] },
      age: "int32",
    },
  },
  friends: { list: { fields: { ...PERSON, remark: "string" } } },
  friendStatus: { list: { fields: { ...PERSON, status: "string" } } },
  people: { list: { fields: PERSON } },
  status: { fields: { online: "boolean", good: "boolean" } },
  version: {
    fields: {
      app_name: "string",
      app_version: "string",
      protocol_version: { is: "v11" },
    },
  },
  can: { fields: { yes: { is: false } } },
  none: "null",
  state: { fields: { state: "string" } },
  asked: { fields: { result: { oneOf: ["added", "pending", "refused"] } } },
} as const satisfies Record<string, Kind>;

/** Fails unless a value is what the standard says, and names the place. */
export function assertKind(value: unknown, kind: Kind, at = "value"): void {
  assert(
    holds(value, kind, at),
    `${at} must be ${JSON.stringify(kind)}, got ${JSON.stringify(value)}`,
  );
}

function holds(value: unknown, kind: Kind, at: string): boolean {
  switch (kind) {
    case "int32":
      return Number.isInteger(value) && value === ((value as number) | 0);
    case "int64":
      return Number.isSafeInteger(value);
    case "message":
      assertKind(value, {
        list: { fields: { type: "string", data: { fields: {} } } },
      }, at);
      return (value as unknown[]).length > 0;
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
  }
  if ("is" in kind) return value === kind.is;
  if ("oneOf" in kind) return kind.oneOf.includes(value);
  if ("list" in kind) {
    if (!Array.isArray(value)) return false;
    value.forEach((one, index) =>
      assertKind(one, kind.list, `${at}[${index}]`)
    );
    return true;
  }
  if (typeof value !== "object" || value === null) return false;
  for (const [name, field] of Object.entries(kind.fields)) {
    assertKind(
      (value as Record<string, unknown>)[name],
      field,
      `${at}.${name}`,
    );
  }
  return true;
}

import { AssertionError } from "@std/assert";

/** A field: its type; `?` behind it where it may be absent, `[]` for a list. */
type Fields = Readonly<Record<string, string>>;

/** Satori 1's resources, field by field, as far as a platform without groups has them. */
export const RESOURCES: Readonly<Record<string, Fields>> = {
  User: {
    id: "string",
    name: "string?",
    nick: "string?",
    avatar: "string?",
    is_bot: "boolean?",
  },
  Channel: {
    id: "string",
    type: "number",
    name: "string?",
    parent_id: "string?",
  },
  Message: {
    id: "string",
    content: "string?",
    channel: "Channel?",
    user: "User?",
    created_at: "number?",
    updated_at: "number?",
  },
  Friend: { user: "User?", nick: "string?" },
  Login: {
    sn: "number",
    platform: "string?",
    user: "User?",
    status: "number",
    adapter: "string",
    features: "string[]?",
  },
  EventLogin: { sn: "number", platform: "string", user: "User" },
  Event: {
    sn: "number",
    type: "string",
    timestamp: "number",
    login: "EventLogin",
    channel: "Channel?",
    friend: "Friend?",
    message: "Message?",
    operator: "User?",
    user: "User?",
    referrer: "object?",
    _type: "string?",
    _data: "object?",
  },
  LoginEvent: {
    sn: "number",
    type: "string",
    timestamp: "number",
    login: "Login",
    _type: "string?",
    _data: "object?",
  },
  Meta: { logins: "Login[]", proxy_urls: "string[]" },
  FriendList: { data: "Friend[]", next: "string?" },
  MessageList: { data: "Message[]", prev: "string?", next: "string?" },
};

/** The resources that each event must carry. */
export const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "message-created": ["channel", "message", "user"],
  "friend-request": ["user"],
  "friend-added": ["user"],
  "internal": ["_type", "_data"],
  "login-added": ["login"],
  "login-updated": ["login"],
  "login-removed": ["login"],
};

/** Asserts that a value is what the standard calls by a name: `User`, `Message[]`. */
export function assertStandard(
  type: string,
  value: unknown,
  path = type,
): void {
  const fail = (why: string): never => {
    throw new AssertionError(`${path}: ${why}, got ${JSON.stringify(value)}`);
  };
  if (type.endsWith("?")) {
    if (value === undefined) return;
    return assertStandard(type.slice(0, -1), value, path);
  }
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return fail("must be a list");
    for (const [index, one] of value.entries()) {
      assertStandard(type.slice(0, -2), one, `${path}[${index}]`);
    }
    return;
  }
  const fields = RESOURCES[type];
  if (fields === undefined) {
    if (typeof value !== type || value === null) fail(`must be ${type}`);
    return;
  }
  if (typeof value !== "object" || value === null) {
    return fail("must be an object");
  }
  const record = value as Record<string, unknown>;
  for (const name of Object.keys(record)) {
    if (fields[name] === undefined) fail(`has no field ${name}`);
  }
  for (const [name, field] of Object.entries(fields)) {
    assertStandard(field, record[name], `${path}.${name}`);
  }
}

/** Asserts that a value is an event with all that its type must carry. */
export function assertEvent(value: unknown): void {
  const event = value as Record<string, unknown>;
  const type = String(event.type);
  assertStandard(type.startsWith("login-") ? "LoginEvent" : "Event", event);
  const required = REQUIRED[type];
  if (required === undefined) {
    throw new AssertionError(`no such event: ${type}`);
  }
  for (const name of required) {
    if (event[name] === undefined) {
      throw new AssertionError(`${type} lacks ${name}`);
    }
  }
}

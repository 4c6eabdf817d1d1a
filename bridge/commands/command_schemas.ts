/** The parameters of every command. A field that a command has not is refused by name. @module */

import {
  ACK_ANSWERS,
  MAX_HISTORY_EVENTS,
  MAX_MESSAGE_CHARACTERS,
  MAX_SHORT_TEXT_CHARACTERS,
  NAME_PATTERN,
  SCOPES,
  SEXES,
  STATUSES,
} from "../../mod.ts";
import { z } from "../deps.ts";
import {
  account,
  ACCOUNTS,
  consumer,
  form,
  list,
  names,
  oneOf,
  rule,
  text,
  whole,
} from "../schemas/values.ts";

/** Most consumers that one `consumers` gives. */
export const LISTED_CONSUMERS = 500;

/** Most fields of a `raw`. */
export const RAW_FIELDS = 64;

/** Most years that `search` takes. */
const AGE_YEARS = 255;

const NAME = NAME_PATTERN.source.slice(1, -1);

const consumerId = form(
  new RegExp(`^${NAME}(?:/${NAME}){1,3}$`),
  "the id of a consumer, such as TOKEN/NAME",
);

const none = z.strictObject({}, rule("an object without fields"));

function params<const S extends z.core.$ZodLooseShape>(
  shape: S,
): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, rule("an object"));
}

/** Fields of every request, which the bridge fills in. */
const HEAD_FIELDS: ReadonlySet<string> = new Set(["VER", "CMD", "SEQ", "UIN"]);

const reason = text(MAX_SHORT_TEXT_CHARACTERS).exactOptional();

const fields = z.record(
  form(/^[A-Za-z0-9_]{1,16}$/, "codes of 1 to 16 letters and digits"),
  text(MAX_MESSAGE_CHARACTERS),
  rule("an object of texts by field code"),
).refine(
  (value) => Object.keys(value).length <= RAW_FIELDS,
  rule(`an object of at most ${RAW_FIELDS} fields`),
).superRefine((value, context) => {
  for (const name of Object.keys(value)) {
    if (!HEAD_FIELDS.has(name.toUpperCase())) continue;
    context.addIssue({
      code: "custom",
      path: [name],
      message: "must be left out, because the bridge sets it",
    });
  }
});

/** Each command's parameters, by its name. */
export const commandParams = {
  send: params({ to: account, text: text(MAX_MESSAGE_CHARACTERS, 1) }),
  friends: none,
  onlineFriends: none,
  profile: params({ uin: account, level: whole(0, 3).exactOptional() }),
  addFriend: params({ uin: account, reason }),
  answerRequest: params({
    uin: account,
    answer: oneOf(names(ACK_ANSWERS)),
    reason,
  }),
  removeFriend: params({ uin: account }),
  setStatus: params({ status: oneOf(names(STATUSES)) }),
  search: params({
    age: whole(0, AGE_YEARS).exactOptional(),
    sex: oneOf(names(SEXES)).exactOptional(),
    province: text(MAX_SHORT_TEXT_CHARACTERS).exactOptional(),
  }),
  login: none,
  logout: none,
  raw: params({
    cmd: form(/^[A-Za-z0-9_]{1,32}$/, "a CMD of 1 to 32 letters, digits and _"),
    fields: fields.exactOptional(),
  }),
  accounts: none,
  history: params({
    with: account.exactOptional(),
    before: whole(1).exactOptional(),
    limit: whole(1, MAX_HISTORY_EVENTS).exactOptional(),
  }),
  consumers: params({
    token: consumer.exactOptional(),
    after: consumerId.exactOptional(),
    limit: whole(1, LISTED_CONSUMERS).exactOptional(),
  }),
  removeConsumer: params({ id: consumerId }),
  ping: none,
  addAccount: params({
    uin: account,
    password: text(MAX_SHORT_TEXT_CHARACTERS, 1),
    nickname: text(MAX_SHORT_TEXT_CHARACTERS).exactOptional(),
    policy: oneOf(["anybody", "verify", "nobody"]).exactOptional(),
  }),
  removeAccount: params({ uin: account }),
  createToken: params({
    name: consumer,
    scopes: list(oneOf(SCOPES), SCOPES.length, "scopes").exactOptional(),
    accounts: list(account, ACCOUNTS, "QQ numbers").exactOptional(),
  }),
  revokeToken: params({ name: consumer }),
};

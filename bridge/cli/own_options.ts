/** Options that only one sub-command has. @module */

import { type Source, toggle, value } from "../config/option.ts";
import { BY_FILE, HIDDEN, OPTIONS_OF } from "../config/options.ts";
import {
  bytes,
  eventFilter,
  listOf,
  oneOf,
  text,
  type ValueParser,
  wholeNumber,
} from "../config/values.ts";
import { isQqNumber, NAME_PATTERN, SCOPES } from "../../mod.ts";
import { NICKNAME } from "../upstream/account_store.ts";

const FLAG: { sources: readonly Source[] } = { sources: ["flag"] };

const nickname: ValueParser<string> = {
  rule:
    "a nickname of 1 to 256 characters without control or direction characters",
  parse: (text) => NICKNAME.test(text) ? text : undefined,
};

/** Parses a QQ number. */
export const uin: ValueParser<string> = {
  rule: "a QQ number of 1 to 20 digits",
  parse: (text) => isQqNumber(text) ? text : undefined,
};

const name: ValueParser<string> = {
  rule: "a name of 1 to 64 letters, digits, dots, _ and -",
  parse: (text) => NAME_PATTERN.test(text) ? text : undefined,
};

const time: ValueParser<string> = {
  rule: "a date or time, such as 2027-01-31 or 2027-01-31T12:00Z",
  parse: (text) => {
    const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  },
};

const SECRET_FLAG = { ...FLAG, secret: true };

/** Parses an event filter, or `all`. */
const eventsOrAll: ValueParser<string> = {
  rule: `${eventFilter.rule}, or all`,
  parse: (text) => text === "all" ? text : eventFilter.parse(text),
};

const json = toggle("list as JSON", FLAG);

/** Options of the sub-command `account`. */
export const ACCOUNT_OPTIONS = {
  nickname: value("N", nickname, undefined, "its nickname [its number]", FLAG),
  policy: value(
    "POLICY",
    oneOf(["anybody", "verify", "nobody"]),
    undefined,
    "who may add it as a friend: anybody, verify, nobody [verify]",
    FLAG,
  ),
  passwordStdin: toggle("read the password from standard input", FLAG),
  noBridge: toggle("make it at the embedded server only", FLAG),
  json,
  ...OPTIONS_OF.folder,
} as const;

/** Options of the sub-command `token`. */
export const TOKEN_OPTIONS = {
  scopes: value(
    "LIST",
    listOf(oneOf(SCOPES)),
    SCOPES,
    `what it may do: ${SCOPES.join(",")} [all]`,
    FLAG,
  ),
  accounts: value(
    "LIST",
    listOf(uin),
    undefined,
    "on which accounts: 10001,10002 [all]",
    FLAG,
  ),
  consumer: value(
    "NAME",
    name,
    undefined,
    "consumer of its connections that name none",
    FLAG,
  ),
  expires: value(
    "TIME",
    time,
    undefined,
    "until when it is valid: 2027-01-31 or 2027-01-31T12:00Z [for ever]",
    FLAG,
  ),
  json,
  ...OPTIONS_OF.folder,
} as const;

/** Options of the sub-command `cluster`. */
export const CLUSTER_OPTIONS = {
  replicas: value(
    "N",
    wholeNumber(1, 5, "servers"),
    3,
    "init: number of servers that keep each record [3]",
    FLAG,
  ),
  ttlMs: value(
    "N",
    wholeNumber(1000, 120_000, "milliseconds"),
    14_000,
    "init: silence after which others take a node's accounts [14000]",
    FLAG,
  ),
  logBytes: value(
    "SIZE",
    bytes,
    8e9,
    "init, rebuild: size at which the log takes no more [8GB]",
    FLAG,
  ),
  force: toggle(
    "rebuild: although others have more, or the log is whole",
    FLAG,
  ),
  last: toggle(
    "leave: keep the epoch, because no other node will go on",
    FLAG,
  ),
  json,
  ...OPTIONS_OF.cluster,
} as const;

/** Options of the sub-command `consumer`. */
export const CONSUMER_OPTIONS = { json, ...OPTIONS_OF.folder } as const;

/** Options of the sub-command `backup`. */
export const BACKUP_OPTIONS = {
  json: toggle("report as JSON", FLAG),
  ...OPTIONS_OF.folder,
} as const;

/** Options of the sub-command `restore`. */
export const RESTORE_OPTIONS = {
  replace: toggle("move the files that are there to another folder", FLAG),
  json: toggle("report as JSON", FLAG),
  ...OPTIONS_OF.folder,
} as const;

/** Options of the sub-command `target`. */
export const TARGET_OPTIONS = {
  url: value(
    "URL",
    text,
    undefined,
    "another address; the position stays",
    SECRET_FLAG,
  ),
  events: value(
    "LIST",
    listOf(eventsOrAll),
    undefined,
    "events that it gets: names, or what stands before a dot [all]",
    FLAG,
  ),
  segments: value(
    "MODE",
    oneOf(["text", "strict"]),
    undefined,
    "pieces of messages that QQ HTTP cannot carry: text, strict [text]",
    FLAG,
  ),
  self: toggle("also get what the account itself sent", FLAG),
  confirmAfter: value(
    "SECONDS",
    wholeNumber(0, 3600, "seconds"),
    undefined,
    "how long ago an event must be sent for a pong to confirm it [0]",
    FLAG,
  ),
  secretsStdin: toggle(
    "standard input has the access token, and the secret on a second line",
    FLAG,
  ),
  enable: toggle("use it again", FLAG),
  disable: toggle("stop using it; its position stays", FLAG),
  json,
  ...OPTIONS_OF.folder,
} as const;

/** Options of the sub-command `rekey`. */
export const REKEY_OPTIONS = {
  json: toggle("report as JSON", FLAG),
  ...OPTIONS_OF.folder,
  secretKeyOld: value("", text, undefined, "the key until now", HIDDEN),
  secretKeyOldFile: value("", text, undefined, "a file that holds it", BY_FILE),
} as const;

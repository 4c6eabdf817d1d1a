import {
  ACK_ANSWERS,
  ADD_ANSWERS,
  ANIMALS,
  BLOOD_TYPES,
  type CommandName,
  COMMANDS,
  LATER_COMMANDS,
  MAIL_TYPES,
  RESULTS,
  SEXES,
  STATUSES,
  VERSIONS,
  ZODIAC,
} from "../../lib/protocol/codes.ts";
import type { Command } from "../../lib/protocol/command.ts";
import type { MailItem } from "../../lib/protocol/mailbox.ts";
import type { Profile } from "../../lib/protocol/profile.ts";
import type { Reply } from "../../lib/protocol/reply.ts";
import type { Chance } from "./seeded.ts";
import { extraOf, numberOf, textOf, uinOf } from "./texts.ts";

function nameOf<N extends string>(
  chance: Chance,
  table: Readonly<Record<N, number>>,
): N {
  return chance.oneOf(Object.keys(table) as N[]);
}

function nameOrNull<N extends string>(
  chance: Chance,
  table: Readonly<Record<N, number>>,
): N | null {
  return chance.oneIn(4) ? null : nameOf(chance, table);
}

/** The field, or nothing of it: what is optional. */
function maybe<K extends string, V>(
  chance: Chance,
  name: K,
  value: () => V,
): { [name in K]?: V } {
  if (chance.oneIn(2)) return {};
  return { [name]: value() } as { [name in K]: V };
}

/** A command of any kind, in turn. */
export function commandOf(chance: Chance, nth: number): Command {
  const cmd = COMMANDS[nth % COMMANDS.length]!;
  const ver = LATER_COMMANDS.has(cmd) ? "1.4" : chance.oneOf(VERSIONS);
  return {
    cmd,
    ver,
    seq: chance.oneIn(4) ? textOf(chance) : String(chance.below(100_000) - 1),
    uin: uinOf(chance),
    ...parametersOf(chance, cmd),
    ...(cmd === "Login" && ver === "1.4"
      ? maybe(chance, "status", () => nameOf(chance, STATUSES))
      : {}),
    ...extraOf(chance),
  } as Command;
}

function parametersOf(chance: Chance, cmd: CommandName): object {
  const text = () => textOf(chance);
  const uin = () => uinOf(chance);
  switch (cmd) {
    case "Login":
      return {
        passwordMd5: Array.from(
          { length: 32 },
          () => chance.below(16).toString(16),
        ).join(""),
        licence: text(),
      };
    case "List":
    case "Query_Stat":
      return {
        ...maybe(chance, "limit", () => numberOf(chance)),
        ...maybe(chance, "after", uin),
      };
    case "GetInfo":
      return { target: uin(), level: numberOf(chance) };
    case "AddToList":
    case "DelFromList":
      return { target: uin() };
    case "Ack_AddToList":
      return {
        target: uin(),
        answer: nameOf(chance, ACK_ANSWERS),
        reason: text(),
      };
    case "Finger":
      return {
        ...maybe(chance, "age", () => numberOf(chance)),
        ...maybe(chance, "sex", () => nameOf(chance, SEXES)),
        // An empty one reads as absent.
        ...maybe(chance, "province", () => text() || "云南"),
      };
    case "VERIFYCODE":
      // An empty one reads as absent.
      return { text: text() || "abcd" };
    case "SimpleInfo2":
      return { offset: numberOf(chance) };
    case "Query_Stat2":
      return { after: uin() };
    case "Change_Stat":
    case "Change_Stat2":
      return { status: nameOf(chance, STATUSES) };
    case "CLTMSG":
      return { target: uin(), text: text() };
    case "GetMsgEx":
    case "Logout":
      return {};
  }
}

/** A reply to any kind of command, in turn; one in eight says what went wrong. */
export function replyOf(chance: Chance, nth: number): Reply {
  const cmd = COMMANDS[nth % COMMANDS.length]!;
  const head = {
    cmd,
    ver: chance.oneIn(8) ? textOf(chance) : chance.oneOf(VERSIONS),
    seq: chance.oneIn(4) ? textOf(chance) : String(chance.below(100_000) - 1),
    uin: uinOf(chance),
  };
  if (chance.oneIn(8)) {
    const { penalised, invalidUin, notLoggedIn } = RESULTS;
    const res = chance.oneOf([penalised, invalidUin, notLoggedIn, 1, 99]);
    return { ...head, res, ...extraOf(chance) };
  }
  return {
    ...head,
    res: 0,
    ...detailsOf(chance, cmd),
    ...extraOf(chance),
  } as Reply;
}

function detailsOf(chance: Chance, cmd: CommandName): object {
  const text = () => textOf(chance);
  const uin = () => uinOf(chance);
  const complete = chance.oneIn(2);
  switch (cmd) {
    case "Login":
      return chance.oneIn(2) ? { loggedIn: false, reason: text() } : {
        loggedIn: true,
        heartbeatSeconds: numberOf(chance),
        idleSeconds: numberOf(chance),
      };
    case "List":
      return chance.oneIn(4)
        ? { count: numberOf(chance) }
        : { complete, uins: chance.some(20, uin) };
    case "Query_Stat":
      return chance.oneIn(4) ? { count: numberOf(chance) } : {
        complete,
        friends: chance.some(12, () => ({
          uin: uin(),
          nickname: text(),
          status: nameOf(chance, STATUSES),
          face: numberOf(chance),
        })),
      };
    case "GetInfo": {
      const level = chance.oneIn(10) ? numberOf(chance) : chance.below(5);
      return { level, profile: profileOf(chance, level) };
    }
    case "AddToList":
      return { answer: nameOf(chance, ADD_ANSWERS), target: uin() };
    case "Finger":
      return {
        complete,
        people: chance.some(12, () => ({ uin: uin(), nickname: text() })),
      };
    case "VERIFYCODE":
      return maybe(chance, "picture", () => "89504E47");
    case "SimpleInfo2":
      return {
        ...(complete ? { complete } : { complete, next: chance.below(65_535) }),
        friends: chance.some(12, () => ({
          uin: uin(),
          nickname: text(),
          face: numberOf(chance),
        })),
      };
    case "Query_Stat2":
      return {
        complete,
        friends: chance.some(12, () => ({
          uin: uin(),
          status: nameOf(chance, STATUSES),
        })),
      };
    case "GetMsgEx":
      return { items: chance.some(12, () => itemOf(chance)) };
    default:
      return {};
  }
}

function profileOf(chance: Chance, level: number): Profile {
  const text = () => textOf(chance);
  const brief = { uin: uinOf(chance), nickname: text() };
  if (level < 2) return brief;
  const normal = {
    ...brief,
    age: numberOf(chance),
    face: numberOf(chance),
    sex: nameOrNull(chance, SEXES),
    ...maybe(chance, "address", text),
    ...maybe(chance, "email", text),
    ...maybe(chance, "homepage", text),
    ...maybe(chance, "occupation", text),
    ...maybe(chance, "postcode", text),
    ...maybe(chance, "phone", text),
    ...maybe(chance, "introduction", text),
    ...maybe(chance, "province", text),
    ...maybe(chance, "realName", text),
    ...maybe(chance, "school", text),
  };
  if (level < 3) return normal;
  return {
    ...normal,
    bloodType: nameOrNull(chance, BLOOD_TYPES),
    zodiac: nameOrNull(chance, ZODIAC),
    animal: nameOrNull(chance, ANIMALS),
    ...maybe(chance, "city", text),
    ...maybe(chance, "country", text),
    ...maybe(chance, "mobile", text),
  };
}

/** An item that a mailbox can hold, but for what does not fit together. */
export function itemOf(chance: Chance): MailItem {
  const from = uinOf(chance);
  const { status: _, ...texts } = MAIL_TYPES;
  if (chance.oneIn(4)) {
    return { type: "status", from, status: nameOf(chance, STATUSES) };
  }
  if (chance.oneIn(8)) {
    const code = chance.oneOf([0, 5, 6, 8, 11, 98, 99, 100, 2 ** 40]);
    // With a status in its text, 99 would be one.
    const text = textOf(chance) + (code === 99 ? "?" : "");
    return { type: "unknown", code, from, text };
  }
  return { type: nameOf(chance, texts), from, text: textOf(chance) };
}

/**
 * The protocol's code tables: commands, results, statuses, mail types, answers,
 * sex, blood, zodiac, animal, with Chinese and English labels.
 *
 * From the descriptions of 2005 and later; what is only inferred says so.
 *
 * @module
 */

/**
 * The commands, in the spelling of requests; the last four are of VER=1.4 only.
 *
 * @category Code tables
 */
export const COMMANDS = [
  "Login",
  "List",
  "Query_Stat",
  "GetInfo",
  "AddToList",
  "Ack_AddToList",
  "DelFromList",
  "Finger",
  "Change_Stat",
  "GetMsgEx",
  "CLTMSG",
  "Logout",
  "VERIFYCODE",
  "SimpleInfo2",
  "Query_Stat2",
  "Change_Stat2",
] as const;

/**
 * The name of a command, in the spelling of requests.
 *
 * @category Code tables
 */
export type CommandName = typeof COMMANDS[number];

/** Replies spell these commands as requests do, and all others in capitals. */
const SPELLED_ALIKE = /Login|Add|Del|Change/;

/** The spelling of each command in the server's replies. */
export const REPLY_SPELLING = /* @__PURE__ */ replySpelling();

function replySpelling(): Readonly<Record<CommandName, string>> {
  const spelling = {} as Record<CommandName, string>;
  for (const cmd of COMMANDS) {
    spelling[cmd] = SPELLED_ALIKE.test(cmd) ? cmd : cmd.toUpperCase();
  }
  return spelling;
}

/** The commands that only VER=1.4 has. */
export const LATER_COMMANDS: ReadonlySet<CommandName> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ COMMANDS.slice(-4),
);

/**
 * The name of a push, what a server sends without a request; no reply has it.
 *
 * @category Code tables
 */
export type PushName = "Server_Msg" | "update_stat";

/** The fields that every reply begins with. */
export const REPLY_HEAD = "VER CMD SEQ UIN RES";

/**
 * The versions of the protocol. The first three share all fields.
 *
 * @category Code tables
 */
export const VERSIONS = ["1.0", "1.1", "1.2", "1.4"] as const;

/**
 * A version that a command may carry; `1.1` is what we send.
 *
 * @category Code tables
 */
export type Version = typeof VERSIONS[number];

/**
 * The licence code that every known client of VER 1.0 to 1.2 sent as `LC`.
 *
 * @category Code tables
 */
export const LICENCE = "9326B87B234E7235";

/** The licence codes that clients of VER=1.4 sent; the first is ours. */
export const LATER_LICENCES = ["812822641C978097", "2EC70D1101DB674F"] as const;

/** Most characters of an Idempotency-Key. */
export const KEY_CHARACTERS = 64;

/**
 * `RES`: how a request ended.
 *
 * @category Code tables
 */
export const RESULTS = {
  /** The command was executed. */
  ok: 0,
  /** Refused: too fast or repeated. The answer itself comes 20 to 30 s late. */
  penalised: 3,
  /** The QQ number is illegal. */
  invalidUin: 5,
  /** Not logged in, or logged in elsewhere since. */
  notLoggedIn: 20,
} as const;

/**
 * `ST`: presence, as users name it.
 *
 * @category Code tables
 */
export const STATUSES = {
  online: 10,
  offline: 20,
  busy: 30,
  invisible: 40,
} as const;

/** The further `ST` of VER=1.4, each kept as another status. */
export const LATER_STATUSES: Readonly<Record<number, Status>> = {
  50: "busy",
  60: "online",
  70: "busy",
};

/**
 * A presence status. Friends see `offline` for `invisible`.
 *
 * @category Code tables
 */
export type Status = keyof typeof STATUSES;

/**
 * `MT` in GetMsgEx: what a mail item is. 1 and 10 are inferred from the binary protocol.
 *
 * @category Code tables
 */
export const MAIL_TYPES = {
  added: 1,
  request: 2,
  accepted: 3,
  refused: 4,
  message: 9,
  stranger_message: 10,
  status: 99,
} as const;

/**
 * `CD` in an AddToList reply: how it ended.
 *
 * @category Code tables
 */
export const ADD_ANSWERS = {
  added: 0,
  needs_verification: 1,
  refused: 2,
} as const;

/**
 * How AddToList ended: friends at once, a request is needed, or nobody may add.
 *
 * @category Code tables
 */
export type AddAnswer = keyof typeof ADD_ANSWERS;

/**
 * `CD` in an Ack_AddToList request: what it says.
 *
 * @category Code tables
 */
export const ACK_ANSWERS = { accept: 0, refuse: 1, ask: 2 } as const;

/**
 * What Ack_AddToList says: accept or refuse a request, or ask to be added.
 *
 * @category Code tables
 */
export type AckAnswer = keyof typeof ACK_ANSWERS;

/**
 * `SX`: sex, in profiles and searches.
 *
 * @category Code tables
 */
export const SEXES = { male: 0, female: 1 } as const;

/**
 * Sex, as the profile and the search have it.
 *
 * @category Code tables
 */
export type Sex = keyof typeof SEXES;

/**
 * `BT`: blood types; 0 is none.
 *
 * @category Code tables
 */
export const BLOOD_TYPES = { A: 1, B: 2, O: 3, AB: 4, other: 5 } as const;

/**
 * A blood type of a profile.
 *
 * @category Code tables
 */
export type BloodType = keyof typeof BLOOD_TYPES;

/**
 * `CO`: signs of the zodiac; 0 is none.
 *
 * @category Code tables
 */
export const ZODIAC = {
  aquarius: 1,
  pisces: 2,
  aries: 3,
  taurus: 4,
  gemini: 5,
  cancer: 6,
  leo: 7,
  virgo: 8,
  libra: 9,
  scorpio: 10,
  sagittarius: 11,
  capricorn: 12,
} as const;

/**
 * Sign of the zodiac.
 *
 * @category Code tables
 */
export type Zodiac = keyof typeof ZODIAC;

/**
 * `SH`: animals of the Chinese year; 0 is none.
 *
 * @category Code tables
 */
export const ANIMALS = {
  rat: 1,
  ox: 2,
  tiger: 3,
  rabbit: 4,
  dragon: 5,
  snake: 6,
  horse: 7,
  goat: 8,
  monkey: 9,
  rooster: 10,
  dog: 11,
  pig: 12,
} as const;

/**
 * Animal of the Chinese year.
 *
 * @category Code tables
 */
export type Animal = keyof typeof ANIMALS;

/**
 * A name in Chinese and in English.
 *
 * @category Code tables
 */
export interface Label {
  /** The label in Chinese. */
  readonly zh: string;
  /** The label in English. */
  readonly en: string;
}

/**
 * Labels of every code that a person sees, by table and name.
 *
 * @category Code tables
 */
export const LABELS: {
  readonly status: Readonly<Record<Status, Label>>;
  readonly sex: Readonly<Record<Sex, Label>>;
  readonly bloodType: Readonly<Record<BloodType, Label>>;
  readonly zodiac: Readonly<Record<Zodiac, Label>>;
  readonly animal: Readonly<Record<Animal, Label>>;
} = {
  status: {
    online: { zh: "在线", en: "online" },
    offline: { zh: "离线", en: "offline" },
    busy: { zh: "忙碌", en: "busy" },
    invisible: { zh: "隐身", en: "invisible" },
  },
  sex: {
    male: { zh: "男", en: "male" },
    female: { zh: "女", en: "female" },
  },
  bloodType: {
    A: { zh: "A型", en: "A" },
    B: { zh: "B型", en: "B" },
    O: { zh: "O型", en: "O" },
    AB: { zh: "AB型", en: "AB" },
    other: { zh: "其他", en: "other" },
  },
  zodiac: {
    aquarius: { zh: "水瓶座", en: "Aquarius" },
    pisces: { zh: "双鱼座", en: "Pisces" },
    aries: { zh: "牡羊座", en: "Aries" },
    taurus: { zh: "金牛座", en: "Taurus" },
    gemini: { zh: "双子座", en: "Gemini" },
    cancer: { zh: "巨蟹座", en: "Cancer" },
    leo: { zh: "狮子座", en: "Leo" },
    virgo: { zh: "处女座", en: "Virgo" },
    libra: { zh: "天秤座", en: "Libra" },
    scorpio: { zh: "天蝎座", en: "Scorpio" },
    sagittarius: { zh: "射手座", en: "Sagittarius" },
    capricorn: { zh: "摩羯座", en: "Capricorn" },
  },
  animal: {
    rat: { zh: "鼠", en: "rat" },
    ox: { zh: "牛", en: "ox" },
    tiger: { zh: "虎", en: "tiger" },
    rabbit: { zh: "兔", en: "rabbit" },
    dragon: { zh: "龙", en: "dragon" },
    snake: { zh: "蛇", en: "snake" },
    horse: { zh: "马", en: "horse" },
    goat: { zh: "羊", en: "goat" },
    monkey: { zh: "猴", en: "monkey" },
    rooster: { zh: "鸡", en: "rooster" },
    dog: { zh: "狗", en: "dog" },
    pig: { zh: "猪", en: "pig" },
  },
};

/**
 * The number of the avatar's picture for a face: `face / 3 + 1`, so face 270
 * is the picture 91.bmp of the old client.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { avatarPicture } from "@tqq/tqq";
 *
 * assertEquals(avatarPicture(270), 91);
 * ```
 *
 * @param face The number that a profile or an online friend has as `face`.
 * @category Code tables
 */
export function avatarPicture(face: number): number {
  return Math.floor(face / 3) + 1;
}

/** The names of a table by their numbers. */
export function namesOf<N extends string>(
  table: Readonly<Record<N, number>>,
): readonly (N | undefined)[] {
  const names: (N | undefined)[] = [];
  for (const name in table) names[table[name]] = name;
  return names;
}

/** The name that a table gives to a number, or undefined. */
export function nameOf<N extends string>(
  table: Readonly<Record<N, number>>,
  number: number,
): N | undefined {
  for (const name in table) if (table[name] === number) return name;
  return undefined;
}

/** The commands and their other spelling by their length, which distinguishes most of them. */
const BY_LENGTH = /* @__PURE__ */ commandsByLength();

function commandsByLength(): [cmd: CommandName, inReplies: string][][] {
  const found: [cmd: CommandName, inReplies: string][][] = [];
  for (const cmd of COMMANDS) {
    (found[cmd.length] ??= []).push([cmd, REPLY_SPELLING[cmd]]);
  }
  return found;
}

/** The command of this name in any case, or undefined. */
export function commandNamed(name: string): CommandName | undefined {
  const commands = BY_LENGTH[name.length];
  if (commands === undefined) return undefined;
  for (const [cmd, inReplies] of commands) {
    if (name === inReplies || name === cmd) return cmd;
  }
  const lower = name.toLowerCase();
  return commands.find(([cmd]) => cmd.toLowerCase() === lower)?.[0];
}

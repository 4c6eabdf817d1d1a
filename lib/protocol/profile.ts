/** The fields of a GETINFO reply <-> a profile. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  type Animal,
  ANIMALS,
  BLOOD_TYPES,
  type BloodType,
  nameOf,
  REPLY_HEAD,
  type Sex,
  SEXES,
  ZODIAC,
  type Zodiac,
} from "./codes.ts";
import type { FieldReader } from "./field_reader.ts";
import {
  decodeText,
  encodeText,
  type KnownCodes,
  knownCodes,
  wholeNumber,
} from "./fields.ts";
import { isDigits } from "./qq_number.ts";

/**
 * What a person published. Fields that the requested level does not include are absent.
 *
 * @category Codec
 */
export interface Profile {
  /** QQ number of the person. */
  uin: string;
  /** Nickname of the person. */
  nickname: string;
  /** Address. From level 2 on, as all that follows. */
  address?: string;
  /** Age of the person, in years. */
  age?: number;
  /** E-mail address, as free text. */
  email?: string;
  /** The face's number; `avatarPicture` gives its picture. */
  face?: number;
  /** Address of the home page. */
  homepage?: string;
  /** Occupation, as free text. */
  occupation?: string;
  /** Post code, as free text. */
  postcode?: string;
  /** Telephone number, as free text. */
  phone?: string;
  /** A text about oneself. */
  introduction?: string;
  /** Province, as free text. */
  province?: string;
  /** Name in real life. */
  realName?: string;
  /** School, as free text. */
  school?: string;
  /** Sex; null if it was not given. */
  sex?: Sex | null;
  /** Blood type; null if it was not given. From level 3 on, as all that follow. */
  bloodType?: BloodType | null;
  /** Sign of the zodiac; null if it was not given. */
  zodiac?: Zodiac | null;
  /** Animal of the Chinese year; null if it was not given. */
  animal?: Animal | null;
  /** City, as free text. */
  city?: string;
  /** Country, as free text. */
  country?: string;
  /** Mobile number, as free text. */
  mobile?: string;
}

type Kind =
  | "text"
  | "number"
  | "uin"
  | "extra"
  | Readonly<Record<string, number>>;
type Row = readonly [code: string, name: keyof Profile | "", kind: Kind];

const LEVEL: Row = ["LV", "", "number"];
const BRIEF: readonly Row[] = [
  ["UN", "uin", "uin"],
  ["NK", "nickname", "text"],
];
// Alphabetical, as the server wrote them; UN and NK follow.
const NORMAL: readonly Row[] = [
  ["AD", "address", "text"],
  ["AG", "age", "number"],
  ["EM", "email", "text"],
  ["FC", "face", "number"],
  ["HP", "homepage", "text"],
  ["JB", "occupation", "text"],
  LEVEL,
  ["PC", "postcode", "text"],
  ["PH", "phone", "text"],
  ["PR", "introduction", "text"],
  ["PV", "province", "text"],
  ["RN", "realName", "text"],
  ["SC", "school", "text"],
  ["SX", "sex", SEXES],
];
/** What the third level adds to the second, each at its place in the alphabet. */
const ADDED: readonly Row[] = [
  ["BT", "bloodType", BLOOD_TYPES],
  ["CO", "zodiac", ZODIAC],
  ["CT", "city", "text"],
  ["CV", "", "extra"],
  ["CY", "country", "text"],
  ["ID", "", "extra"],
  ["MO", "mobile", "text"],
  ["MT", "", "extra"],
  ["MV", "", "extra"],
  ["SH", "animal", ANIMALS],
];

const LEVELS = /* @__PURE__ */ levels();

function levels(): readonly (readonly Row[])[] {
  const full = [...NORMAL, ...ADDED].sort(([a], [b]) => a < b ? -1 : 1);
  return [
    [LEVEL, ...BRIEF],
    [...NORMAL, ...BRIEF],
    [...full, ...BRIEF],
  ];
}

/** Where a level stands: each below the first is read as it, each above the third as that. */
function indexOf(level: number): number {
  return Math.max(0, Math.min(2, level - 1));
}

function rowsOf(level: number): readonly Row[] {
  return LEVELS[indexOf(level)]!;
}

const KNOWN = /* @__PURE__ */ LEVELS.map((rows) =>
  knownCodes(
    [
      REPLY_HEAD,
      ...rows.filter(([, , kind]) => kind !== "extra").map(([code]) => code),
    ].join(" "),
  )
);

/** The codes that a GETINFO reply of this level uses; others are extra. */
export function profileCodes(level: number): KnownCodes {
  return KNOWN[indexOf(level)]!;
}

/** The profile that a reply's fields hold; `level` is the one asked. */
export function decodeProfile(level: number, fields: FieldReader): Profile {
  const profile: Record<string, unknown> = {};
  for (const [code, name, kind] of rowsOf(level)) {
    if (name === "") continue;
    const wire = fields.text(code);
    if (kind === "text") {
      if (wire !== undefined) profile[name] = decodeText(wire);
      else if (name === "nickname") profile[name] = "";
      continue;
    }
    const value = decodeText(fields.required(code));
    if (kind === "uin") {
      if (!isDigits(value)) {
        throw fields.malformed(code, "must be 1 to 20 digits", value);
      }
      profile[name] = value;
    } else if (kind === "number") {
      const number = value === "" ? 0 : wholeNumber(value);
      if (number < 0) {
        throw fields.malformed(code, "must be a whole number", value);
      }
      profile[name] = number;
    } else if (kind !== "extra") {
      profile[name] = nameOf(kind, wholeNumber(value)) ?? null;
    }
  }
  return profile as unknown as Profile;
}

/** The fields of a profile, each with `&` before it, in the server's order. Throws TypeError or RangeError. */
export function encodeProfile(
  level: number,
  profile: Profile,
  extra: Readonly<Record<string, string>>,
): string {
  let out = "";
  for (const [code, name, kind] of rowsOf(level)) {
    if (code === "LV") {
      out += `&LV=${level}`;
    } else if (name === "") {
      if (Object.hasOwn(extra, code)) {
        out += `&${code}=${
          encodeText(checkText("GetInfo", code, extra[code]))
        }`;
      }
    } else {
      const value = profile[name];
      if (kind === "text") {
        if (value !== undefined) {
          out += `&${code}=${encodeText(checkText("GetInfo", name, value))}`;
        }
      } else if (kind === "number") {
        out += `&${code}=${checkNumber("GetInfo", name, value)}`;
      } else if (kind === "uin") {
        out += `&${code}=${checkUin("GetInfo", name, value)}`;
      } else if (kind !== "extra") {
        out += `&${code}=${
          value === null ? none(kind) : checkName("GetInfo", name, kind, value)
        }`;
      }
    }
  }
  return out;
}

// SX=0 is male, so "not given" is empty there; the other tables have 0 for it.
function none(table: Readonly<Record<string, number>>): string {
  return table === SEXES ? "" : "0";
}

/** Whether an extra field has a place among a level's own, and so is not written behind them. */
export function isPlaced(level: number, code: string): boolean {
  return rowsOf(level).some(([own, , kind]) =>
    own === code && kind === "extra"
  );
}

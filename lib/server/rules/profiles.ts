/** Profiles as GetInfo shows them, and what an account may say. @module */

import type { Profile } from "../../protocol/profile.ts";
import { encodeReply } from "../../protocol/reply.ts";
import type { Account } from "../store/store.ts";

/** What the old server wrote where nothing was said. */
const UNSAID: Omit<Required<Profile>, "uin" | "nickname"> = {
  address: "",
  age: 0,
  email: "",
  face: 0,
  homepage: "",
  occupation: "",
  postcode: "",
  phone: "",
  introduction: "",
  province: "",
  realName: "",
  school: "",
  sex: null,
  bloodType: null,
  zodiac: null,
  animal: null,
  city: "",
  country: "",
  mobile: "",
};

/** Fields of level 3 that nobody has explained, as they were seen. */
const UNEXPLAINED = { CV: "\u0001", ID: "-", MT: "0", MV: "" };

/** An account's profile with all fields, and the extra ones of its level. */
export function fullProfile(
  account: Account,
  level: number,
): { profile: Profile; extra?: Record<string, string> } {
  const { uin, nickname, profile } = account;
  const full = { ...UNSAID, ...profile, uin, nickname };
  return level >= 3
    ? { profile: full, extra: { ...UNEXPLAINED } }
    : { profile: full };
}

/** Throws where an account says what no reply could carry. */
export function checkAccount(account: Account): void {
  if (!/^[1-9][0-9]{4,19}$/.test(account.uin)) {
    throw new RangeError(
      `Cannot make an account: uin must be 10000 or above, of at most 20 digits, got ${
        JSON.stringify(account.uin)
      }`,
    );
  }
  if (!["anybody", "verify", "nobody"].includes(account.policy)) {
    throw new RangeError(
      `Cannot make an account: policy must be anybody, verify or nobody, got ${
        JSON.stringify(account.policy)
      }`,
    );
  }
  encodeReply({
    cmd: "GetInfo",
    ver: "1.1",
    seq: "0",
    uin: account.uin,
    res: 0,
    level: 3,
    ...fullProfile(account, 3),
  });
}

/** Throws where a text is no MD5; the text stays out of the message. */
export function checkPasswordMd5(passwordMd5: string): void {
  if (!/^[0-9a-f]{32}$/.test(passwordMd5)) {
    throw new TypeError(
      "Cannot set a password: passwordMd5 must be 32 lower-case hex digits",
    );
  }
}

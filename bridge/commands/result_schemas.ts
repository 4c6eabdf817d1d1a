/** What each command gives. @module */

import {
  ACCOUNT_STATES,
  ADD_ANSWERS,
  ANIMALS,
  BLOOD_TYPES,
  QQ_NUMBER_PATTERN,
  SEXES,
  STATUSES,
  ZODIAC,
} from "../../mod.ts";
import { z } from "../deps.ts";
import { accountInfo, eventFrame } from "../schemas/server_frames.ts";
import { names } from "../schemas/values.ts";

const uin = z.string().regex(QQ_NUMBER_PATTERN);
const nothing = z.strictObject({});
const some = z.string().exactOptional();
const count = z.int().min(0);
const number = z.number().exactOptional();
const state = z.object({ state: z.enum(ACCOUNT_STATES) });
const texts = z.record(z.string(), z.string());

function nullable<N extends string>(table: Record<N, number>) {
  return z.enum(names(table)).nullable().exactOptional();
}

const profile = z.object({
  uin,
  nickname: z.string(),
  address: some,
  age: number,
  email: some,
  face: number,
  homepage: some,
  occupation: some,
  postcode: some,
  phone: some,
  introduction: some,
  province: some,
  realName: some,
  school: some,
  sex: nullable(SEXES),
  bloodType: nullable(BLOOD_TYPES),
  zodiac: nullable(ZODIAC),
  animal: nullable(ANIMALS),
  city: some,
  country: some,
  mobile: some,
});

/** Each command's result, by its name. */
export const commandData = {
  send: z.object({ seq: z.int().min(1) }),
  friends: z.object({ friends: z.array(uin) }),
  onlineFriends: z.object({
    friends: z.array(z.object({
      uin,
      nickname: z.string(),
      status: z.enum(names(STATUSES)),
      face: z.number(),
    })),
  }),
  profile: z.object({ profile, extra: texts.exactOptional() }),
  addFriend: z.object({ answer: z.enum(names(ADD_ANSWERS)) }),
  answerRequest: nothing,
  removeFriend: nothing,
  setStatus: nothing,
  search: z.object({
    people: z.array(z.object({ uin, nickname: z.string() })),
  }),
  login: state,
  logout: state,
  raw: z.object({ fields: texts }),
  accounts: z.object({ accounts: z.array(accountInfo) }),
  history: z.object({ events: z.array(eventFrame), more: z.boolean() }),
  consumers: z.object({
    consumers: z.array(z.object({
      id: z.string(),
      name: z.string(),
      token: z.string(),
      kind: z.enum(["ws", "onebot"]),
      position: count,
      lag: count,
      lagMs: count,
      unacked: count,
      connection: some,
      lastSeenAt: z.iso.datetime(),
    })),
    next: some,
  }),
  removeConsumer: nothing,
  ping: z.object({ at: z.iso.datetime() }),
  addAccount: nothing,
  removeAccount: nothing,
  createToken: z.object({ token: z.string() }),
  revokeToken: nothing,
};

/** The rows of the commands that only read at the QQ server. @module */

import {
  ANIMALS,
  BLOOD_TYPES,
  MAX_SHORT_TEXT_CHARACTERS,
  QQ_NUMBER_PATTERN,
  SEXES,
  STATUSES,
  ZODIAC,
} from "../../mod.ts";
import * as z from "../deps_zod.ts";
import { account, names, oneOf, text, whole } from "../schemas/values.ts";
import { toSafeProfile, withSafeNickname } from "../upstream/safe_texts.ts";
import { query } from "./command_row.ts";

/** Largest age in years that `search` accepts. */
const AGE_YEARS = 255;

const uin = z.string().regex(QQ_NUMBER_PATTERN);
const anyText = z.string().exactOptional();

function nullable<N extends string>(table: Record<N, number>) {
  return z.enum(names(table)).nullable().exactOptional();
}

const profile = z.object({
  uin,
  nickname: z.string(),
  address: anyText,
  age: z.number().exactOptional(),
  email: anyText,
  face: z.number().exactOptional(),
  homepage: anyText,
  occupation: anyText,
  postcode: anyText,
  phone: anyText,
  introduction: anyText,
  province: anyText,
  realName: anyText,
  school: anyText,
  sex: nullable(SEXES),
  bloodType: nullable(BLOOD_TYPES),
  zodiac: nullable(ZODIAC),
  animal: nullable(ANIMALS),
  city: anyText,
  country: anyText,
  mobile: anyText,
});

export const queryRows = {
  friends: query({
    summary: "The friend list.",
    params: {},
    data: { friends: z.array(uin) },
    run: async (client, _params, options) => ({
      friends: await client.friends(options),
    }),
  }),
  onlineFriends: query({
    summary: "The friends that are online.",
    params: {},
    data: {
      friends: z.array(z.object({
        uin,
        nickname: z.string(),
        status: z.enum(names(STATUSES)),
        face: z.number(),
      })),
    },
    run: async (client, _params, options) => ({
      friends: (await client.onlineFriends(options)).map(withSafeNickname),
    }),
  }),
  profile: query({
    summary: "Somebody's profile; level 0 to 3, 2 by default.",
    params: { uin: account, level: whole(0, 3).exactOptional() },
    data: {
      profile,
      extra: z.record(z.string(), z.string()).exactOptional(),
    },
    run: async (client, { uin, level = 2 }, options) =>
      toSafeProfile(await client.profile(uin, level, options)),
  }),
  search: query({
    summary: "Searches people.",
    params: {
      age: whole(0, AGE_YEARS).exactOptional(),
      sex: oneOf(names(SEXES)).exactOptional(),
      province: text(MAX_SHORT_TEXT_CHARACTERS).exactOptional(),
    },
    data: { people: z.array(z.object({ uin, nickname: z.string() })) },
    run: async (client, params, options) => ({
      people: (await client.search({ ...params, ...options }))
        .map(withSafeNickname),
    }),
  }),
};

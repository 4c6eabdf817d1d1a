import {
  ACK_ANSWERS,
  ADD_ANSWERS,
  ANIMALS,
  avatarPicture,
  BLOOD_TYPES,
  COMMANDS,
  LABELS,
  LICENCE,
  MAIL_TYPES,
  RESULTS,
  SEXES,
  STATUSES,
  ZODIAC,
} from "../../../lib/protocol/codes.ts";
import { assert, assertEquals } from "@std/assert";

const permissions = "none";

/** Every table as the descriptions of 2005 have it. */
const tables: [name: string, table: object, numbers: object][] = [
  ["STATUSES", STATUSES, { online: 10, offline: 20, busy: 30, invisible: 40 }],
  ["RESULTS", RESULTS, { ok: 0, penalised: 3, invalidUin: 5, notLoggedIn: 20 }],
  ["MAIL_TYPES", MAIL_TYPES, {
    added: 1,
    request: 2,
    accepted: 3,
    refused: 4,
    message: 9,
    stranger_message: 10,
    status: 99,
  }],
  ["ADD_ANSWERS", ADD_ANSWERS, { added: 0, needs_verification: 1, refused: 2 }],
  ["ACK_ANSWERS", ACK_ANSWERS, { accept: 0, refuse: 1, ask: 2 }],
  ["SEXES", SEXES, { male: 0, female: 1 }],
  ["BLOOD_TYPES", BLOOD_TYPES, { A: 1, B: 2, O: 3, AB: 4, other: 5 }],
];

for (const [name, table, numbers] of tables) {
  Deno.test({
    name: `${name} has its numbers`,
    permissions,
    fn: () => assertEquals(table, numbers),
  });
}

const lists: [
  name: string,
  table: Readonly<Record<string, number>>,
  labels: Readonly<Record<string, { zh: string; en: string }>>,
  inChinese: string,
][] = [
  [
    "ZODIAC",
    ZODIAC,
    LABELS.zodiac,
    "水瓶座 双鱼座 牡羊座 金牛座 双子座 巨蟹座 狮子座 处女座 天秤座 天蝎座 射手座 摩羯座",
  ],
  ["ANIMALS", ANIMALS, LABELS.animal, "鼠 牛 虎 兔 龙 蛇 马 羊 猴 鸡 狗 猪"],
];

for (const [name, table, labels, inChinese] of lists) {
  Deno.test({
    name: `${name} counts from 1 in the order of its Chinese names`,
    permissions,
    fn() {
      const names = Object.keys(table);
      assertEquals(Object.values(table), names.map((_, index) => index + 1));
      assertEquals(names.map((name) => labels[name]!.zh), inChinese.split(" "));
    },
  });
}

const labelled: [
  name: string,
  table: object,
  labels: Readonly<Record<string, { zh: string; en: string }>>,
][] = [
  ["status", STATUSES, LABELS.status],
  ["sex", SEXES, LABELS.sex],
  ["bloodType", BLOOD_TYPES, LABELS.bloodType],
  ["zodiac", ZODIAC, LABELS.zodiac],
  ["animal", ANIMALS, LABELS.animal],
];

for (const [name, table, labels] of labelled) {
  Deno.test({
    name: `LABELS.${name} has a Chinese and an English label for every name`,
    permissions,
    fn() {
      assertEquals(Object.keys(labels), Object.keys(table));
      for (const { zh, en } of Object.values(labels)) {
        assert(zh !== "" && en !== "");
      }
    },
  });
}

for (const [face, picture] of [[0, 1], [2, 1], [3, 2], [141, 48], [270, 91]]) {
  Deno.test({
    name: `face ${face} is the picture ${picture}`,
    permissions,
    fn: () => assertEquals(avatarPicture(face!), picture),
  });
}

Deno.test({
  name: "codes: sixteen commands, and the licence of the first versions",
  permissions,
  fn() {
    assertEquals([COMMANDS.length, new Set(COMMANDS).size], [16, 16]);
    assertEquals(LICENCE, "9326B87B234E7235");
  },
});

/** Accounts to try the server with. @module */

import { md5Hex } from "../md5.ts";
import type { AccountOptions } from "./options.ts";
import type { QqServer } from "./qq_server.ts";

/**
 * The password of all demo accounts. It is public: see that nobody else can reach the server.
 *
 * @category Server
 */
export const DEMO_PASSWORD = "demo";

/**
 * A robot that sends each message back to its sender.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createServer, echo } from "@tqq/tqq/server";
 * import { md5Hex } from "@tqq/tqq";
 *
 * const server = createServer();
 * await server.createAccount({ uin: "10000", passwordMd5: md5Hex("demo") });
 * server.addRobot("10000", echo);
 * assertEquals(echo("10001", "hello"), "hello");
 * await server.close();
 * ```
 *
 * @param _from QQ number of the sender; not used.
 * @param text Text of the message.
 * @category Server
 */
export function echo(_from: string, text: string): string {
  return text;
}

const PROFILES: readonly Omit<AccountOptions, "passwordMd5">[] = [
  {
    uin: "10000",
    nickname: "回声 Echo",
    policy: "anybody",
    profile: {
      face: 0,
      age: 21,
      sex: null,
      province: "广东省",
      city: "深圳",
      country: "中华人民共和国",
      occupation: "机器人 robot",
      introduction: "你说什么，我就说什么。\r\nI say what you say.",
      homepage: "http://tqq.tencent.com:8000",
    },
  },
  {
    uin: "10001",
    nickname: "小明",
    policy: "verify",
    profile: {
      face: 270,
      age: 19,
      sex: "male",
      province: "云南省",
      city: "昆明",
      country: "中华人民共和国",
      address: "云南昆明",
      occupation: "学生",
      school: "社会大学",
      realName: "王小明",
      introduction: "网络为媒,关系为本,信息为财,客户为主.",
      zodiac: "leo",
      animal: "tiger",
      bloodType: "A",
    },
  },
  {
    uin: "10002",
    nickname: "Alice",
    policy: "verify",
    profile: {
      face: 141,
      age: 20,
      sex: "female",
      province: "江苏省",
      city: "苏州",
      country: "中华人民共和国",
      occupation: "programmer",
      introduction: "Old protocols, new friends.",
      zodiac: "cancer",
      animal: "ox",
      bloodType: "O",
    },
  },
];

/** Accounts that no program logs in, so that it throws no old client out. */
const FOR_OLD_CLIENTS: typeof PROFILES = [
  {
    uin: "10010",
    nickname: "老客户端",
    policy: "anybody",
    profile: { face: 30, age: 20, sex: "male", province: "北京" },
  },
  {
    uin: "10020",
    nickname: "Nokia",
    policy: "anybody",
    profile: { face: 60, age: 20, sex: "female", province: "上海" },
  },
];

/**
 * Adds 10001 and 10002, friends of each other, and the echo robot 10000,
 * friend of both; and 10010 and 10020, friends of each other and of the robot,
 * for old clients. Accounts that are there stay as they are, so it may be
 * called at every start.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * await addDemo(server);
 * assertEquals(
 *   server.accounts().map(({ uin }) => uin).sort(),
 *   ["10000", "10001", "10002", "10010", "10020"],
 * );
 * await server.close();
 * ```
 *
 * @param server Where to.
 * @category Server
 */
export async function addDemo(server: QqServer): Promise<void> {
  const there = new Set(server.accounts().map(({ uin }) => uin));
  const passwordMd5 = md5Hex(DEMO_PASSWORD);
  for (const account of PROFILES) {
    if (there.has(account.uin)) continue;
    const friends = PROFILES.map(({ uin }) => uin)
      .filter((uin) => there.has(uin));
    await server.createAccount({ ...account, passwordMd5, friends });
    there.add(account.uin);
  }
  const known = ["10000"];
  for (const account of FOR_OLD_CLIENTS) {
    const friends = known.filter((uin) => there.has(uin));
    known.push(account.uin);
    if (there.has(account.uin)) continue;
    await server.createAccount({ ...account, passwordMd5, friends });
    there.add(account.uin);
  }
  server.addRobot("10000", echo);
}

/** Conversations and friend requests of the real program, by script. @module */

import { delay } from "@std/async";
import type { ConversationInfo, FriendRequestInfo } from "../../../mod.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { flagOf } from "../../../bridge/onebot/events.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

const TOKEN = "a-token-of-this-test";
const ENV = { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: "0" };

Deno.test("inbox: requests and unread messages are listed, answered and marked by any client, and stay so across kill -9", async () => {
  const folder = await Deno.makeTempDir();
  const args = serveArgs(`${folder}/data`, "--qq-send-gap-ms=0");
  let http = "";
  const post = async (path: string, body: object) => {
    const response = await fetch(`${http}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    return await response.json();
  };
  const call = (command: string, body: object = {}) =>
    post(`/api/${command}`, body);
  const until = async (isSo: () => Promise<boolean>) => {
    while (!await isSo()) await delay(20);
  };
  const run = async (...words: string[]) => {
    const { code, out, err } = await runMain([
      ...words,
      `--url=${http.replace("http", "ws")}/ws`,
    ], { env: ENV });
    assertEquals([code, err], [0, []]);
    return out;
  };
  const requests = async (): Promise<FriendRequestInfo[]> =>
    (await call("requests")).requests;
  const unread = async (account: string): Promise<number> =>
    (await call("conversations")).unreadByAccount[account] ?? 0;
  try {
    {
      await using program = new Program({ args, env: ENV });
      http = (await program.ready()).http!;
      const asking = ["20001", "20002", "20003"];
      for (const uin of asking) {
        assertEquals(await call("addAccount", { uin, password: "p" }), {});
      }
      for (const account of asking) {
        await until(async () =>
          (await call("addFriend", {
            account,
            uin: "10001",
            reason: `I am ${account}`,
          })).code === undefined
        );
      }
      await until(async () => (await requests()).length === 3);
      assertEquals(
        (await requests()).map(({ account, from, text }) => [
          account,
          from,
          text,
        ]),
        asking.reverse().map((uin) => ["10001", uin, `I am ${uin}`]),
      );
      assertMatch((await run("requests")).join("\n"), /20001 +I am 20001/);

      // One is accepted over OneBot, one dismissed; a stale answer explains.
      const [{ seq }] = (await requests()).filter(({ from }) =>
        from === "20001"
      ) as [FriendRequestInfo];
      const onebot = await post("/onebot/v11/10001/set_friend_add_request", {
        flag: flagOf("20001", seq),
        approve: true,
      });
      assertEquals(onebot.retcode, 0);
      assertEquals(
        await call("answerRequest", {
          account: "10001",
          uin: "20002",
          answer: "dismiss",
        }),
        {},
      );
      await until(async () => (await requests()).length === 1);
      const stale = await call("answerRequest", {
        account: "10001",
        uin: "20002",
        answer: "accept",
      });
      assertEquals(
        (await requests()).map(({ from }) => from),
        ["20003"],
        JSON.stringify(stale),
      );

      for (const text of ["a", "b", "c"]) {
        await until(async () =>
          (await call("send", { account: "10002", to: "10001", text })).code ===
            undefined
        );
      }
      await until(async () => await unread("10001") >= 3);
      const [line] = await run("conversations", "--account=10001", "--json");
      const first: ConversationInfo = JSON.parse(line!);
      assertEquals([first.with, first.unread, first.nickname], [
        "10002",
        3,
        "Alice",
      ]);
      assertMatch(
        (await run("conversations")).join("\n"),
        /^10001 +10002 +3 .*c$/m,
      );
      assertEquals(
        await call("markRead", {
          account: "10001",
          with: "10002",
          upTo: first.firstUnread,
        }),
        { unread: 2 },
      );
      program.kill("SIGKILL");
      await program.output();
    }
    await using program = new Program({ args, env: ENV });
    http = (await program.ready()).http!;
    assertEquals((await requests()).map(({ from }) => from), ["20003"]);
    assertEquals(await unread("10001"), 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import { CommandError } from "../../../bridge/errors/command_error.ts";
import { Faults } from "../../../lib/server/mod.ts";
import { type BridgeCommandName, md5Hex, type QqClient } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { otherClient, startOnline } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";

const everything = grantOf();

Deno.test("queries: return what the server replies", async () => {
  await using fixture = await startOnline();
  const { bridge } = fixture;
  const run = (
    command: "friends" | "profile" | "search" | "onlineFriends",
    params: object = {},
  ) => bridge.run(everything, { command, account: "10001", params });
  assertEquals(await run("friends"), { friends: ["10000", "10002"] });
  const { profile } = await run("profile", { uin: "10002", level: 0 }) as {
    profile: unknown;
  };
  assertEquals(profile, { uin: "10002", nickname: "Alice" });
  assertEquals(await run("search", { province: "江苏省" }), {
    people: [{ uin: "10002", nickname: "Alice" }],
  });
  const { friends } = await run("onlineFriends") as {
    friends: { uin: string }[];
  };
  assertEquals(friends.map(({ uin }) => uin), ["10000"]);
});

Deno.test("write commands: act at the server, with all parameters", async () => {
  await using fixture = await startOnline();
  const { bridge, server } = fixture;
  for (const [uin, policy] of [["10003", "verify"], ["10004", "anybody"]]) {
    await server.createAccount({
      uin: uin!,
      passwordMd5: md5Hex("demo"),
      policy: policy as "verify",
    });
  }
  await using third = await otherClient(server, "10003");
  await using friend = await otherClient(server, "10002");
  const run = (command: BridgeCommandName, params: object) =>
    bridge.run(everything, { command, account: "10001", params });
  const lastNotice = async (client: QqClient) =>
    (await client.fetchMail({ waitSeconds: 0 })).at(-1);

  const reason = "我是小明, & 100%";
  assertEquals(await run("addFriend", { uin: "10003", reason }), {
    answer: "needs_verification",
  });
  assertEquals(await lastNotice(third), {
    type: "request",
    from: "10001",
    text: reason,
  });
  assertEquals(await run("addFriend", { uin: "10004", reason }), {
    answer: "added",
  });

  for (
    const [answer, text, type] of [
      ["refuse", "不认识你", "refused"],
      ["accept", "welcome", "accepted"],
    ] as const
  ) {
    await third.addFriend("10001", "let me in");
    assertEquals(
      await run("answerRequest", { uin: "10003", answer, reason: text }),
      {},
    );
    assertEquals(await lastNotice(third), { type, from: "10001", text });
  }
  assertEquals(await run("friends", {}), {
    friends: ["10000", "10002", "10003", "10004"],
  });

  for (
    const [status, seen] of [
      ["busy", "busy"],
      ["invisible", "offline"],
      ["online", "online"],
      ["offline", "offline"],
    ] as const
  ) {
    assertEquals(await run("setStatus", { status }), {});
    assertEquals(await lastNotice(friend), {
      type: "status",
      from: "10001",
      status: seen,
    });
  }

  assertEquals(await run("removeFriend", { uin: "10004" }), {});
  assertEquals(await run("friends", {}), {
    friends: ["10000", "10002", "10003"],
  });
});

Deno.test("answerRequest: asks too; at most eight queries of an account are under way", async () => {
  const faults = new Faults();
  await using fixture = await startOnline({ server: { faults } });
  const { bridge, server } = fixture;
  await server.createAccount({ uin: "10003", passwordMd5: md5Hex("demo") });
  await using third = await otherClient(server, "10003");
  const run = (command: BridgeCommandName, params: object = {}) =>
    bridge.run(everything, { command, account: "10001", params });
  const asking = { uin: "10003", answer: "ask", reason: "again" };
  assertEquals(await run("answerRequest", asking), {});
  assertEquals(await third.fetchMail(), [
    { type: "request", from: "10001", text: "again" },
  ]);

  faults.add({ cmd: "List", times: 8, how: { type: "late", lateMs: 300 } });
  const reads = Array.from({ length: 9 }, () =>
    run("friends").then(
      () => "ok",
      (error: CommandError) => [error.code, error.retryAfterMs],
    ));
  assertEquals(await Promise.all(reads), [
    ...Array(8).fill("ok"),
    ["overloaded", 1000],
  ]);
  assertEquals(await run("friends"), { friends: ["10000", "10002"] });
});

Deno.test("profile: has level 2 by default, and unnamed fields in extra", async () => {
  await using fixture = await startOnline();
  const profile = async (level?: number) =>
    await fixture.bridge.run(everything, {
      command: "profile",
      account: "10001",
      params: { uin: "10002", ...level === undefined ? {} : { level } },
    }) as { profile: Record<string, unknown>; extra?: object };
  const usual = await profile();
  assertEquals(usual, await profile(2));
  assert("province" in usual.profile && !("city" in usual.profile));
  assertEquals(usual.extra, undefined);
  const whole = await profile(3);
  assert("city" in whole.profile);
  assertEquals(Object.keys(whole.extra!), ["CV", "ID", "MT", "MV"]);
});

Deno.test("raw: sends any command, journals a message, and refuses what would break polling", async () => {
  await using fixture = await startOnline();
  const { bridge, frames } = fixture;
  const raw = (cmd: string, fields: Record<string, string> = {}) =>
    bridge.run(everything, {
      command: "raw",
      account: "10001",
      params: { cmd, fields },
    });
  const { fields } = await raw("GetInfo", { UN: "10002", LV: "0" }) as {
    fields: Record<string, string>;
  };
  assertEquals(fields["NK"], "Alice");
  await raw("CLTMSG", { UN: "10002", MG: "raw text" });
  assertEquals(frames.all("message.sent")[0]!.data, {
    to: "10002",
    text: "raw text",
  });
  for (const cmd of ["GetMsgEx", "getmsgex", "Logout", "Login"]) {
    const error = await assertRejects(() => raw(cmd), CommandError);
    assertEquals(error.code, "bad_params");
  }
});

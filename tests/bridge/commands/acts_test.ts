import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { Faults, type QqServer } from "../../../lib/server/mod.ts";
import { type BridgeCommandName, md5Hex, QqClient } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "../../deps.ts";
import { startBridge } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";

/** A client of somebody else at the server, logged in. */
async function other(server: QqServer, uin = "10002"): Promise<QqClient> {
  const client = new QqClient({
    uin,
    password: "demo",
    transport: new AnswerTransport(server.answer),
  });
  await client.login();
  return client;
}

const everything = grantOf();

Deno.test("reading commands give what the server says", async () => {
  await using fixture = await startBridge();
  const { bridge, frames } = fixture;
  await frames.state("10001", "online");
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

Deno.test("acting commands do at the server what they say, with all that they carry", async () => {
  await using fixture = await startBridge();
  const { bridge, frames, server } = fixture;
  await frames.state("10001", "online");
  for (const [uin, policy] of [["10003", "verify"], ["10004", "anybody"]]) {
    await server.createAccount({
      uin: uin!,
      passwordMd5: md5Hex("demo"),
      policy: policy as "verify",
    });
  }
  await using third = await other(server, "10003");
  await using friend = await other(server, "10002");
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

Deno.test("answerRequest asks too; eight reads of an account are under way at most", async () => {
  const faults = new Faults();
  await using fixture = await startBridge({ server: { faults } });
  const { bridge, frames, server } = fixture;
  await frames.state("10001", "online");
  await server.createAccount({ uin: "10003", passwordMd5: md5Hex("demo") });
  await using third = await other(server, "10003");
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

Deno.test("profile is of level 2 unless another is asked, and what has no name is extra", async () => {
  await using fixture = await startBridge();
  await fixture.frames.state("10001", "online");
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

Deno.test("raw sends any command and keeps a message that it sent; what would break the polling is refused", async () => {
  await using fixture = await startBridge();
  const { bridge, frames } = fixture;
  await frames.state("10001", "online");
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

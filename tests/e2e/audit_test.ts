/** Which lines of the log say who did what: the program in a process of its own. @module */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";
const TEXT = "a text that is nobody's business";
const PASSWORD = "a password of this test";

type Line = Record<string, unknown>;

/** A line by what does not change from run to run. */
function shown(line: Line): unknown[] {
  const { message, actorName, address, subjectName, reason, count } = line;
  return [message, actorName, address, subjectName, reason, count];
}

Deno.test("audit: each security event leaves a line with its actor, and no secret", async () => {
  const root = await Deno.makeTempDir();
  const folder = `${root}/data`;
  try {
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: ADMINISTRATOR, TQQ_OUTBOX_GAP_MS: "0" },
    });
    const { http = "" } = await program.ready();
    const secrets = [ADMINISTRATOR, TEXT, PASSWORD];
    const post = async (
      name: string,
      params: object,
      token = ADMINISTRATOR,
    ) => {
      const response = await fetch(`${http}/api/${name}`, {
        method: "POST",
        body: JSON.stringify(params),
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
      });
      return await response.json();
    };
    const local = (...args: string[]) =>
      runMain([...args, `--data=${folder}`]).then(({ out }) => out[0] ?? "");

    const { token, id } = await post("createToken", {
      name: "bot",
      scopes: ["read"],
      accounts: ["10001"],
    });
    const { token: sender } = await post("createToken", {
      name: "sender",
      scopes: ["send"],
    });
    const { token: manager } = await post("createToken", {
      name: "manager",
      scopes: ["manage"],
      accounts: ["10001"],
    });
    secrets.push(sender, manager);
    await post("addAccount", { uin: "10003", password: PASSWORD });
    await post("changeAccount", { uin: "10003", nickname: "three" });
    await post("logout", { account: "10003" });
    await post("login", { account: "10003" });
    await post("removeAccount", { uin: "10003" });
    await post("send", { account: "10001", to: "10002", text: TEXT });
    for (let n = 0; n < 3; n++) {
      await post("send", { account: "10001", to: "10002", text: TEXT }, token);
    }
    await post("friends", { account: "10002" }, token);
    const refused: [path: string, token: string][] = [
      ["/metrics", sender],
      ["/metrics", token],
      ["/logs", manager],
      ["/events?accounts=10002", token],
    ];
    for (const [path, by] of refused) {
      const response = await fetch(`${http}${path}`, {
        headers: { authorization: `Bearer ${by}` },
      });
      await response.body?.cancel();
    }
    const port = Number(new URL(http).port);
    await assertRejects(() =>
      RawSocket.open(port, `/ws?access_token=${token}&accounts=10002`)
    );
    {
      using socket = await RawSocket.open(
        port,
        `/ws?access_token=${token}&consumer=c`,
      );
      await socket.json();
      const { connections } = await post("connections", { token: "bot" });
      await post("disconnect", { connection: connections[0].id });
    }
    const target = { kind: "hook", url: "https://bot.example", enabled: false };
    await post("removeTarget", await post("setTarget", target));
    await post("setSetting", { name: "logLevel", value: "info" });
    const signedIn = await fetch(`${http}/console/session`, {
      method: "POST",
      body: JSON.stringify({ token }),
      headers: { origin: http, "content-type": "application/json" },
    });
    const { proof } = await signedIn.json();
    const cookie = signedIn.headers.getSetCookie().at(-1)!.split(";")[0]!;
    await fetch(`${http}/console/session`, {
      method: "DELETE",
      headers: { origin: http, cookie, "tqq-proof": proof },
    });
    secrets.push(token, proof, cookie.split("=")[1]!);
    const consumer = `${id}/c`;
    while (true) {
      const { consumers } = await post("consumers", {});
      if (!consumers.some((one: Line) => one["connection"])) break;
    }
    await post("setConsumer", { id: consumer, position: "head" });
    await local("consumer", "remove", consumer);
    await local("backup", `${root}/copy`);
    await post("revokeToken", { name: "bot" });
    secrets.push(await local("token", "add", "late"));
    await local("token", "revoke", "late");
    program.kill("SIGTERM");
    const { stderr, stdout } = await program.output();

    const lines: Line[] = stderr.split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    const audited = lines.filter(({ audit }) => audit === true);
    const remote = "127.0.0.1";
    assertEquals(audited.map(shown), [
      ["token created", "admin", remote, "bot", undefined, undefined],
      ["token created", "admin", remote, "sender", undefined, undefined],
      ["token created", "admin", remote, "manager", undefined, undefined],
      ["account added", "admin", remote, undefined, undefined, undefined],
      ["account changed", "admin", remote, undefined, undefined, undefined],
      ["account logged out", "admin", remote, undefined, undefined, undefined],
      ["account logged in", "admin", remote, undefined, undefined, undefined],
      ["account removed", "admin", remote, undefined, undefined, undefined],
      ["command refused", "bot", remote, "send", "forbidden", undefined],
      [
        "command refused",
        "bot",
        remote,
        "friends",
        "unknown_account",
        undefined,
      ],
      ["request refused", "sender", remote, undefined, "forbidden", undefined],
      ["request refused", "bot", remote, undefined, "forbidden", undefined],
      ["request refused", "manager", remote, undefined, "forbidden", undefined],
      [
        "subscription refused",
        "bot",
        remote,
        undefined,
        "unknown_account",
        undefined,
      ],
      ["connection ended", "admin", remote, "bot", undefined, undefined],
      ["target changed", "admin", remote, undefined, undefined, undefined],
      ["target removed", "admin", remote, undefined, undefined, undefined],
      ["setting changed", "admin", remote, undefined, undefined, undefined],
      ["session opened", "bot", remote, undefined, undefined, undefined],
      ["session ended", "bot", remote, undefined, "signed out", undefined],
      ["consumer moved", "admin", remote, undefined, undefined, undefined],
      ["consumer removed", "local", undefined, undefined, undefined, undefined],
      ["backup made", "local", undefined, undefined, undefined, undefined],
      ["token revoked", "admin", remote, "bot", undefined, undefined],
      ["token created", "local", undefined, "late", undefined, undefined],
      ["token revoked", "local", undefined, "late", undefined, undefined],
      ["command refused", "bot", remote, "send", "forbidden", 2],
      [
        "subscription refused",
        "bot",
        remote,
        undefined,
        "unknown_account",
        1,
      ],
    ]);
    assertEquals(new Set(audited.map(({ level }) => level)), new Set(["info"]));
    assertEquals(audited[0]!["subject"], id);
    const subjectOf = (what: string) =>
      audited.find(({ message }) => message === what)!["subject"];
    assertEquals(subjectOf("consumer moved"), consumer);
    assertEquals(subjectOf("consumer removed"), consumer);
    assertEquals(subjectOf("setting changed"), "logLevel");
    assertEquals(subjectOf("account changed"), "10003");
    assertEquals(audited[8]!["actor"], id);
    for (const secret of secrets) {
      assert(!`${stderr}${stdout}`.includes(secret), "a secret is in the log");
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

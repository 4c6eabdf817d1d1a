import type { AuditEntry } from "../../../bridge/access/audit.ts";
import { assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { Stage } from "../onebot/stage.ts";
import { SatoriStage } from "../satori/stage.ts";

const ADDRESS = "192.0.2.7";

/** Takes what is refused; `take()` returns it as rows. */
class Refusals {
  #rows: unknown[][] = [];

  add(): void {}

  addRefusal(
    { message, actor, subject, subjectName, reason }: AuditEntry,
  ): void {
    assertEquals(actor.address, ADDRESS);
    this.#rows.push([message, actor.name, subject, subjectName, reason]);
  }

  take(): unknown[][] {
    return this.#rows.splice(0);
  }
}

/** Tokens that may do little: one account only, and no scope of reading. */
const GRANTS = {
  narrow: grantOf({ name: "narrow", scopes: ["send"], accounts: ["10001"] }),
  reader: grantOf({ name: "reader", scopes: ["read"] }),
  all: grantOf({ name: "all" }),
};

const NO_SCOPE = [
  "request refused",
  "narrow",
  undefined,
  undefined,
  "forbidden",
];
const NO_ACCOUNT = [
  "request refused",
  "narrow",
  "10002",
  undefined,
  "unknown_account",
];

function notAllowed(command: string, by = "narrow"): unknown[] {
  return ["command refused", by, "10001", command, "forbidden"];
}

Deno.test("OneBot: a security event names what a token was refused, over HTTP and WebSocket", async () => {
  const audit = new Refusals();
  const stage = new Stage({ audit });
  Object.assign(stage.grants, GRANTS);
  const token = "narrow";
  const root = "/onebot/v11";
  const requests: readonly [path: string, refusals: unknown[][]][] = [
    ["/get_login_info", [notAllowed("accounts")]],
    ["/get_status", [notAllowed("accounts")]],
    ["/10002/get_status", [NO_ACCOUNT]],
    // What is wrong otherwise is no refusal of access.
    ["/no_such_action", []],
    ["/get_version_info", []],
  ];
  for (const [path, refusals] of requests) {
    await stage.ask(`${root}${path}`, { token });
    assertEquals(audit.take(), refusals, path);
  }
  const dials: readonly [path: string, refusals: unknown[][]][] = [
    ["", [NO_SCOPE]],
    ["/event", [NO_SCOPE]],
    ["/10002/api", [NO_ACCOUNT]],
  ];
  for (const [path, refusals] of dials) {
    await stage.dial(`${root}${path}`, { token });
    assertEquals(audit.take(), refusals, path);
  }
  const client = await stage.client(`${root}/10001/api`, { token });
  assertEquals((await client.call("get_status")).status, "failed");
  assertEquals(audit.take(), [notAllowed("accounts")]);
  const path = `${root}/10001/mark_msg_as_read?message_id=1`;
  await stage.ask(path, { token: "reader" });
  assertEquals(audit.take(), [notAllowed("markRead", "reader")]);
  // A mistyped number, where the token reaches all accounts.
  await stage.ask(`${root}/99999/get_status`);
  assertEquals(audit.take(), []);
});

Deno.test("Satori: a security event names what a token was refused, over HTTP and in IDENTIFY", async () => {
  const audit = new Refusals();
  const stage = new SatoriStage({ audit });
  Object.assign(stage.grants, GRANTS);
  const token = "narrow";
  const requests: readonly [path: string, account: string, unknown[][]][] = [
    ["login.get", "10001", [notAllowed("accounts")]],
    ["message.list", "10001", [notAllowed("history")]],
    ["login.get", "10002", [NO_ACCOUNT]],
    ["meta", "10001", [NO_SCOPE]],
    ["no.such", "10001", []],
  ];
  for (const [path, account, refusals] of requests) {
    const page = {
      channel_id: "private:10002",
      direction: "after",
      next: "1",
    };
    await stage.call(path, page, { token, account });
    assertEquals(audit.take(), refusals, path);
  }
  const client = await stage.open();
  await client.say({ op: 3, body: { token } });
  assertEquals(audit.take(), [NO_SCOPE]);
});

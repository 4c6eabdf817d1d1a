import { until } from "./page.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async";
import { BridgeClient, BridgeError } from "../../mod.ts";
import { Stage, TOKEN } from "./stage.ts";

Deno.test("console: a token is created, shown once, used and revoked, and its connection ends", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "tokens");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Create a token" }).click();
  const dialog = page.getByRole("dialog");
  const create = dialog.getByRole("button", { name: "Create", exact: true });
  await create.click();
  await dialog.getByText("Use 1 to 64 letters").waitFor();
  await dialog.getByLabel("Name").fill("logger");
  await dialog.getByLabel("send: send messages").uncheck();
  await dialog.getByLabel("read: see accounts").uncheck();
  await create.click();
  await dialog.getByText("Choose at least one scope.").waitFor();
  await dialog.getByLabel("read: see accounts").check();
  await dialog.getByLabel("Accounts", { exact: true }).selectOption("some");
  await dialog.getByLabel("QQ numbers").fill("10001 x");
  await create.click();
  await dialog.getByText("of digits only").waitFor();
  await dialog.getByLabel("QQ numbers").fill("10001");
  await create.click();

  // Hidden until it is revealed; closing without a copy asks.
  const secret = dialog.getByLabel("Token", { exact: true });
  const token = await secret.inputValue();
  assertMatch(token, /^[\w-]{43}$/);
  assertEquals(await secret.getAttribute("type"), "password");
  await page.keyboard.press("Escape");
  await dialog.getByText("You have not copied the token.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Show", exact: true }).click();
  await dialog.locator('input[type="text"].mono').waitFor();
  await dialog.getByRole("button", { name: "Copy the token" }).click();
  assertEquals(await page.evaluate("navigator.clipboard.readText()"), token);
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });
  const stored = await page.evaluate(
    "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])",
  );
  assert(!String(stored).includes(token));
  assert(!(await page.content()).includes(token));

  const row = page.getByRole("row", { name: "logger" });
  await row.getByText("never").first().waitFor();
  await using client = new BridgeClient({ url: `${stage.url}/ws`, token });
  const { accounts } = await client.accounts();
  assertEquals(accounts.map(({ uin }) => uin), ["10001"]);
  const refused = await client.tokens().catch((error) => error);
  assert(refused instanceof BridgeError);
  assertEquals(refused.code, "forbidden");
  await page.getByLabel("Show revoked").check();
  await row.getByText("127.0.0.1").waitFor();
  await row.getByRole("cell", { name: "1", exact: true }).waitFor();

  await row.getByRole("button", { name: "Actions for logger" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await dialog.getByText("Its 1 connections end").waitFor();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked").waitFor();
  assertEquals((await client.closed())?.code, "forbidden");

  // The token of a page needs a second confirmation, and signs the page out.
  const boss = await stage.addToken("boss");
  const other = await stage.open(`/#token=${boss}`);
  await other.locator(".connection.connected").waitFor();
  await other.goto(`${stage.url}/#/tokens`);
  await other.getByText("this page's").waitFor();
  await other.getByRole("button", { name: "Actions for boss" }).click();
  await other.getByRole("menuitem", { name: "Revoke" }).click();
  const sure = other.getByRole("dialog");
  const revoke = sure.getByRole("button", { name: "Revoke" });
  await until(() => revoke.isDisabled(), (is) => is);
  await sure.getByLabel("Revoke the token that this page uses").check();
  stage.expected.push(/401|WebSocket/);
  await revoke.click();
  await other.getByText("The session has ended.").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a client is disconnected and comes back, and a consumer is replayed and removed", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "connections");
  const got: string[] = [];
  const open = async () => {
    const client = new BridgeClient({
      url: `${stage.url}/ws`,
      token: TOKEN,
      consumer: "reader",
      events: ["message.sent"],
      ackEvents: 1,
      backoff: { minMs: 1, maxMs: 50 },
    });
    const ended = (async () => {
      for await (const frame of client) {
        if (frame.type === "event" && frame.event === "message.sent") {
          got.push(frame.data.text);
        }
      }
    })();
    await client.ping();
    return { client, ended };
  };
  const say = (text: string) =>
    stage.command("send", { account: "10001", to: "10002", text });
  const until = async (count: number) => {
    for (let turn = 0; got.length < count; turn++) {
      assert(turn < 500, `got ${got}`);
      await delay(20);
    }
  };
  const first = await open();
  await say("one");
  await until(1);
  const row = page.getByRole("row").filter({ hasText: "reader" });
  await row.getByText("127.0.0.1").waitFor();
  const id = await row.locator("small").first().innerText();
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Disconnect" }).click();
  await page.getByText(`admin ${id} was disconnected.`).waitFor();
  await page.getByText(id, { exact: true }).waitFor({ state: "detached" });
  await row.waitFor();
  await say("two");
  await until(2);

  // While it is connected it cannot be moved.
  await page.getByRole("link", { name: "Consumers" }).click();
  await row.getByText("connected").waitFor();
  await row.getByRole("button").click();
  const replay = page.getByRole("menuitem", { name: "Replay from" });
  assertEquals(await replay.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Escape");
  await first.client.close();
  await first.ended;
  await say("three");
  await row.getByText("connected").waitFor({ state: "detached" });
  const lag = row.locator('[data-name="Lag"]');
  await lag.filter({ hasText: /[1-9]/ }).waitFor();

  await row.getByRole("button").click();
  await replay.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/gets up to \d+ events/).waitFor();
  await dialog.getByLabel("Where to begin").selectOption("position");
  await dialog.getByLabel("Position").fill("999999999");
  await dialog.getByRole("button", { name: "Move" }).click();
  await dialog.getByText("Enter a whole number from 0").waitFor();
  await dialog.getByLabel("Where to begin").selectOption("oldest");
  await dialog.getByRole("button", { name: "Move" }).click();
  await page.getByText("reader is now at 0.").waitFor();
  got.length = 0;
  const second = await open();
  await until(3);
  assertEquals(got, ["one", "two", "three"]);
  await second.client.close();
  await second.ended;

  await row.getByText("connected").waitFor({ state: "detached" });
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.getByText("reader was removed.").waitFor();
  await page.getByText("No client has named itself").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: the settings of the bridge show their source and no secret, and the log level changes", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  const table = page.getByRole("table", { name: "Settings of the bridge" });
  const row = (name: string) =>
    table.getByRole("row").filter({
      has: page.getByRole("rowheader", { name, exact: true }),
    });
  await row("retainDays").getByText("default").waitFor();
  await row("token").getByText("environment").waitFor();
  assert(!(await page.content()).includes(TOKEN));
  await page.getByLabel("Log level").selectOption("debug");
  await page.getByText("The bridge logs from level debug on").waitFor();
  await row("logLevel").getByText("changed here").waitFor();
  stage.assertNoProblem();
});

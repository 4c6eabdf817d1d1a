import { until as waitUntil, untilEqual } from "./page.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { BridgeClient, BridgeError } from "../../mod.ts";
import { intercept } from "./interceptor.ts";
import { Stage, TOKEN } from "./stage.ts";

Deno.test("console: a token is created, shown once, used and revoked, and its connection ends", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "tokens");
  const socket = await intercept(page);
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
  await create.click();
  await dialog.getByText("Choose at least one account.").waitFor();
  const pick = async (typed: string) => {
    await dialog.getByRole("combobox", { name: "QQ numbers" }).fill(typed);
    await page.keyboard.press("Enter");
  };
  await pick("Alice");
  await pick("10001");
  const picked = dialog.getByRole("list", { name: "Chosen accounts" });
  await picked.getByRole("listitem").nth(1).waitFor();
  await picked.getByRole("button", { name: "Leave out 10002" }).click();
  await dialog.getByLabel("Expires").selectOption("7");
  const createdAfter = Date.now();
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
  await untilEqual(
    () => page.evaluate("navigator.clipboard.readText()"),
    token,
  );
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
  // The panel says what the table has no room for.
  await row.getByRole("link", { name: "logger" }).click();
  const panel = page.getByRole("complementary", { name: "logger" });
  // It was created before midnight or after it.
  const inAWeek = [createdAfter, Date.now()].map((at) =>
    new Date(at + 7 * 86_400_000)
      .toLocaleString("en-US", { month: "short", day: "numeric" })
  );
  await panel.getByText(new RegExp(inAWeek.join("|"))).waitFor();
  await panel.locator(":focus").waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await stage.ask("createToken", {
    name: "short",
    scopes: ["send", "manage"],
    expiresAt: new Date(Date.now() + 3000).toISOString(),
  });
  await page.getByLabel("Show revoked").check();
  const short = page.getByRole("row", { name: "short" });
  await short.waitFor();
  // A token expires on the page when it does, not with the next answer.
  socket.answer = ({ command }) => command === "tokens" ? "drop" : undefined;
  await short.getByText("expired").waitFor();
  socket.answer = () => undefined;
  await short.getByText("send, manage").waitFor();
  await untilEqual(() => short.getByRole("button").count(), 0);
  await row.getByText("127.0.0.1").waitFor();
  await row.getByRole("cell", { name: "1", exact: true }).waitFor();

  await row.getByRole("button", { name: "Actions for logger" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await dialog.getByText("Its connections (now 1) end").waitFor();
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
  await waitUntil(() => revoke.isDisabled(), (is) => is);
  await sure.getByLabel("Revoke the token that this page uses").check();
  stage.expected.push(/401|WebSocket/);
  await revoke.click();
  await other.getByText("The session has ended.").waitFor();
  stage.assertNoProblem();
});

/** A time as a field for local times has it. */
function localTime(at: number): string {
  const [date, time] = new Date(at).toLocaleString("sv").split(" ");
  return `${date}T${time}`;
}

Deno.test("console: a client is disconnected and comes back, and a consumer is replayed from each place and removed", async () => {
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
  const until = (count: number) =>
    waitUntil(() => Promise.resolve(got), (all) => all.length >= count);
  const first = await open();
  await say("one");
  await until(1);
  const row = page.getByRole("row").filter({ hasText: "reader" });
  await row.getByText("127.0.0.1").waitFor();
  const id = await row.locator("small").first().innerText();
  // The panel has what the table has no room for, and gives the focus back.
  await row.getByRole("link").focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: `Connection ${id}` });
  await panel.getByText("message.sent").waitFor();
  await panel.getByRole("link", { name: "Its lines in the log" }).waitFor();
  await panel.locator(":focus").waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await waitUntil(
    () => page.evaluate("document.activeElement.innerText.split('\\n').at(-1)"),
    (text) => text === id,
  );
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
  await untilEqual(() => replay.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Escape");
  await first.client.close();
  await first.ended;
  const { events } = await stage.ask("history", { text: "two" }) as {
    events: { at: string; seq: number }[];
  };
  // A field of times has whole seconds.
  const second = Math.ceil((Date.parse(events[0]!.at) + 1) / 1000) * 1000;
  await waitUntil(() => Promise.resolve(Date.now()), (now) => now >= second);
  await say("three");
  /** Looks again until the row of the consumer is as expected, sooner than the page does by itself. */
  const shows = (isConnected: boolean, lag: RegExp) =>
    waitUntil(async () => {
      await page.goto(`${stage.url}/#/connections`);
      await page.goto(`${stage.url}/#/connections/consumers`);
      await row.waitFor();
      return [
        await row.getByText("connected").count() === 1,
        lag.test(await row.locator('[data-name="Lag"]').innerText()),
      ].join();
    }, (found) => found === [isConnected, true].join());
  await shows(false, /^[2-9]$/);

  const dialog = page.getByRole("dialog");
  const place = dialog.getByLabel("Where to begin");
  const ask = async () => {
    await shows(false, /^\d+$/);
    await row.getByRole("button").click();
    await replay.click();
    await dialog.getByText(/gets up to \d+ events/).waitFor();
  };
  const move = async () => {
    await dialog.getByRole("button", { name: "Move" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText(/reader is now at \d+\./).waitFor();
  };
  let markers = 0;
  /** What the consumer gets, with a marker behind it, so that nothing else can follow. */
  const read = async (expected: readonly string[]) => {
    got.length = 0;
    const { client, ended } = await open();
    await until(expected.length);
    const marker = `marker ${++markers}`;
    await say(marker);
    await until(expected.length + 1);
    assertEquals(got, [...expected, marker]);
    // An event of another name may have come after its own.
    await shows(true, /^[01]$/);
    await client.close();
    await ended;
  };
  await ask();
  await place.selectOption("position");
  await dialog.getByLabel("Position").fill("999999999");
  await dialog.getByRole("button", { name: "Move" }).click();
  await dialog.getByText("Enter a whole number from 0").waitFor();
  await place.selectOption("oldest");
  await move();
  await page.getByText("reader is now at 0.").waitFor();
  await read(["one", "two", "three"]);
  await ask();
  await place.selectOption("time");
  await dialog.getByLabel("Time").fill(localTime(second));
  await dialog.getByLabel("Time").blur();
  await dialog.getByText(/gets up to \d+ events/).waitFor();
  await move();
  await read(["three", "marker 1"]);
  await ask();
  await place.selectOption("position");
  await dialog.getByLabel("Position").fill(String(events[0]!.seq));
  await move();
  await read(["three", "marker 1", "marker 2"]);
  await ask();
  await place.selectOption("oldest");
  await move();
  await ask();
  await place.selectOption("head");
  await move();
  await read([]);

  // A token of one account sees its own connections and consumers only.
  const { token } = await stage.ask("createToken", {
    name: "limited",
    scopes: ["read"],
    accounts: ["10001"],
  }) as { token: string };
  const other = await stage.open(`/#token=${token}`);
  await other.locator(".connection.connected").waitFor();
  await other.goto(`${stage.url}/#/connections`);
  await other.getByRole("row").filter({ hasText: "limited" }).first().waitFor();
  await other.getByText("this token lacks manage").waitFor();
  assertEquals(
    await other.getByRole("row").filter({ hasText: "admin" }).count(),
    0,
  );
  await other.goto(`${stage.url}/#/connections/consumers`);
  await other.getByText("No client has named itself").waitFor();

  await shows(false, /^\d+$/);
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
  await waitUntil(
    () => page.locator("dl", { hasText: "Signed in until" }).innerText(),
    (own) => /Scopes\s+read, send, manage\s+Accounts\s+all/.test(own),
  );
  await row("logLevel").getByText("changed here").waitFor();
  stage.assertNoProblem();
});

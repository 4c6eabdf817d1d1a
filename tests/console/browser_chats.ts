import { assertEquals } from "@std/assert";
import { bubble, messagesOf, until, write } from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

Deno.test("console: a message from an old client appears by itself, is counted and is answered", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  const client = stage.oldClient("20001");
  await client.login();
  await client.send("10001", "<b>from</b> 2005");
  const row = page.locator(".contacts a", { hasText: "老王" });
  await row.locator(".preview", { hasText: "<b>from</b> 2005" }).waitFor();
  await row.locator(".badge", { hasText: "1" }).waitFor();
  await until(() => page.title(), (title) => title.startsWith("(1) "));
  await page.locator("[aria-live]", { hasText: "<b>from</b> 2005" }).waitFor();

  await row.click();
  await bubble(page, "<b>from</b> 2005").waitFor();
  await row.locator(".badge").waitFor({ state: "detached" });
  await write(page, "from today");
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  const { from, text } = await client.mail("stranger_message");
  assertEquals({ from, text }, { from: "10001", text: "from today" });
  assertEquals(
    (await messagesOf(page)).map(({ text }) => text),
    ["<b>from</b> 2005", "from today"],
  );
  stage.assertNoProblem();
});

Deno.test("console: a message with unknown outcome is checked again and sent once", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.open();
  const keys: string[] = [];
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const bridge = socket.connectToServer();
    let lost: string | undefined;
    socket.onMessage((text) => {
      const { id, command, key } = JSON.parse(String(text));
      if (command === "send" && keys.push(key) === 1) lost = id;
      bridge.send(text);
    });
    bridge.onMessage((text) => {
      const frame = JSON.parse(String(text));
      const isSend = frame.event === "message.sent";
      // The message is sent, but the page receives neither its result nor its event.
      if (lost !== undefined && isSend && keys.length === 1) return;
      if (lost === undefined || frame.id !== lost) return socket.send(text);
      lost = undefined;
      const code = "outcome_unknown";
      const message = "The answer was lost";
      const error = { code, message, retriable: false };
      socket.send(JSON.stringify({ ...frame, ok: false, error }));
    });
  });
  await page.reload();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".contacts a").first().waitFor();
  await page.goto(`${stage.url}/#/chats/10001/20001`);
  await write(page, "once");
  const open = page.locator(".bubble.unknown");
  await open.getByText("Unknown whether this was sent").waitFor();
  await open.getByText("The answer was lost").waitFor();
  await open.getByRole("button", { name: "Check again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals((await messagesOf(page)).map(({ text }) => text), ["once"]);
  assertEquals([keys.length, new Set(keys).size], [2, 1]);
  const client = stage.oldClient("20001");
  await client.login();
  await client.mail("stranger_message");
  await write(page, "the end");
  const { text } = await client.mail("stranger_message");
  assertEquals(text, "the end");
  stage.assertNoProblem();
});

Deno.test("console: a message is shown once when its event overtakes its result", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  let answer: (() => void) | undefined;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const bridge = socket.connectToServer();
    let id: string | undefined;
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (frame.command === "send") id = frame.id;
      bridge.send(text);
    });
    bridge.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (answer !== undefined || id === undefined || frame.id !== id) {
        return socket.send(text);
      }
      answer = () => socket.send(text);
    });
  });
  await page.reload();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".contacts a").first().waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "once");
  const sent = page.locator(".bubble.own .meta", { hasText: "sent ·" });
  await sent.waitFor();
  const texts = async () => (await messagesOf(page)).map(({ text }) => text);
  assertEquals(await texts(), ["once"]);
  await until(() => Promise.resolve(answer), (one) => one !== undefined);
  answer!();
  await write(page, "the end");
  await until(texts, (all) => all.length === 2);
  assertEquals(await texts(), ["once", "the end"]);
  stage.assertNoProblem();
});

Deno.test("console: a message that cannot be sent is reported and can be sent again", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  const card = page.getByRole("listitem", { name: "10001" });
  await card.getByRole("button", { name: "Log out" }).click();
  await card.locator(".state.offline").waitFor();
  await card.getByText("logged out", { exact: true }).waitFor();
  await card.getByText("What to do").waitFor();
  await page.getByRole("link", { name: "Chats", exact: true }).click();
  const echo = page.locator(".contacts a", { hasText: "Echo" });
  await echo.locator(".dot.offline").waitFor();

  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "in vain");
  const failed = page.locator(".bubble.failed");
  await failed.getByText("Not sent").waitFor();
  await failed.getByText("Account 10001 is offline").waitFor();
  await page.goto(`${stage.url}/#/accounts`);
  await card.getByRole("button", { name: "Log in" }).click();
  await card.locator(".state.online").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals(
    (await messagesOf(page)).map(({ text }) => text),
    ["in vain"],
  );
  stage.assertNoProblem();
});

Deno.test("console: older messages are read from the journal on request", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const client = stage.oldClient("20001");
  await client.login();
  const said = Array.from({ length: 130 }, (_, at) => `message ${at + 1}`);
  for (const text of said) await client.send("10001", text);
  const page = await stage.openSignedIn();
  await page.locator(".contacts a", { hasText: "message 130" }).click();
  await bubble(page, "message 130").waitFor();
  const beginning = page.getByText("This is the beginning");
  while (!await beginning.isVisible()) {
    // The button disappears while it loads, and for good when everything is loaded.
    await page.getByRole("button", { name: "Show older" })
      .click({ timeout: 2000 }).catch(() => {});
  }
  assertEquals((await messagesOf(page)).map(({ text }) => text), said);
  stage.assertNoProblem();
});

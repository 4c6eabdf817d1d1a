import { assert, assertEquals } from "@std/assert";
import { intercept } from "./interceptor.ts";
import {
  atRest,
  listRows,
  NO_BRIDGE,
  openTab,
  textsOf,
  until,
  untilEqual,
  write,
} from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

Deno.test("console: a draft and a failed message survive another page, a reload and a revoked token", async () => {
  await using stage = await Stage.start();
  const visitor = await stage.addToken("visitor");
  const page = await stage.open();
  const socket = await intercept(page);
  socket.answer = ({ command }) =>
    command === "send" ? { error: "rejected" } : undefined;
  await page.goto(`${stage.url}/#token=${visitor}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "in vain");
  const failed = page.locator(".bubble.failed");
  await failed.getByText("It was not sent").waitFor();
  await page.locator(".composer textarea").fill("half a thought");
  const areThere = async () => {
    await failed.getByText("in vain").waitFor();
    await until(
      () => page.locator(".composer textarea").inputValue(),
      (text) => text === "half a thought",
    );
  };
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await until(
    () => page.locator(".composer textarea").inputValue(),
    (text) => text === "",
  );
  await page.goto(`${stage.url}/#/accounts`);
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await areThere();
  await page.reload();
  await areThere();
  await stage.revokeToken("visitor");
  await page.getByText("The session has ended").waitFor();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await areThere();

  const keys = () =>
    socket.sent.filter(({ command }) => command === "send")
      .map(({ key }) => key);
  assertEquals(keys().length, 1, "a failed message is not sent by itself");
  // Another one is gone once it is discarded.
  await write(page, "not wanted");
  const other = page.locator(".bubble.failed", { hasText: "not wanted" });
  await other.getByRole("button", { name: "Discard" }).click();
  await other.waitFor({ state: "detached" });
  await page.locator(".composer textarea").fill("half a thought");
  await page.reload();
  await areThere();
  await untilEqual(() => other.count(), 0);
  socket.answer = () => undefined;
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals(new Set(keys()).size, 3, "the failed key has its outcome");
  await page.keyboard.press("Enter");
  await page.goto(`${stage.url}/#/settings`);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" })
    .click();
  await page.getByLabel("Token").waitFor();
  await until(
    () => page.evaluate("JSON.stringify(localStorage)"),
    (saved) => !String(saved).includes("half a thought"),
  );
  stage.assertNoProblem();
});

Deno.test("console: what had not left when the page was reloaded is sent once the bridge is back", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE);
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await page.locator(".composer").waitFor();
  const socket = await intercept(page);
  await page.locator(".connection.connected").waitFor();
  // The bridge gets the message, and its answer is lost with the page.
  socket.answer = ({ command }) => command === "send" ? "drop" : undefined;
  await write(page, "left");
  await page.locator(".bubble.sending").waitFor();
  socket.answer = () => undefined;
  await page.reload();
  const unknown = page.locator(".bubble.unknown", { hasText: "left" });
  await unknown.waitFor();
  // On a busy machine its answer may be late too; asking once more sends nothing twice.
  await until(async () => {
    await unknown.getByRole("button", { name: "Check again" })
      .click({ timeout: 2000 }).catch(() => {});
    return await unknown.count();
  }, (count) => count === 0);
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  // The echo account says it once too.
  await page.locator(".bubble:not(.own)").waitFor();
  await untilEqual(() => textsOf(page), ["left", "left"]);
  stage.assertNoProblem();
});

Deno.test("console: a wait for the rate limit is shown, what never left is failed, and each close says why", async () => {
  await using stage = await Stage.start();
  stage.expected.push(/WebSocket connection to/);
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await page.locator(".composer").waitFor();
  const socket = await intercept(page);
  socket.commandsPerMinute = 10;
  await page.reload();
  socket.sent.length = 0;
  await page.locator(".connection.connected").waitFor();
  const last = page.locator(".bubble.waiting", { hasText: "m8" });
  for (let n = 1; n <= 8; n++) await write(page, `m${n}`);
  await last.getByText("waiting for the rate limit").waitFor();
  await page.locator(".strip-notice", { hasText: "rate limit" }).waitFor();
  const sent = socket.sent.length;
  assert(sent <= 9, `${sent} commands`);
  await last.getByRole("button", { name: "Withdraw" }).click();
  await last.waitFor({ state: "detached" });

  const notice = page.locator(".strip-notice");
  socket.close(4000);
  await notice.getByText("could not read what this page sent").waitFor();
  const failed = page.locator(".bubble.failed", { hasText: "m7" });
  await until(async () => {
    await page.locator(".messages").press("End");
    return await failed.getByText("Not sent").count();
  }, (count) => count === 1);
  assertEquals(await page.locator(".bubble.unknown").count(), 0);
  delete socket.commandsPerMinute;
  await notice.getByRole("button", { name: "Reload" }).click();
  await failed.getByRole("button", { name: "Try again" }).waitFor();
  await page.locator(".connection.connected").waitFor();
  socket.close(4009);
  await notice.getByText("has taken the place of this one").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: the fifty-first message waits in the composer, which says why", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  const socket = await intercept(page);
  socket.answer = ({ command }) => command === "send" ? "drop" : undefined;
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  for (let n = 1; n <= 50; n++) await write(page, `m${n}`);
  await page.locator(".composer textarea").fill("one more");
  await page.locator("#composer-hint", { hasText: "50 messages" }).waitFor();
  await page.keyboard.press("Enter");
  await untilEqual(
    () => page.locator(".composer textarea").inputValue(),
    "one more",
  );
  const send = page.getByRole("button", { name: "Send", exact: true });
  await until(() => send.isDisabled(), (is) => is);
  stage.assertNoProblem();
});

Deno.test("console: the composer grows with its text, and an input method's Enter sends nothing", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  const field = page.locator(".composer textarea");
  const height = async () => (await field.boundingBox())!.height;
  await field.fill("one line");
  const low = await atRest(height);
  await field.fill("1\n2\n3\n4");
  await until(height, (high) => high >= low + 60);
  await field.fill(Array(30).fill("x").join("\n"));
  await until(height, (high) => high > low + 60 && high < 8 * 22 + 40);
  await field.fill("你好");
  // Safari ends a composition before the key that ended it.
  await field.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
  await field.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  assertEquals(await page.locator(".bubble").count(), 0);
  assertEquals(await field.inputValue(), "你好");
  await field.press("Shift+Enter");
  assertEquals(await field.inputValue(), "你好\n");
  await field.fill("x".repeat(3600));
  await page.getByText("3600 of 4000 characters").waitFor();
  await field.fill("x".repeat(4001));
  await page.getByText("Too long: 4001").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: on a touch screen Enter starts a new line, and only the button sends", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({
    viewport: { width: 375, height: 700 },
    hasTouch: true,
    isMobile: true,
  }, "chats/10001/10000");
  const field = page.locator(".composer textarea");
  await field.fill("one");
  await field.press("Enter");
  assertEquals(await field.inputValue(), "one\n");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".bubble.own").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: the same text from two pages is shown once for each", async () => {
  await using stage = await Stage.start();
  const [one, two] = [
    await stage.openSignedIn({}, "chats/10002/10001"),
    await stage.openSignedIn({}, "chats/10002/10001"),
  ];
  for (const page of [one, two]) await page.locator(".composer").waitFor();
  await Promise.all([write(one, "twin"), write(two, "twin")]);
  for (const page of [one, two]) {
    await page.locator(".bubble.own").nth(1).waitFor();
    await page.waitForTimeout(500);
    await untilEqual(() => textsOf(page), ["twin", "twin"]);
  }
  const receiver = await stage.openSignedIn();
  await openTab(receiver, "Friends");
  await listRows(receiver).first().waitFor();
  stage.assertNoProblem();
});

import { assert, assertEquals } from "@std/assert";
import { intercept } from "./interceptor.ts";
import { scrollToRow, until, untilEqual } from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

/** Accounts as the bridge lists them. */
function fakeAccounts(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({
    uin: String(10001 + at),
    nickname: `name ${String(at * 7919 % count).padStart(4, "0")}`,
    state: at % 10 === 3 ? "refused" : "online",
    since: "2026-11-28T10:00:00.000Z",
    wanted: true,
    waiting: 0,
  }));
}

async function withAccounts(stage: Stage, count: number) {
  const page = await stage.open();
  const socket = await intercept(page);
  socket.answer = ({ command }) =>
    command === "accounts"
      ? { data: { accounts: fakeAccounts(count), counts: {} } }
      : undefined;
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/accounts`);
  return { page, socket };
}

Deno.test("console: an account is added and removed, and the list of frames masks its password", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "accounts");
  await page.getByRole("button", { name: "Add an account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("QQ number").fill("30001");
  await dialog.getByLabel("Password").fill("very-secret");
  await dialog.getByLabel("Nickname").fill("新人");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = page.getByRole("listitem", { name: "30001" });
  await card.locator(".state.online").waitFor();

  const menu = async (item: string) => {
    await card.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Log out");
  await card.getByRole("button", { name: "Log in" }).click();
  await card.locator(".state.online").waitFor();
  await page.getByRole("link", { name: "Events" }).click();
  await page.getByRole("link", { name: "Frames" }).click();
  const frames = page.locator(".frame-row");
  const added = frames.filter({ hasText: /command\s*addAccount/ });
  await scrollToRow(page, added);
  await added.click();
  const detail = page.locator(".explorer-detail");
  await detail.getByText('"••••"').waitFor();
  await detail.getByText("nothing goes over the QQ wire").waitFor();
  const login = frames.filter({ hasText: /command\s*login/ });
  await scrollToRow(page, login);
  await login.click();
  await detail.getByText("CMD=Login").waitFor();
  await detail.getByText("request · reconstructed").waitFor();
  await until(
    () => detail.innerText(),
    (text) => text.includes("&PS=••••&M5=1"),
  );
  assert(!(await page.content()).includes("very-secret"));

  await page.getByRole("link", { name: "Accounts" }).click();
  await menu("Remove account 30001");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await card.waitFor({ state: "detached" });
  stage.assertNoProblem();
});

Deno.test("console: a number that exists is refused in the form, and nothing has changed", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "accounts");
  await page.getByRole("button", { name: "Add an account" }).click();
  const dialog = page.getByRole("dialog");
  const add = dialog.getByRole("button", { name: "Add", exact: true });
  // Nothing is left to the browser's own messages.
  await add.click();
  await dialog.getByText("A QQ number has 1 to 20 digits").waitFor();
  await dialog.getByText("Enter a password.").waitFor();
  await untilEqual(() => page.evaluate("document.activeElement.name"), "uin");
  const number = dialog.getByLabel("QQ number");
  const problem = dialog.locator(
    `[id="${await number.getAttribute("aria-describedby")}"]`,
  );
  for (const typed of ["", "12a45", "-1", "1".repeat(21)]) {
    await number.fill(typed);
    await add.click();
    await until(
      () => problem.innerText(),
      (text) => text.startsWith("A QQ number has 1 to 20 digits"),
    );
    // It is read aloud, and belongs to its field.
    await untilEqual(() => problem.getAttribute("role"), "alert");
    await untilEqual(() => number.getAttribute("aria-invalid"), "true");
  }
  await dialog.getByLabel("QQ number").fill("10001");
  await dialog.getByLabel("Password").fill("another password");
  await add.click();
  await dialog.getByText("10001 is already here").waitFor();
  await dialog.getByRole("button", { name: "Change password" }).click();
  await page.locator(".detail").getByLabel("New password").waitFor();
  await page.reload();
  await page.locator(".detail .state-line .state.online").waitFor();
  await stage.oldClient("10001").login("demo");
  stage.assertNoProblem();
});

Deno.test("console: presence is shown as it is, in list and detail, also after a reload", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "accounts/10001");
  const select = page.locator(".detail").getByLabel("Presence");
  await select.selectOption("busy");
  const success = page.getByText("Presence set to busy");
  await success.waitFor();
  await page.locator(".timeline li", { hasText: "online" }).first().waitFor();
  // A success does not stand beside a later failure of another action.
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByText("Nothing was changed: all fields are empty").waitFor();
  await success.waitFor({ state: "detached" });
  for (let round = 0; round < 2; round++) {
    await page.getByRole("listitem", { name: "10001" })
      .getByText("10001 · busy").waitFor();
    await until(() => select.inputValue(), (value) => value === "busy");
    await page.reload();
  }
  stage.assertNoProblem();
});

for (
  const [locale, advice] of [
    ["en-US", "This number is logged in elsewhere"],
    ["zh-CN", "这个号码在别处登录了"],
  ] as const
) {
  Deno.test(`console: the advice for a replaced account stands once, in the page's language, with ${locale}`, async () => {
    await using stage = await Stage.start();
    const page = await stage.openSignedIn({ locale }, "accounts");
    const client = stage.oldClient("10001");
    await client.login("demo");
    const card = page.getByRole("listitem", { name: "10001" });
    await card.locator(".state.replaced").waitFor();
    await until(() => card.getByText(advice).count(), (count) => count === 1);
    const english = card.locator("[lang=en]");
    await untilEqual(() => english.filter({ visible: true }).count(), 0);
    stage.assertNoProblem();
  });
}

Deno.test("console: few accounts are cards with one primary action and nothing red", async () => {
  await using stage = await Stage.start();
  for (const count of [3, 12]) {
    const { page } = await withAccounts(stage, count);
    const cards = page.locator(".cards > li");
    await cards.nth(count - 1).waitFor();
    await untilEqual(() => cards.count(), count);
    for (const card of await cards.all()) {
      await until(() => card.locator(".primary").count(), (n) => n === 1);
    }
    await untilEqual(() => page.locator(".danger").count(), 0);
    if (count < 4) continue;
    await page.getByRole("listitem", { name: "10004" })
      .getByRole("button", { name: "Change password" }).waitFor();
  }
  stage.assertNoProblem();
});

Deno.test("console: 5,000 accounts are a table that sorts, filters, and draws only what is visible", async () => {
  await using stage = await Stage.start();
  const { page } = await withAccounts(stage, 5000);
  const rows = page.locator(".ui-table-body > .ui-row");
  await rows.first().waitFor();
  await until(
    () => page.getByRole("grid").getAttribute("aria-rowcount"),
    (count) => count === "5001",
  );
  await until(() => rows.count(), (count) => count <= 60);
  await page.getByRole("columnheader", { name: "Name" }).click();
  await rows.first().getByText("name 0000").waitFor();
  await rows.first().focus();
  await page.keyboard.press("End");
  await rows.filter({ hasText: "name 4999" }).waitFor();
  await until(
    () => page.evaluate("document.activeElement.innerText.slice(0, 40)"),
    (text) => String(text).includes("name 4999"),
  );
  await page.getByLabel("Filter by name or number").fill("name 1234");
  await rows.filter({ hasText: "name 1234" }).waitFor();
  await until(() => rows.count(), (count) => count === 1);
  await until(
    () => Promise.resolve(page.url()),
    (url) => url.includes("text=name"),
  );
  await page.getByLabel("Filter by name or number").fill("nobody");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await page.getByLabel("State", { exact: true }).selectOption("refused");
  await rows.first().getByText("refused").waitFor();
  await until(
    () => page.getByRole("grid").getAttribute("aria-rowcount"),
    (count) => count === "501",
  );
  await rows.first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".detail").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: an action on many goes on after a failure, says which failed, and stops on request", async () => {
  await using stage = await Stage.start();
  const { page, socket } = await withAccounts(stage, 50);
  const answer = socket.answer;
  let isSlow = false;
  socket.answer = (command) =>
    command.command === "logout"
      ? isSlow
        ? "drop"
        : command.account === "10003"
        ? { error: "unreachable" }
        : { data: { state: "offline" } }
      : answer(command);
  await page.locator(".ui-table-body input").first().check();
  await page.getByRole("button", { name: "Select all" }).click();
  await page.getByText("50 selected").waitFor();
  const logOut = async () => {
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Log out" })
      .click();
  };
  await logOut();
  const bulk = page.locator(".bulk");
  await bulk.getByText("49 of 50 done, 1 failed").waitFor();
  await bulk.locator("li", { hasText: "The QQ server cannot be reached" })
    .waitFor();
  const count = () =>
    Promise.resolve(
      socket.sent.filter(({ command }) => command === "logout").length,
    );
  assertEquals(await count(), 50);
  isSlow = true;
  await page.locator(".ui-table-body input").first().check();
  await page.getByRole("button", { name: "Select all" }).click();
  await logOut();
  await untilEqual(count, 54);
  await bulk.getByRole("button", { name: "Stop" }).click();
  await bulk.getByText("Stopped after 0 of 50").waitFor();
  assertEquals(await count(), 54);
  stage.assertNoProblem();
});

import { assert, assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { until, untilEqual } from "../page.ts";
import { Stage } from "../stage.ts";

const rows = (page: Page) => page.locator(".ui-table-body > .ui-row");

async function open(stage: Stage, page: Page, query = "") {
  await page.goto(`${stage.url}/#/logs${query}`);
  await page.locator(".explorer-head", { hasText: "Live" }).waitFor();
}

Deno.test("logs: lines arrive, the filters select them, and one folds open", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await open(stage, page);
  const state = rows(page).filter({ hasText: "account state changed" });
  await state.first().waitFor();
  assertEquals(await rows(page).filter({ hasText: "debug" }).count(), 0);

  // The account's filter is the bridge's, and is in the address.
  await page.getByLabel("Account").fill("10002");
  await page.keyboard.press("Enter");
  await until(
    () => rows(page).locator(".of-fields").allInnerTexts(),
    (all) => all.length > 0 && all.every((one) => one.includes("10002")),
  );
  await untilEqual(
    () => Promise.resolve(new URL(page.url()).hash),
    "#/logs?account=10002",
  );
  await state.last().click();
  const detail = page.getByRole("region", { name: "Line", exact: true });
  await detail.getByText('"account state changed"').waitFor();
  assertEquals(
    await detail.getByRole("link", { name: "Account 10002" })
      .getAttribute("href"),
    "#/accounts/10002",
  );

  await page.getByRole("searchbox", { name: "Text" }).fill("state online");
  await until(
    () => rows(page).locator(".of-fields").allInnerTexts(),
    (all) => all.length > 0 && all.every((one) => one.includes("online")),
  );
  stage.assertNoProblem();
});

Deno.test("logs: the level of the bridge is changed here, a pause keeps what is shown, and no secret is in a line", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await open(stage, page, "?level=debug");
  await page.getByLabel("Level of the bridge").selectOption("debug");
  await page.getByText("until its next start").waitFor();
  await stage.command("ping", {});
  await rows(page).filter({ hasText: "/api/ping" }).waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  const before = await page.getByRole("grid").getAttribute("aria-rowcount");
  await stage.command("addAccount", { uin: "10004", password: "open-sesame" });
  await page.getByText(/Paused: [1-9]/).waitFor();
  assertEquals(
    await page.getByRole("grid").getAttribute("aria-rowcount"),
    before,
  );
  await page.getByRole("button", { name: "Resume" }).click();
  await rows(page).filter({ hasText: "/api/addAccount" }).waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const text = await Deno.readTextFile((await (await download).path())!);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert(lines.some(({ path }) => path === "/api/addAccount"), text);
  assert(!text.includes("open-sesame"));

  // A secret in an address is shown as redacted.
  const secret = "planted-secret-of-this-test-0123456789abcdefg";
  await stage.command("setTarget", {
    kind: "onebot-reverse",
    url: `ws://127.0.0.1:9/${secret}`,
  });
  await rows(page).filter({ hasText: "[redacted]" }).first().waitFor();
  assert(!(await page.content()).includes(secret));
  await open(stage, page, "?level=error");
  await page.getByText(/^Nothing at the level error since \d\d:\d\d$/)
    .waitFor();
  stage.assertNoProblem();
});

Deno.test("logs: lines that the bridge dropped are counted, and many lines stay few elements", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  const entry = (at: number) =>
    `id:${at}\ndata:${
      JSON.stringify({
        time: new Date().toISOString(),
        level: "info",
        message: `line ${at}`,
      })
    }\n\n`;
  const lines = Array.from({ length: 6000 }, (_, at) => entry(at + 1));
  await page.route("**/logs?**", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `id:0\nevent:gap\ndata:{"dropped":120}\n\n${lines.join("")}`,
    }));
  await page.goto(`${stage.url}/#/logs`);
  await rows(page).filter({ hasText: "line 6000" }).first().waitFor();
  await page.getByText(/older ones were dropped: this page keeps 5000/)
    .waitFor();
  await until(() => rows(page).count(), (count) => count < 80);
  await page.route("**/logs?**", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `id:0\nevent:gap\ndata:{"dropped":120}\n\n${lines[0]}`,
    }));
  await page.locator(".explorer-filters select").first().selectOption("warn");
  await rows(page).filter({ hasText: "… 120 lines were dropped" }).first()
    .waitFor();
  stage.assertNoProblem();
});

Deno.test("logs: a token of one account learns what it lacks", async () => {
  await using stage = await Stage.start();
  const { token } = await stage.ask("createToken", {
    name: "limited",
    accounts: ["10001"],
  }) as { token: string };
  const page = await stage.open(`/#token=${token}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/logs`);
  await page.locator(".note.warn").waitFor();
  assertEquals(await page.locator(".logs").count(), 0);
  assertEquals(
    await page.getByRole("link", { name: "Logs" }).count(),
    0,
  );
  stage.assertNoProblem();
});

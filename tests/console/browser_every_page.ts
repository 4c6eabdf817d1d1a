import { assert, assertEquals } from "@std/assert";
import type { Page } from "./deps.ts";
import { findingsOf, openTab, write } from "./page.ts";
import { PHONE, Stage } from "./stage.ts";

const PAGES = [
  "accounts",
  "events",
  "connections",
  "connections/consumers",
  "tokens",
  "targets",
  "overview",
  "figures",
  "settings",
  "chats/10001/10000",
];

Deno.test("console: the language follows the browser until the user chooses one", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({ locale: "zh-CN" });
  const lang = () => page.evaluate("document.documentElement.lang");
  await page.getByRole("link", { name: "账号" }).waitFor();
  assertEquals(await lang(), "zh-CN");
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  assertEquals(await lang(), "en");
  await page.getByLabel("Colours").selectOption("dark");
  await page.reload();
  await page.getByRole("link", { name: "Accounts" }).waitFor();
  const scheme = "getComputedStyle(document.documentElement).colorScheme";
  assertEquals(await page.evaluate(scheme), "dark");
  stage.assertNoProblem();
});

Deno.test("console: the keyboard is enough, and the focus returns", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.reload();
  await page.getByRole("link", { name: "Accounts" }).waitFor();
  await page.keyboard.press("Tab");
  const focused = () =>
    page.evaluate(
      "document.activeElement.innerText || document.activeElement.id",
    );
  assertEquals(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate("document.activeElement.id"), "content");
  await page.getByRole("link", { name: "Accounts" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add an account" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assertEquals(await focused(), "Add an account");
  stage.assertNoProblem();
});

Deno.test("console: every page fits a phone's width", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn(PHONE);
  const width = "document.documentElement.scrollWidth";
  assertEquals(await page.evaluate(width), 390);
  for (const path of PAGES) {
    await page.goto(`${stage.url}/#/${path}`);
    await page.locator("main h1, .pane h2").first().waitFor();
    assertEquals(await page.evaluate(width), 390, path);
  }
  await write(page, "a long word: " + "x".repeat(200));
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals(await page.evaluate(width), 390);
  assert(
    !await page.locator(".column").isVisible(),
    "the contact list covers the conversation",
  );
  await page.getByRole("link", { name: "Back" }).click();
  await page.locator(".tabs").waitFor();
  assert(await page.locator(".column").isVisible());
  stage.assertNoProblem();
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`console: axe finds no problem on any page in ${colorScheme} colours`, async () => {
    await using stage = await Stage.start();
    await stage.addAccount("20001", "老王");
    const findings: string[] = [];
    const look = async (page: Page, what: string) => {
      for (const one of await findingsOf(page)) {
        findings.push(`${what}: ${one}`);
      }
    };
    const out = await stage.open("/", { colorScheme });
    await out.getByLabel("Token").waitFor();
    await look(out, "sign-in");

    const page = await stage.openSignedIn({ colorScheme });
    const client = stage.oldClient("20001");
    await client.login();
    await client.send("10001", "look at this");
    await client.ask({
      cmd: "Ack_AddToList",
      target: "10001",
      answer: "ask",
      reason: "me",
    });
    await page.locator(".ui-list .badge").first().waitFor();
    await page.goto(`${stage.url}/#/chats/10001/10000`);
    await write(page, "hello");
    await page.locator(".bubble:not(.own)").waitFor();
    await look(page, "conversation");
    await page.getByRole("button", { name: "Profile of" }).click();
    await page.getByText("Introduction").waitFor();
    await look(page, "profile");
    await page.keyboard.press("Escape");
    await openTab(page, "Requests");
    await page.getByRole("button", { name: "Accept" }).waitFor();
    await look(page, "requests");
    await openTab(page, "Find");
    await look(page, "find");
    await page.getByRole("link", { name: "Accounts" }).click();
    await page.locator(".account").first().waitFor();
    await look(page, "accounts");
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.getByRole("dialog").waitFor();
    await look(page, "adding");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Events" }).click();
    await page.getByRole("link", { name: "Frames" }).click();
    await page.locator(".frame-row").first().click();
    await look(page, "events");
    await page.getByRole("link", { name: "Figures" }).click();
    await page.locator(".chart canvas").first().waitFor();
    await page.locator(".of-count .value", { hasText: /^\d+$/ }).waitFor();
    await look(page, "figures");
    for (
      const [path, ready] of [
        ["tokens", ".page h1"],
        ["targets", ".ui-nothing"],
        ["connections", ".data-table"],
        ["connections/consumers", ".page-tabs"],
        ["settings", ".data-table"],
      ] as const
    ) {
      await page.goto(`${stage.url}/#/${path}`);
      await page.locator(ready).first().waitFor({ state: "attached" });
      await page.waitForTimeout(300);
      await look(page, path);
    }

    const phone = await stage.openSignedIn({ ...PHONE, colorScheme });
    await look(phone, "phone");
    await phone.goto(`${stage.url}/#/chats/10001/10000`);
    await phone.locator(".bubble").first().waitFor();
    await look(phone, "conversation on a phone");
    assertEquals(findings, []);
    stage.assertNoProblem();
  });
}

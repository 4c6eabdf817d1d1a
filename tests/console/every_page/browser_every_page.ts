import { assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { until, untilEqual, write } from "../page.ts";
import { PHONE, Stage } from "../stage.ts";
import { PAGES, show } from "./pages.ts";

/** WCAG's text spacing (1.4.12), as the user's own style. */
const SPACING = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(\`* {
    line-height: 1.5 !important;
    letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
  } p { margin-block-end: 2em !important; }\`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
`;

/** Widths of section 6, and 1280 at 200 % and 400 %. */
const WIDTHS = [320, 375, 640, 768, 1280, 1600];

/** How far the content is wider than the window, in pixels. */
const overflowOf = (page: Page) =>
  page.evaluate(
    "document.documentElement.scrollWidth - innerWidth",
  ) as Promise<number>;

/** The same once the layout has followed the window, which takes some frames. */
async function lastOverflowOf(page: Page): Promise<number> {
  let overflow = 1;
  for (let frame = 0; overflow > 0 && frame < MAX_FRAMES; frame++) {
    await page.evaluate("new Promise(requestAnimationFrame)");
    overflow = await overflowOf(page);
  }
  return overflow;
}

/** Frames in which a layout must be done. */
const MAX_FRAMES = 50;

Deno.test("every page: nothing overflows from 320 to 1600 px, at 200 %, with text spacing, forced colours and reduced motion", async () => {
  await using stage = await Stage.start();
  await stage.command("createToken", { name: "reader", scopes: ["read"] });
  await stage.command("setTarget", {
    kind: "hook",
    url: "http://127.0.0.1:9/hook",
  });
  await stage.command("send", { account: "10001", to: "10000", text: "echo" });
  const plain = await stage.openSignedIn();
  const spaced = await stage.openSignedIn({
    reducedMotion: "reduce",
    forcedColors: "active",
  });
  await spaced.evaluate(SPACING);
  const wide: string[] = [];
  for (const [page, what] of [[plain, ""], [spaced, " spaced"]] as const) {
    for (const row of PAGES) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await show(page, row);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = await lastOverflowOf(page);
        if (overflow > 0) wide.push(`${row.path} ${width}${what} ${overflow}`);
      }
    }
  }
  assertEquals(wide, []);
  // Reduced motion: nothing moves, and no animation goes on for ever.
  await spaced.emulateMedia({ reducedMotion: "reduce" });
  await until(
    () => spaced.evaluate("document.getAnimations().length"),
    (count) => count === 0,
  );
  stage.assertNoProblem();
});

Deno.test("console: the language follows the browser until the user chooses one", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({ locale: "zh-CN" });
  const lang = () => page.evaluate("document.documentElement.lang");
  await page.getByRole("link", { name: "账号" }).waitFor();
  await untilEqual(lang, "zh-CN");
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  await untilEqual(lang, "en");
  await page.getByLabel("Colours").selectOption("dark");
  await page.reload();
  await page.getByRole("link", { name: "Accounts" }).waitFor();
  const scheme = "getComputedStyle(document.documentElement).colorScheme";
  await untilEqual(() => page.evaluate(scheme), "dark");
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
  await untilEqual(focused, "Skip to the content");
  await page.keyboard.press("Enter");
  await untilEqual(
    () => page.evaluate("document.activeElement.id"),
    "content",
  );
  await page.getByRole("link", { name: "Accounts" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add an account" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await untilEqual(focused, "Add an account");
  stage.assertNoProblem();
});

Deno.test("console: on a phone the conversation covers the list, and a long word fits", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn(PHONE);
  const width = () => page.evaluate("document.documentElement.scrollWidth");
  await untilEqual(width, 390);
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await write(page, "a long word: " + "x".repeat(200));
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  await untilEqual(width, 390);
  // The contact list does not cover the conversation.
  await page.locator(".column").waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "Back" }).click();
  await page.locator(".tabs").waitFor();
  await page.locator(".column").waitFor();
  stage.assertNoProblem();
});

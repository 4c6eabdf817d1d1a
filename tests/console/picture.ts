/** Makes the README's pictures of the console: `deno task console:picture`. @module */

import type { Page } from "./deps.ts";
import { type PageOptions, Stage } from "./stage.ts";

const TALK: readonly [from: "me" | "them", text: string][] = [
  ["them", "在吗？"],
  ["me", "在。用的还是 2005 年的手机客户端？"],
  ["them", "对，诺基亚 6600，GetMsgEx 每两秒一次。"],
  ["me", "And here it is a WebSocket push."],
  ["them", "刚才 kill -9 了一次，一条也没丢。"],
];

async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
  await page.locator(".bubble", { hasText: text }).getByText("sent ·")
    .waitFor();
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.screenshot({
    path: new URL(`../../bridge/console/${name}.png`, import.meta.url).pathname,
  });
}

await using stage = await Stage.start();
const names: Record<string, string> = { "10003": "小红", "10004": "Wang" };
for (const [uin, nickname] of Object.entries(names)) {
  await stage.addAccount(uin, nickname);
}
const friend = stage.oldClient("10003");
await friend.login();
const options: PageOptions = { viewport: { width: 1200, height: 720 } };
const page = await stage.openSignedIn(options);
await friend.ask({
  cmd: "Ack_AddToList",
  target: "10001",
  answer: "ask",
  reason: "我是小红",
});
await page.getByRole("button", { name: "Requests" }).click();
await page.getByRole("button", { name: "Accept" }).click();
const other = stage.oldClient("10004");
await other.login();
await other.ask({
  cmd: "Ack_AddToList",
  target: "10001",
  answer: "ask",
  reason: "Wang from work",
});
await page.getByRole("button", { name: "Friends" }).click();
await page.locator(".contacts a", { hasText: "小红" }).click();
for (const [from, text] of TALK) {
  if (from === "me") await write(page, text);
  else {
    await friend.send("10001", text);
    await page.locator(".bubble p", { hasText: text }).waitFor();
  }
}
await shoot(page, "picture");
if (Deno.args[0] === "more") {
  const phone = await stage.openSignedIn({
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    locale: "zh-CN",
  });
  await shoot(phone, "phone");
  await phone.locator(".contacts a", { hasText: "小红" }).click();
  await shoot(phone, "phone_chat");
  for (const view of ["Accounts", "Inspector", "Figures"]) {
    await page.getByRole("link", { name: view }).click();
    await page.waitForTimeout(2500);
    await shoot(page, view.toLowerCase());
  }
}

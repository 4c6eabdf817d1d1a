/**
 * Makes the picture of the front page of the console anew: `deno run -A tests/docs/picture.ts`.
 *
 * @module
 */

import { delay } from "@std/async";
import { ChromiumPage } from "../support/chromium.ts";
import { PageStage } from "./stage.ts";

await using stage = await PageStage.start();
await using page = await ChromiumPage.open(stage.console);
await stage.send("10001", "10002", "晚上好！");
await stage.send("10002", "10001", "Good evening! 好久不见");
await stage.send("10001", "10002", "Does the old protocol still work?");
await stage.send("10002", "10001", "As it did in 2005.");
await stage.send("10001", "10000", "你好，回声");
await page.until('document.querySelector(".connection.connected") !== null');
await page.evaluate('location.hash = "#/chats/10001"');
await page.until('document.body.innerText.includes("2005")');
await page.evaluate(`
  [...document.querySelectorAll("a, button")]
    .find(({ innerText }) => innerText.includes("Alice") && innerText.includes("2005"))
    .click()
`);
await page.until('document.body.innerText.includes("晚上好")');
// Wait for fonts, transitions, and the friend list that the bridge reads.
await delay(3500);
await Deno.writeFile(
  new URL("../../bridge/console/console.png", import.meta.url),
  await page.picture(),
);

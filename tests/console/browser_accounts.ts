import { assert, assertMatch } from "@std/assert";
import { Stage } from "./stage.ts";

Deno.test("console: an account is added and removed, and the list of frames masks its password", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("button", { name: "Add an account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("QQ number").fill("30001");
  await dialog.getByLabel("Password").fill("very-secret");
  await dialog.getByLabel("Nickname").fill("新人");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = page.getByRole("listitem", { name: "30001" });
  await card.locator(".state.online").waitFor();

  await card.getByRole("button", { name: "Log out" }).click();
  await card.getByRole("button", { name: "Log in" }).click();
  await card.locator(".state.online").waitFor();
  await page.getByRole("link", { name: "Events" }).click();
  const frames = page.locator(".frame-row");
  await frames.filter({ hasText: /commandaddAccount/ }).click();
  const detail = page.locator(".detail");
  await detail.getByText('"password": "••••"').waitFor();
  await detail.getByText("nothing goes over the QQ wire").waitFor();
  await frames.filter({ hasText: /commandlogin/ }).click();
  await detail.getByText("CMD=Login").waitFor();
  await detail.getByText("request · reconstructed").waitFor();
  assertMatch(await detail.innerText(), /&PS=••••&M5=1/);
  assert(!(await page.content()).includes("very-secret"));

  await page.getByRole("link", { name: "Accounts" }).click();
  await card.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" })
    .click();
  await card.waitFor({ state: "detached" });
  stage.assertNoProblem();
});

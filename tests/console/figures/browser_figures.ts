import { assert, assertEquals } from "@std/assert";
import { NO_BRIDGE, until } from "../page.ts";
import { Stage } from "../stage.ts";

Deno.test("figures: charts, values at a time, tables, ranges and thresholds; an outage stays a gap; a token of one account sees why not", async () => {
  const from = Date.now();
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  const since = await page.getByRole("listitem", { name: "10001" })
    .locator("time").getAttribute("datetime");
  assert(
    Date.parse(since!) >= from && Date.parse(since!) <= Date.now(),
    since!,
  );

  await page.goto(`${stage.url}/#/figures`);
  const chart = (name: string) =>
    page.getByRole("region", { name, exact: true });
  const value = (name: string) => chart(name).locator(".value");
  const accounts = chart("Accounts, by state");
  await value("Accounts, by state").filter({ hasText: /^2$/ }).waitFor();
  await value("Connections, by kind").filter({ hasText: /^[1-9]/ }).waitFor();
  await value("Time from a ping of this page to its answer")
    .filter({ hasText: /^[\d.]+ ms$/ }).waitFor();
  await chart("Time to append to the journal")
    .getByText("look from 100.0 ms on").waitFor();
  const rate = chart("Events per second, by kind");
  await until(async () => {
    const message = { account: "10002", to: "10001", text: "tick" };
    await stage.command("send", message);
    return await rate.locator(".legend").innerText();
  }, (text) => /message\.sent\s*(0\.[1-9]|[1-9])/.test(text));

  // Keys move through the values of all charts, and say them.
  const slider = accounts.getByRole("slider");
  const spoken = () => slider.getAttribute("aria-valuetext");
  await slider.focus();
  await page.keyboard.press("Home");
  await until(() => slider.getAttribute("aria-valuenow"), (at) => at === "0");
  const first = await spoken();
  assert(/^\d\d:\d\d:\d\d, .*online \d/.test(first!), first!);
  await page.keyboard.press("ArrowRight");
  await until(() => slider.getAttribute("aria-valuenow"), (at) => at === "1");
  assert(await spoken() !== first);
  const time = first!.slice(0, 8);
  await page.keyboard.press("ArrowLeft");
  await accounts.getByText(time).waitFor();
  await rate.getByText(time).waitFor();
  await accounts.locator(".crosshair").waitFor();
  await page.keyboard.press("Escape");
  await accounts.locator(".crosshair").waitFor({ state: "hidden" });
  // So does the pointer.
  await slider.hover();
  await rate.locator(".crosshair").waitFor();

  await accounts.getByRole("button", { name: "Table" }).click();
  const table = accounts.getByRole("table");
  await table.getByRole("columnheader", { name: "online" }).waitFor();
  await table.getByRole("row").nth(1).getByText("2", { exact: true }).first()
    .waitFor();
  assert(/^\d\d:\d\d:\d\d$/.test(
    await table.getByRole("rowheader").first().innerText(),
  ));
  await page.getByRole("button", { name: "24 hours" }).click();
  await page.getByRole("button", { name: "24 hours", pressed: true }).waitFor();
  assertEquals(new URL(page.url()).hash, "#/figures?range=24h");
  await accounts.locator("canvas").waitFor();
  await page.getByRole("button", { name: "10 minutes" }).click();

  const limited = await stage.addToken("one", "--accounts=10001");
  const other = await stage.open(`/#token=${limited}`);
  await other.locator(".connection.connected").waitFor();
  await other.goto(`${stage.url}/#/figures`);
  await other.locator(".note.warn").waitFor();
  assertEquals(await other.locator(".chart").count(), 0);
  await other.close();

  // A bridge that starts again has forgotten its figures; the page has not.
  await value("Accounts, by state").filter({ hasText: /^2$/ }).waitFor();
  stage.expected.push(NO_BRIDGE);
  const topOf = async () => (await accounts.boundingBox())!.y;
  const top = await topOf();
  await stage.kill();
  const killed = Date.now();
  await value("Accounts, by state").filter({ hasText: /^—$/ }).waitFor();
  await page.getByText(/^as of \d\d:\d\d:\d\d\.?$/i).waitFor();
  assertEquals(await topOf(), top);
  await until(() => Promise.resolve(Date.now() - killed), (ms) => ms > 5000);
  await stage.restart();
  await accounts.getByText(/^not connected \d\d:\d\d:\d\d to \d\d:\d\d:\d\d$/)
    .waitFor();
  await value("Accounts, by state").filter({ hasText: /^2$/ }).waitFor();
  await slider.focus();
  await page.keyboard.press("Home");
  await until(spoken, (text) => text!.startsWith(time));
  stage.assertNoProblem();
});

import { assert, assertEquals } from "@std/assert";
import { atRest, NO_BRIDGE, until, untilEqual } from "../page.ts";
import { Stage } from "../stage.ts";

Deno.test("figures: charts, values at a time, tables, ranges and thresholds; an outage stays a gap; a token of one account sees why not", async () => {
  const from = Date.now();
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  // The labels that each chart draws.
  await page.evaluate(`(() => {
    globalThis.drawn = new Map();
    const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
    Object.assign(CanvasRenderingContext2D.prototype, {
      clearRect(...box) {
        drawn.set(this.canvas, []);
        clearRect.apply(this, box);
      },
      fillText(text, ...at) {
        drawn.get(this.canvas)?.push(text);
        fillText.call(this, text, ...at);
      },
    });
  })()`);
  const timeLabels = async () =>
    (await page.evaluate(
      "[...drawn].filter(([one]) => one.isConnected).map(([, all]) => all)",
    ) as string[][]).map((all) => all.filter((one) => one.includes(":")));
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
  // From the first values on, times are whole and differ.
  await until(timeLabels, (charts) => charts.some((all) => all.length > 0));
  for (const labels of await timeLabels()) {
    assertEquals(labels.filter((one) => !/^\d\d:\d\d:\d\d$/.test(one)), []);
    assertEquals(labels, [...new Set(labels)]);
  }
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
  // The first second may have no value yet: the bridge began within it.
  assert(/^\d\d:\d\d:\d\d, .*online [\d—]/.test(first!), first!);
  await page.keyboard.press("ArrowRight");
  await until(() => slider.getAttribute("aria-valuenow"), (at) => at === "1");
  assert(await spoken() !== first, first!);
  const time = first!.slice(0, 8);
  await page.keyboard.press("ArrowLeft");
  await untilEqual(spoken, first);
  // A busy bridge may miss a second, and has the next ones.
  await until(async () => {
    await page.keyboard.press("ArrowRight");
    return await spoken();
  }, (text) => /online \d/.test(text!));
  await page.keyboard.press("Home");
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
  await untilEqual(
    () => Promise.resolve(new URL(page.url()).hash),
    "#/figures?range=24h",
  );
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
  const top = await atRest(topOf);
  await stage.kill();
  const killed = Date.now();
  await value("Accounts, by state").filter({ hasText: /^—$/ }).waitFor();
  await page.getByText(/^as of \d\d:\d\d:\d\d\.?$/i).waitFor();
  await untilEqual(topOf, top);
  await until(() => Promise.resolve(Date.now() - killed), (ms) => ms > 5000);
  await stage.restart();
  await accounts.getByText(/^not connected \d\d:\d\d:\d\d to \d\d:\d\d:\d\d$/)
    .waitFor();
  await value("Accounts, by state").filter({ hasText: /^2$/ }).waitFor();
  // No line crosses it: columns without the line's colour lie between others.
  const widestGap = () =>
    page.evaluate(`(() => {
      const card = document.querySelector("[aria-label='Accounts, by state']");
      const canvas = card.querySelector("canvas");
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext("2d");
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const colour = getComputedStyle(card.querySelector(".chart .line-0"))
        .color.match(/\\d+/g).slice(0, 3).map(Number);
      let widest = 0;
      let last;
      for (let x = 0; x < width; x++) {
        for (let y = 0; y < height; y++) {
          const at = (y * width + x) * 4;
          const isLine = data[at + 3] > 200 &&
            colour.every((one, i) => Math.abs(one - data[at + i]) < 24);
          if (!isLine) continue;
          widest = Math.max(widest, x - (last ?? x));
          last = x;
          break;
        }
      }
      return widest;
    })()`) as Promise<number>;
  await until(widestGap, (pixels) => pixels >= 8);
  await slider.focus();
  await page.keyboard.press("Home");
  await until(spoken, (text) => text!.startsWith(time));
  stage.assertNoProblem();
});

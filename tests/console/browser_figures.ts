import { delay } from "@std/async";
import { assert } from "@std/assert";
import { until } from "./page.ts";
import { Stage } from "./stage.ts";

Deno.test("console: events per second, latency, connections, and the time of an account state", async () => {
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

  await page.getByRole("link", { name: "Figures" }).click();
  await page.locator(".of-time .value", { hasText: /^[\d.]+ ms$/ }).waitFor();
  await page.locator(".of-count .value", { hasText: /^1$/ }).waitFor();
  const rate = page.locator(".of-rate .value");
  await rate.filter({ hasText: /^\d+$/ }).waitFor();
  while (!/^[1-9]/.test(await rate.innerText())) {
    const message = { account: "10002", to: "10001", text: "tick" };
    await stage.command("send", message);
    // Stays below the commands per minute of a token.
    await delay(600);
  }
  stage.assertNoProblem();
});

Deno.test("console: a chart shows its first value before the second arrives", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  let looks = 0;
  await page.route("**/metrics", (route) => {
    return looks++ === 0 ? route.continue() : route.fulfill({ body: "" });
  });
  await page.goto(`${stage.url}/#/figures`);
  await page.locator(".of-count .value", { hasText: /^\d+$/ }).waitFor();
  const ofTheLine = () =>
    page.locator(".of-count canvas").evaluate((canvas) => {
      const { width, height } = canvas as unknown as Canvas;
      const { data } = (canvas as unknown as Canvas).getContext("2d")
        .getImageData(0, 0, width, height);
      const [, ...line] = /(\d+), (\d+), (\d+)/.exec(
        (globalThis as unknown as View)
          .getComputedStyle((canvas as unknown as Canvas).closest(".chart"))
          .color,
      )!;
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (line.every((one, index) => data[at + index] === Number(one))) {
          count++;
        }
      }
      return count;
    });
  await until(ofTheLine, (pixels) => pixels > 4);
  stage.assertNoProblem();
});

/** The parts of a canvas that the test reads. */
interface Canvas {
  width: number;
  height: number;
  closest(selector: string): unknown;
  getContext(kind: "2d"): {
    getImageData(...area: [number, number, number, number]): {
      data: Uint8ClampedArray;
    };
  };
}

interface View {
  getComputedStyle(element: unknown): { color: string };
}

Deno.test("console: what the bridge measured is shown as charts and tables in three ranges, and not to a token of one account", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "figures");
  const accounts = page.getByRole("region", { name: "Accounts, by state" });
  await accounts.locator("canvas").waitFor();
  const online = accounts.locator(".legend li").filter({ hasText: /^online/ });
  await online.filter({ hasText: "online2" }).waitFor();
  await accounts.getByRole("button", { name: "Table" }).click();
  const table = accounts.getByRole("table");
  await table.getByRole("columnheader", { name: "online" }).waitFor();
  await table.getByRole("row").nth(3).getByText("2", { exact: true }).first()
    .waitFor();
  assert(/^\d\d:\d\d:\d\d$/.test(
    await table.getByRole("rowheader").first().innerText(),
  ));
  await page.getByRole("button", { name: "24 hours" }).click();
  await page.getByRole("button", { name: "24 hours", pressed: true }).waitFor();
  await accounts.getByText("—").first().waitFor();

  const limited = await stage.addToken("one", "--accounts=10001");
  const other = await stage.open(`/#token=${limited}`);
  await other.locator(".connection.connected").waitFor();
  await other.goto(`${stage.url}/#/figures`);
  await other.getByText("this token reaches only some").waitFor();
  stage.assertNoProblem();
});

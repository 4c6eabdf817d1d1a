import { assert, assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import {
  atRest,
  nameConsumer,
  until,
  untilEqual,
  untilOnline,
} from "../page.ts";
import { Stage, TOKEN } from "../stage.ts";

const problems = (page: Page) => page.locator(".problem");

async function textOf(page: Page): Promise<string> {
  await page.locator(".verdict").waitFor();
  return await page.locator(".verdict").innerText();
}

/** `/readyz` says with its status that the bridge is not ready, which a browser logs. */
const UNREADY = /status of 503/;

/** Makes an account that another client takes over, a target that nobody answers, a consumer that lags, and wrong tokens. */
async function breakThings(stage: Stage) {
  await stage.command("addAccount", { uin: "20001", password: "secret" });
  await untilOnline(stage, "20001");
  await stage.oldClient("20001").login();
  await stage.command("setTarget", {
    kind: "hook",
    url: "http://127.0.0.1:9/hook",
  });
  await stage.command("send", { account: "10001", to: "10002", text: "hi" });
  await tryWrongToken(stage);
}

async function tryWrongToken(stage: Stage) {
  const response = await fetch(`${stage.url}/api/ping`, {
    method: "POST",
    headers: { authorization: "Bearer wrong" },
  });
  await response.body?.cancel();
}

Deno.test("overview: a manager begins here, and one line says that all is well", async () => {
  await using stage = await Stage.start();
  // What is not so yet, the page asks for again only after 15 s.
  for (const uin of ["10001", "10002"]) await untilOnline(stage, uin);
  const page = await stage.open(`/#token=${TOKEN}`);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await untilEqual(
    () => Promise.resolve(new URL(page.url()).hash),
    "#/overview",
  );
  await until(
    () => textOf(page),
    (text) => text === "Ready. Everything works.",
  );
  assertEquals(await problems(page).count(), 0);
  const accounts = page.getByRole("region", { name: "Accounts" });
  await accounts.locator(".overview-value", { hasText: /^2$/ }).waitFor();
  await page.getByRole("region", { name: "Bridge" })
    .getByText("running for").waitFor();
  await page.getByRole("region", { name: "Journal" })
    .getByText(/Positions 1 to \d+/).waitFor();
  stage.assertNoProblem();
});

Deno.test("overview: each problem is named, and leads to where it is mended", async () => {
  await using stage = await Stage.start();
  await nameConsumer(stage);
  await stage.kill();
  await stage.fillJournal(
    Array.from({ length: 1100 }, (_, at) => ({
      account: "10001",
      event: "message" as const,
      data: { from: "10002", text: `number ${at}` },
    })),
  );
  await stage.restart();
  await breakThings(stage);
  stage.expected.push(UNREADY);
  const page = await stage.openSignedIn({}, "overview");
  const expected = [
    [/Account 20001.* is logged in elsewhere/, "#/accounts/20001"],
    ["The target http://127.0.0.1:9/hook does not take events", "#/targets/"],
    ["The consumer sleepy of", "#/connections/consumers"],
    [/\d wrong tokens or passwords in/, "#/figures"],
  ] as const;
  for (const [title, link] of expected) {
    await until(
      async () => {
        if (await problems(page).filter({ hasText: title }).count() === 0) {
          // What came before the first measurement is not counted.
          await tryWrongToken(stage);
          // Sooner than the page asks by itself.
          await page.reload();
          await page.locator(".verdict").waitFor();
        }
        return await problems(page).filter({ hasText: title }).count();
      },
      (count) => count === 1,
    );
    const href = await problems(page).filter({ hasText: title })
      .getByRole("link").getAttribute("href");
    assert(href!.startsWith(link), href!);
  }
  await until(() => textOf(page), (text) => /Not ready/.test(text));
  // In words of the user's language, the bridge's own below them.
  const failing = problems(page).filter({ hasText: "does not take events" });
  await failing.getByText("The receiver cannot be reached").waitFor();
  await failing.locator("details [lang=en]").waitFor({ state: "attached" });
  const menu = page.getByRole("navigation", { name: "Main menu" });
  await menu.getByRole("link", { name: "Overview problems: 3" }).waitFor();
  await menu.getByRole("link", { name: "Targets failing targets: 1" })
    .waitFor();
  // It is counted on the other pages too, and gone with the consumer.
  await stage.command("removeConsumer", { id: "admin/sleepy" });
  await page.goto(`${stage.url}/#/settings`);
  await page.reload();
  await menu.getByRole("link", { name: "Overview problems: 2" }).waitFor();
  stage.assertNoProblem();
});

Deno.test("overview: without an account it says how to begin; without the bridge it says how old it is", async () => {
  await using stage = await Stage.start();
  for (const uin of ["10001", "10002"]) {
    await stage.command("removeAccount", { uin });
  }
  const page = await stage.openSignedIn({}, "overview");
  const steps = page.getByRole("region", { name: "First steps" });
  await steps.waitFor();
  await untilEqual(
    () =>
      steps.getByRole("link").evaluateAll((all) =>
        all.map((link) =>
          (link as unknown as { getAttribute(name: string): string })
            .getAttribute("href")
        )
      ),
    ["#/accounts", "#/chats", "#/docs/begin"],
  );
  await stage.command("addAccount", { uin: "10001", password: "demo" });
  await page.reload();
  await page.locator(".verdict").waitFor();
  const place = async () => await page.locator(".verdict").boundingBox();
  const before = await atRest(place);
  stage.expected.push(/ERR_|WebSocket connection|Failed to load resource/);
  await stage.kill();
  await page.getByText(/^As of \d\d:\d\d:\d\d$/).waitFor();
  await untilEqual(async () => (await place())!.y, before!.y);
  await page.locator(".overview.stale").waitFor();
  stage.assertNoProblem();
});

Deno.test("overview: a token of one account sees its own part, and why", async () => {
  await using stage = await Stage.start();
  const { token } = await stage.ask("createToken", {
    name: "limited",
    scopes: ["read", "send", "manage"],
    accounts: ["10001"],
  }) as { token: string };
  const page = await stage.open(`/#token=${token}`);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("This token sees its own part").waitFor();
  await untilEqual(
    () =>
      page.getByRole("region", { name: "Accounts" })
        .locator(".overview-value").innerText(),
    "1",
  );
  assertEquals(await page.getByRole("region", { name: "Journal" }).count(), 0);
  stage.assertNoProblem();
});

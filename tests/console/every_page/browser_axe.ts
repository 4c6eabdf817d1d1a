import { assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { intercept } from "../interceptor.ts";
import { findingsOf, until } from "../page.ts";
import { Stage, TOKEN } from "../stage.ts";
import { hide, OPENED, PAGES, show } from "./pages.ts";

/** Makes a request, messages, a token, and a target that nobody answers. */
async function fill(stage: Stage): Promise<void> {
  await stage.addAccount("20001", "老王");
  const client = stage.oldClient("20001");
  await client.login();
  await client.send("10001", "look at this");
  await client.ask({
    cmd: "Ack_AddToList",
    target: "10001",
    answer: "ask",
    reason: "me",
  });
  await stage.command("send", { account: "10001", to: "10000", text: "echo" });
  await stage.command("createToken", { name: "reader", scopes: ["read"] });
  await stage.command("setTarget", {
    kind: "hook",
    url: "http://127.0.0.1:9/hook",
  });
}

/** Whether every rule runs in both colour schemes and both languages (`deno task console:axe`). */
const isWhole = Deno.env.get("AXE") === "whole";

/** Contrast depends on the colours and not on the language, the other rules on neither: so a run that must be short leaves out what another has. */
const RUNS = [
  { locale: "en-US", colorScheme: "light", other: "dark" },
  {
    locale: "zh-CN",
    colorScheme: "dark",
    other: isWhole ? "light" : undefined,
  },
] as const;

for (const { locale, colorScheme, other } of RUNS) {
  Deno.test(`every page: axe finds nothing while connected, failing and disconnected, in ${colorScheme} colours and ${locale}`, async () => {
    await using stage = await Stage.start();
    await fill(stage);
    stage.expected.push(/status of 50\d|ERR_|WebSocket/);
    const findings: string[] = [];
    // The sections of the documents have one page, which asks the bridge once.
    const offline = PAGES.filter(({ path }) => !/^docs\/[^b]/.test(path));
    const options = { locale, colorScheme, reducedMotion: "reduce" } as const;
    const look = async (page: Page, what: string) => {
      const found = await findingsOf(page);
      if (other !== undefined) {
        await page.emulateMedia({ colorScheme: other });
        found.push(
          ...await findingsOf(page, isWhole ? undefined : ["color-contrast"]),
        );
        await page.emulateMedia({ colorScheme });
      }
      findings.push(...found.map((one) => `${what}: ${one}`));
    };

    const out = await stage.open("/", options);
    await out.locator("input").first().waitFor();
    await look(out, "sign-in");
    await out.context().close();

    const page = await stage.openSignedIn(options);
    await page.locator(".ui-list .badge").first().waitFor();
    for (const row of [...PAGES, ...OPENED]) {
      await show(page, row);
      await look(page, row.path);
      if (row.clicks !== undefined) await hide(page);
    }
    for (const key of ["Control+k", "?"]) {
      // The focus comes back to the page a moment after the dialog before.
      await until(async () => {
        await page.keyboard.press(key);
        return await page.locator("dialog[open]").count();
      }, (count) => count > 0);
      await look(page, key);
      await hide(page);
    }

    // Every command fails: each page says so, and nothing is left of its data.
    const failing = await stage.open(`/#token=${TOKEN}`, options);
    await failing.locator(".connection.connected").waitFor();
    const socket = await intercept(failing);
    socket.answer = () => ({ error: "internal" });
    await failing.route(
      /\/(metrics|logs|readyz)/,
      (route) => route.fulfill({ status: 500 }),
    );
    await failing.reload();
    await failing.locator(".connection.connected").waitFor();
    for (const { path } of offline) {
      await failing.evaluate(`location.hash = "#/${path}"`);
      await failing.locator("main h1, main h2, .note, .ui-nothing").first()
        .waitFor();
      await look(failing, `failing ${path}`);
    }

    await stage.kill();
    await page.locator(".strip-notice").first().waitFor();
    for (const { path } of offline) {
      await page.evaluate(`location.hash = "#/${path}"`);
      await page.locator("main h1, main h2, .note, .ui-nothing").first()
        .waitFor();
      await look(page, `disconnected ${path}`);
    }
    assertEquals([...new Set(findings)], []);
    stage.assertNoProblem();
  });
}

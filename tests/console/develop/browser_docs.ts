import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { EVENT_NAMES } from "../../../mod.ts";
import type { Page } from "../deps.ts";
import { until, untilEqual } from "../page.ts";
import { Stage, TOKEN } from "../stage.ts";

/** Names that the documents of the bridge have, by section. */
async function namesOf(url: string): Promise<Record<string, string[]>> {
  const response = await fetch(`${url}/asyncapi.json`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const document = await response.json();
  return {
    commands: Object.keys(document["x-scopes"]),
    events: [...EVENT_NAMES],
    errors: Object.keys(document["x-error-codes"]),
    closeCodes: Object.keys(document["x-close-codes"]),
    limits: Object.keys(document["x-limits"]),
  };
}

async function openSection(stage: Stage, page: Page, section: string) {
  await page.goto(`${stage.url}/#/docs/${section}`);
  await page.locator(".docs-text h2").waitFor();
}

Deno.test("docs: every command, event, code and limit of the documents has an entry, in both languages", async () => {
  await using stage = await Stage.start();
  const expected = await namesOf(stage.url);
  for (const locale of ["en-US", "zh-CN"]) {
    const page = await stage.openSignedIn({ locale }, "settings");
    for (const [section, names] of Object.entries(expected)) {
      await openSection(stage, page, section);
      await page.locator(".docs-entry").first().waitFor();
      const entries = page.locator(".docs-entry");
      // The section before is still there for a moment.
      await until(
        () => entries.locator("h3").allInnerTexts(),
        (shown) => shown.join() === names.join(),
      );
      for (const entry of await entries.all()) {
        const text = await entry.locator("p").first().innerText();
        assert(text.length > 2, await entry.innerText());
        if (locale === "zh-CN") {
          assert(/[一-龥]/.test(text), `${section} in Chinese: ${text}`);
        }
      }
    }
    await page.close();
  }
  stage.assertNoProblem();
});

Deno.test("docs: an address leads to its entry, and the entry to the page that uses it", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await openSection(stage, page, "commands/revokeToken");
  const entry = page.getByRole("region", { name: "revokeToken" });
  await until(
    () => page.evaluate("document.activeElement.id"),
    (id) => id === "commands-revokeToken",
  );
  await until(
    async () => (await entry.boundingBox())!.y,
    (y) => y > 0 && y < 400,
  );
  await entry.getByRole("link", { name: "Try it" }).click();
  await page.locator(".call h2", { hasText: "revokeToken" }).waitFor();
  await openSection(stage, page, "events/message.sent");
  await page.getByRole("region", { name: "message.sent" })
    .getByRole("link", { name: "Show these events" }).click();
  await page.getByRole("grid", { name: "Journal" }).waitFor();
  await untilEqual(
    () => Promise.resolve(new URL(page.url()).hash),
    "#/events?events=message.sent",
  );
  stage.assertNoProblem();
});

Deno.test("docs: the programs run as copied, with this bridge's address and without a token", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await openSection(stage, page, "begin");
  const codeOf = async (name: string) => {
    const code = await page.getByRole("region", { name, exact: true })
      .locator("code").innerText();
    assert(code.includes(new URL(stage.url).host), code);
    assert(!code.includes(TOKEN), code);
    return code;
  };
  const env = { TQQ_TOKEN: TOKEN, NO_COLOR: "1" };
  for (const [name, expected] of [["curl", "10002"], ["Satori", "10001"]]) {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", await codeOf(name!)],
      env,
    }).output();
    assert(success);
    assert(new TextDecoder().decode(stdout).includes(expected!), name);
  }

  // Programs that go on: each answers a message, and is then ended.
  const folder = await Deno.makeTempDir();
  const { host } = new URL(stage.url);
  const deno = ["run", "--no-config", "--no-lock", "--no-check"];
  const programs: [name: string, command: string, args: string[]][] = [
    ["Deno", Deno.execPath(), [
      ...deno,
      "--allow-net",
      "--allow-env",
      `--allow-import=${host}`,
    ]],
    ["Node", Deno.execPath(), [...deno, "--allow-net", "--allow-env"]],
    ["curl, events", "sh", []],
  ];
  for (const [name, command, args] of programs) {
    const file = `${folder}/${name.length}.mjs`;
    await Deno.writeTextFile(file, await codeOf(name));
    const child = new Deno.Command(command, {
      args: [...args, file],
      env,
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    let text = "";
    const printed = reader.read().then(({ value }) => {
      text = new TextDecoder().decode(value);
    });
    await until(async () => {
      // Says it again until the program listens.
      const message = { account: "10002", to: "10001", text: `for ${name}` };
      await stage.command("send", message);
      await delay(800);
      return text;
    }, (text) => text !== "");
    if (name !== "curl, events") {
      assert(text.includes(`10001 10002 for ${name}`), text);
      await until(
        async () => {
          const { events } = await stage.ask("history", {
            account: "10001",
            events: ["message.sent"],
            text: "thank you",
          }) as { events: unknown[] };
          return events.length;
        },
        (count) => count > 0,
      );
    }
    await printed;
    child.kill("SIGTERM");
    await child.status;
    await reader.cancel();
  }
  await Deno.remove(folder, { recursive: true });

  // The module of the browser's program, in a page of the same origin.
  const browser = await codeOf("Browser");
  const [, module] = /from "([^"]+)"/.exec(browser)!;
  assertEquals(
    await page.evaluate(
      `import(${
        JSON.stringify(module)
      }).then((all) => typeof all.BridgeClient)`,
    ),
    "function",
  );
  stage.assertNoProblem();
});

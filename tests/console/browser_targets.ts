import { assert, assertEquals } from "@std/assert";
import { freePort } from "../dialects/support/tcp_proxy.ts";
import { Program } from "../support/program.ts";
import { until, untilEqual } from "./page.ts";
import { Stage } from "./stage.ts";

Deno.test("console: a target is added, fails, recovers, is changed, disabled and removed, and its secret never comes back", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "targets");
  await page.getByText("The bridge calls nobody").waitFor();
  const posted: string[] = [];
  let status = 500;
  const receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      posted.push(await request.text());
      return new Response(null, { status });
    },
  );
  const url = `http://127.0.0.1:${receiver.addr.port}/events`;
  await page.getByRole("button", { name: "Add a target" }).click();
  const dialog = page.getByRole("dialog");
  const save = dialog.getByRole("button", { name: "Save" });
  await dialog.getByLabel("Address").fill("not an address");
  await save.click();
  await dialog.getByText("begins with ws:, wss:").waitFor();
  await dialog.getByLabel("Kind").selectOption("hook");
  await dialog.getByLabel("Access token").waitFor({ state: "hidden" });
  await dialog.getByLabel("Address").fill(`${url}?key=query-of-this-test`);
  await dialog.getByLabel("Account").fill("10001");
  await dialog.getByLabel("Events").fill("message.sent");
  await dialog.getByLabel("Secret").fill("a-secret-of-this-test");
  await save.click();
  await page.getByText("The target was saved").waitFor();
  const card = page.getByRole("article", { name: url });
  await card.locator("header").getByText("10001").waitFor();

  const say = (text: string) =>
    stage.command("send", { account: "10001", to: "10002", text });
  await say("one");
  await card.getByText("1 retrying").waitFor();
  await card.getByText("Last error").waitFor();
  await card.getByText("The receiver answered with an error").waitFor();
  status = 204;
  await card.getByRole("button", { name: "Try again now" }).click();
  await card.getByText("1 open").waitFor();
  await card.getByText("Last error").waitFor({ state: "detached" });
  await until(
    () => Promise.resolve(posted),
    (all) => all.some((text) => text.includes('"one"')),
  );
  for (const part of ["query-of-this-test", "a-secret-of-this-test"]) {
    assert(!(await page.content()).includes(part));
  }

  const menu = card.getByRole("button", { name: "More actions" });
  await menu.click();
  await page.getByRole("menuitem", { name: "Change" }).click();
  await untilEqual(
    () => dialog.getByLabel("Events").inputValue(),
    "message.sent",
  );
  assertEquals(await dialog.getByLabel("Secret").inputValue(), "");
  await dialog.getByLabel("Account").fill("");
  await save.click();
  await card.getByText("all accounts").waitFor();
  await menu.click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await card.getByText("disabled").waitFor();
  await menu.click();
  await page.getByRole("menuitem", { name: "Enable" }).click();
  await card.getByText("disabled").waitFor({ state: "detached" });

  await menu.click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.getByText("The target was removed.").waitFor();
  await page.getByText("The bridge calls nobody").waitFor();
  await receiver.shutdown();
  stage.assertNoProblem();
});

/** Path of the receiver's address, by kind. */
const KINDS = {
  "onebot-reverse": "ws://127.0.0.1:PORT/onebot",
  "onebot-post": "http://127.0.0.1:PORT/onebot",
  hook: "http://127.0.0.1:PORT/events",
};

Deno.test("console: the page of each kind of target has a program for the other side, with which it recovers; one of a flag can only be read", async () => {
  await using stage = await Stage.start("--hook=http://127.0.0.1:9/flag");
  const page = await stage.openSignedIn({}, "targets");
  const fixed = page.getByRole("article", { name: "http://127.0.0.1:9/flag" });
  await fixed.getByText("Set by a flag or a variable").waitFor();
  assertEquals(await fixed.getByRole("button").count(), 0);
  const dialog = page.getByRole("dialog");
  for (const [kind, address] of Object.entries(KINDS)) {
    const url = address.replace("PORT", String(freePort()));
    await page.getByRole("button", { name: "Add a target" }).click();
    await dialog.getByLabel("Kind").selectOption(kind);
    await dialog.getByLabel("Address").fill(url);
    await dialog.getByRole("textbox", { name: "Account" }).fill("10001");
    await dialog.getByLabel(/^(Access token|Secret)/).fill(
      "a-secret-of-this-test",
    );
    await dialog.getByText("Configuration of the other side").click();
    await dialog.getByText(new URL(url).port).first().waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const say = (text: string) =>
      stage.command("send", { account: "10002", to: "10001", text });
    await say(`one of ${kind}`);
    const card = page.getByRole("article", { name: url });
    await card.getByText("Nothing listens at this address").waitFor();
    await card.getByRole("link", { name: url }).click();
    await page.getByText("In this state since").waitFor();
    const code = await page.getByRole("group", {
      name: "Configuration for Deno",
    }).innerText();
    await using receiver = Program.run(
      [Deno.execPath(), "run", "--no-config", "--no-lock", "-A", "-"],
      {
        stdin: code,
        env: {
          SECRET: "a-secret-of-this-test",
          ACCESS_TOKEN: "a-secret-of-this-test",
        },
      },
    );
    await until(async () => {
      await card.getByRole("button", { name: "Try again now" }).click();
      return await card.getByText("1 open").count();
    }, (count) => count === 1);
    await say(`two of ${kind}`);
    await receiver.line((line) => line.includes(`two of ${kind}`));
    assert(receiver.out.every((line) => line.includes("10001")));
    // It refuses what is not signed, or does not know the token.
    const response = await fetch(url.replace("ws:", "http:"), {
      method: "POST",
      body: "{}",
    });
    await response.body?.cancel();
    assertEquals(response.status, 403);
    await page.getByRole("link", { name: "All targets" }).click();
  }
  await page.goto(`${stage.url}/#/targets/none`);
  await page.getByText("There is no such target any more").waitFor();
  stage.assertNoProblem();
});

import { assert, assertEquals } from "@std/assert";
import { PERMISSIONS, Program, serveArgs } from "../support/program.ts";
import { until, untilEqual } from "./page.ts";
import { newContext, Stage, TOKEN, watch } from "./stage.ts";

const root = new URL("../../", import.meta.url);

for (const basePath of ["", "/tqq"]) {
  Deno.test(`console: the address that a first start prints signs in, and the token leaves the address${basePath === "" ? "" : `, under ${basePath}`}`, async () => {
    const folder = await Deno.makeTempDir();
    const args = serveArgs(
      folder,
      "--log-format=text",
      ...(basePath === "" ? [] : [`--base-path=${basePath}`]),
    );
    const program = Program.run([
      Deno.execPath(),
      "run",
      ...PERMISSIONS,
      new URL("bridge/main.ts", root).pathname,
      ...args.filter((one) => one !== "--log-format=json"),
    ]);
    const context = await newContext();
    try {
      const line = await program.line((one) => one.includes("/#token="));
      const url = /http:\S+/.exec(line)![0];
      const problems: string[] = [];
      const page = await context.newPage();
      watch(page, (problem) => problems.push(problem));
      await page.goto(url);
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      assert(!page.url().includes("token"), page.url());
      assertEquals(new URL(page.url()).pathname, `${basePath}/`);
      const seen = await page.evaluate(
        "document.cookie + JSON.stringify(localStorage) + document.documentElement.outerHTML",
      ) as string;
      assert(!seen.includes(url.split("=")[1]!), "a script can read the token");

      await page.reload();
      await page.getByRole("link", { name: "Chats" }).click();
      await page.locator(".nothing-open", { hasText: "Alice" }).waitFor();
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Sign out", exact: true }).click();
      await page.getByLabel("Token").waitFor();
      await page.reload();
      await page.getByLabel("Token").waitFor();
      assertEquals(problems, []);
    } finally {
      await context.close();
      await program[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("console: a wrong token is reported, and the right one then signs in", async () => {
  await using stage = await Stage.start();
  stage.expected.push(/status of 401/);
  const page = await stage.open("/#token=wrong");
  const alert = page.getByRole("alert");
  await alert.getByText("does not know this token").waitFor();
  assert(!page.url().includes("wrong"));
  await page.getByLabel("Token").fill("wrong too");
  const refused = page.waitForResponse((one) => one.status() === 401);
  await page.keyboard.press("Enter");
  await refused;
  await alert.getByText("does not know this token").waitFor();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".connection.connected").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a link with another token asks before it switches", async () => {
  await using stage = await Stage.start();
  const token = await stage.addToken("visitor");
  const page = await stage.openSignedIn();
  const signedInAs = async (name: string) => {
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByText(`Signed in as ${name}`).waitFor();
    await page.getByRole("link", { name: "Chats" }).click();
  };
  const follow = (text: string) =>
    page.evaluate(`location.hash = "token=${text}"`);
  const question = page.getByRole("heading", { name: "Switch to visitor?" });

  await follow(token);
  await question.waitFor();
  assert(!page.url().includes(token), page.url());
  await page.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  await signedInAs("admin");

  await page.goto("about:blank");
  await page.goto(`${stage.url}/#token=${token}`);
  await question.waitFor();
  await page.getByRole("button", { name: "Switch", exact: true }).click();
  await question.waitFor({ state: "detached" });
  await page.locator(".connection", { hasText: "Connected" }).waitFor();
  await signedInAs("visitor");

  for (const text of [token, "wrong"]) {
    const looked = page.waitForResponse((one) =>
      one.request().headers().authorization === `Bearer ${text}`
    );
    await follow(text);
    await looked;
  }
  await signedInAs("visitor");
  assertEquals(await question.count(), 0);
  await page.reload();
  await page.locator(".connection.connected").waitFor();
  await signedInAs("visitor");
  stage.assertNoProblem();
});

Deno.test("console: a revoked token signs the page out", async () => {
  await using stage = await Stage.start();
  const token = await stage.addToken("visitor");
  const page = await stage.open(`/#token=${token}`);
  await page.locator(".connection.connected").waitFor();
  await stage.command("revokeToken", { name: "visitor" });
  await page.getByText("The session has ended").waitFor();
  await page.getByLabel("Token").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a sign-in that ends warns and is extended, and signing out asks before something unsent is lost", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  const asked: string[] = [];
  let leftMs = 100_000;
  await page.route(/console\/session/, async (route) => {
    if (route.request().method() !== "GET") return await route.continue();
    const response = await route.fetch();
    const { search } = new URL(route.request().url());
    asked.push(search);
    if (search === "?extend") leftMs = 12 * 3600_000;
    const expiresAt = new Date(Date.now() + leftMs).toISOString();
    const json = { ...await response.json(), expiresAt };
    await route.fulfill({ response, json });
  });
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.reload();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("You will be signed out soon").waitFor();
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  await dialog.waitFor({ state: "detached" });
  // It is asked again before it warns, because a connected page keeps it alive.
  await until(
    () => Promise.resolve(asked),
    (all) => all.indexOf("?extend") >= 2,
  );

  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await page.locator(".composer textarea").fill("half a thought");
  await page.getByRole("link", { name: "Settings" }).click();
  const leave = page.getByRole("button", { name: "Sign out", exact: true });
  await leave.click();
  await dialog.getByText("not sent: drafts: 1").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await until(
    () => page.locator(".composer textarea").inputValue(),
    (text) => text === "half a thought",
  );
  await page.goto(`${stage.url}/#/settings`);
  await leave.click();
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await untilEqual(() => page.evaluate("localStorage['tqq.drafts']"), "{}");
  stage.assertNoProblem();
});

Deno.test("console: the code of the page is on its way while the bridge looks the session up", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.locator(".column .tabs button").first().waitFor();
  const asked = Promise.withResolvers<void>();
  page.on("request", (request) => {
    if (/\/chats_page-/.test(request.url())) asked.resolve();
  });
  // The session is answered only when the page's code was asked for.
  await page.route("**/console/session", async (route) => {
    await asked.promise;
    await route.continue();
  });
  await page.reload();
  await page.locator(".column .tabs button").first().waitFor();
  stage.assertNoProblem();
});

import { assert, assertEquals } from "@std/assert";
import { PERMISSIONS, Program, serveArgs } from "../support/program.ts";
import { launch, Stage, TOKEN, watch } from "./stage.ts";

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
    const browser = await launch();
    try {
      const line = await program.line((one) => one.includes("/#token="));
      const url = /http:\S+/.exec(line)![0];
      const problems: string[] = [];
      const page = await browser.newPage();
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
      await browser.close();
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
  await stage.revokeToken("visitor");
  await page.getByText("The session has ended").waitFor();
  await page.getByLabel("Token").waitFor();
  stage.assertNoProblem();
});

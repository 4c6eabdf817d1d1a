import { assert, assertEquals } from "../deps.ts";
import { PERMISSIONS, Program, serveArgs } from "../support/program.ts";
import { launch, Stage, TOKEN, watch } from "./stage.ts";

const root = new URL("../../", import.meta.url);

Deno.test("console: the address that a first start prints signs in, and the token leaves the address", async () => {
  const folder = await Deno.makeTempDir();
  const args = serveArgs(folder, "--log-format=text");
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
    await page.locator(".contacts a", { hasText: "Alice" }).waitFor();
    assert(!page.url().includes("token"), page.url());
    const seen = await page.evaluate(
      "document.cookie + JSON.stringify(localStorage) + document.documentElement.outerHTML",
    ) as string;
    assert(!seen.includes(url.split("=")[1]!), "a script can read the token");

    await page.reload();
    await page.locator(".contacts a", { hasText: "Alice" }).waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
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
  await page.locator(".contacts a").first().waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a revoked token signs the page out", async () => {
  await using stage = await Stage.start();
  const token = await stage.addToken("visitor");
  const page = await stage.open(`/#token=${token}`);
  await page.locator(".contacts a").first().waitFor();
  await stage.revokeToken("visitor");
  await page.getByText("no longer accepts this token").waitFor();
  await page.getByLabel("Token").waitFor();
  stage.assertNoProblem();
});

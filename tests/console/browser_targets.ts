import { assert, assertEquals } from "@std/assert";
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
  const card = page.getByRole("listitem", { name: url });
  await card.locator("header").getByText("10001").waitFor();

  const say = (text: string) =>
    stage.command("send", { account: "10001", to: "10002", text });
  await say("one");
  await card.getByText("1 retrying").waitFor();
  await card.getByText("Last error").waitFor();
  status = 204;
  await card.getByRole("button", { name: "Try again now" }).click();
  await card.getByText("1 open").waitFor();
  await card.getByText("Last error").waitFor({ state: "detached" });
  assert(posted.some((text) => text.includes('"one"')));
  for (const part of ["query-of-this-test", "a-secret-of-this-test"]) {
    assert(!(await page.content()).includes(part));
  }

  const menu = card.getByRole("button", { name: "More actions" });
  await menu.click();
  await page.getByRole("menuitem", { name: "Change" }).click();
  assertEquals(await dialog.getByLabel("Secret").inputValue(), "");
  assertEquals(await dialog.getByLabel("Events").inputValue(), "message.sent");
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

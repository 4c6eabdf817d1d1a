import { assert, assertEquals } from "@std/assert";
import { intercept } from "./interceptor.ts";
import { listRows, openTab, until, untilEqual } from "./page.ts";
import { Stage } from "./stage.ts";

Deno.test("console: one friend request is accepted, another refused", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  await stage.addAccount("20002", "小李");
  const page = await stage.openSignedIn();
  const [accepted, refused] = [
    stage.oldClient("20001"),
    stage.oldClient("20002"),
  ];
  for (const client of [accepted, refused]) {
    await client.login();
    const target = "10001";
    const reason = "hello, it is me";
    await client.ask({ cmd: "Ack_AddToList", target, answer: "ask", reason });
  }
  const tab = page.getByRole("button", { name: "Requests" });
  await tab.locator(".badge", { hasText: "2" }).waitFor();
  await tab.click();

  const one = page.getByRole("listitem", { name: "Request from 老王" });
  await one.getByText("hello, it is me").waitFor();
  await one.getByRole("button", { name: "Accept" }).click();
  await page.getByText("老王 is now a friend.").waitFor();
  assertEquals((await accepted.mail("accepted")).from, "10001");

  const two = page.getByRole("listitem", { name: "Request from 小李" });
  await two.getByRole("button", { name: "Refuse" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("not today");
  await dialog.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("No open friend requests").waitFor();
  assertEquals((await refused.mail("refused")).text, "not today");

  await openTab(page, "Friends");
  await listRows(page).filter({ hasText: "老王" }).waitFor();
  await page.reload();
  await openTab(page, "Requests");
  await page.getByText("No open friend requests").waitFor();
  await until(
    () => page.locator(".tabs .badge").count(),
    (count) => count === 0,
  );

  // A friend who is removed is none in the bridge's next answer.
  await page.goto(`${stage.url}/#/chats/10001/20001`);
  await page.getByRole("button", { name: "Profile of" }).click();
  const profile = page.getByRole("dialog").first();
  await profile.getByRole("button", { name: "Remove friend" }).click();
  await page.locator(".ui-dialog-actions")
    .getByRole("button", { name: "Remove friend" }).click();
  await page.getByText("老王 is not a friend.").waitFor();
  await page.reload();
  await openTab(page, "Friends");
  await listRows(page).filter({ hasText: "Alice" }).waitFor();
  await untilEqual(
    () => listRows(page).filter({ hasText: "老王" }).count(),
    0,
  );
  stage.assertNoProblem();
});

Deno.test("console: a request of another account is counted everywhere, goes when it was answered elsewhere, and a stale one can only be removed", async () => {
  await using stage = await Stage.start();
  for (const uin of ["20001", "20002", "20003"]) {
    await stage.addAccount(uin, `n${uin}`);
  }
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await page.locator(".composer").waitFor();
  await page.clock.install();
  const socket = await intercept(page);
  await page.locator(".connection.connected").waitFor();
  for (const uin of ["20001", "20002", "20003"]) {
    const client = stage.oldClient(uin);
    await client.login();
    await client.ask({
      cmd: "Ack_AddToList",
      target: "10002",
      answer: "ask",
      reason: "hello",
    });
  }
  await page.locator(".menu .badge", { hasText: "3" }).waitFor();
  await until(() => page.title(), (title) => title.startsWith("(3) "));
  await page.getByRole("combobox", { name: "Account" }).click();
  await page.getByRole("option").filter({ hasText: "3 requests" }).waitFor();
  await page.keyboard.press("Escape");
  await page.goto(`${stage.url}/#/chats/all`);
  await openTab(page, "Requests");
  const cards = page.locator(".requests > li");
  await until(() => cards.count(), (count) => count === 3);
  await cards.first().getByText("as Alice").waitFor();

  await stage.command("answerRequest", {
    account: "10002",
    uin: "20001",
    answer: "accept",
  });
  // The user comes back to the page; an answer is at most two seconds old then.
  await until(async () => {
    await page.evaluate("dispatchEvent(new Event('focus'))");
    return await cards.count();
  }, (count) => count === 2);
  await until(() => page.title(), (title) => title.startsWith("(2) "));

  // On a page that stays open it is gone within a minute.
  await stage.command("answerRequest", {
    account: "10002",
    uin: "20003",
    answer: "refuse",
  });
  socket.sent.length = 0;
  await page.clock.fastForward(60_000);
  await until(() => cards.count(), (count) => count === 1);
  await until(() => page.title(), (title) => title.startsWith("(1) "));
  await page.locator(".menu .badge", { hasText: "1" }).waitFor();

  socket.answer = ({ command, params }) =>
    command === "answerRequest" && params.answer !== "dismiss"
      ? { error: "rejected" }
      : undefined;
  await cards.getByRole("button", { name: "Accept" }).click();
  await page.getByText("was already answered, or answering").waitFor();
  await untilEqual(() => cards.getByRole("button").allInnerTexts(), [
    "Remove from list",
  ]);
  await cards.getByRole("button", { name: "Remove from list" }).click();
  await page.getByText("No open friend requests").waitFor();
  await page.locator(".menu .badge").first().waitFor({ state: "detached" });
  stage.assertNoProblem();
});

Deno.test("console: people are found and receive a friend request", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  await openTab(page, "Find");
  await page.getByLabel("By number").fill("20001");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add 老王 as a friend" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your message to").fill("remember me?");
  await dialog.getByRole("button", { name: "Send request" }).click();
  await page.getByText("老王 has to accept it").waitFor();
  const client = stage.oldClient("20001");
  await client.login();
  const { from, text } = await client.mail("request");
  assertEquals({ from, text }, { from: "10001", text: "remember me?" });
  await client.ask({
    cmd: "Ack_AddToList",
    target: "10001",
    answer: "accept",
    reason: "",
  });
  await openTab(page, "Friends");
  await listRows(page).filter({ hasText: "老王" }).waitFor();
  // A number that nobody has is called that, in words.
  await openTab(page, "Find");
  await page.getByLabel("By number").fill("55555");
  await page.keyboard.press("Enter");
  await page.getByText(/^There is no such number/).waitFor();
  assert(!/RES=/.test(await page.locator("main").innerText()));
  stage.assertNoProblem();
});

Deno.test("console: a friend's presence changes by itself, and a long list is filtered", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await openTab(page, "Friends");
  const rows = listRows(page);
  const alice = rows.filter({ hasText: "Alice" });
  await alice.locator(".dot.online").waitFor();
  for (const status of ["busy", "invisible", "online"]) {
    await stage.command("setStatus", { account: "10002", status });
    // Others see an invisible account as offline.
    const shown = status === "invisible" ? "offline" : status;
    await alice.locator(`.dot.${shown}`).waitFor();
  }
  await until(
    async () => [
      await page.locator(".ui-list .face svg").count(),
      await rows.count(),
    ],
    ([faces, all]) => faces === all,
  );

  const filter = page.getByLabel("Filter by name or number");
  await filter.fill("aLi");
  await rows.filter({ hasText: "Echo" }).waitFor({ state: "detached" });
  await until(() => rows.count(), (count) => count === 1);
  await filter.fill("10000");
  await rows.filter({ hasText: "Echo" }).waitFor();
  await until(() => rows.count(), (count) => count === 1);
  await filter.fill("nobody");
  await page.getByText("Nothing matches the filter.").waitFor();
  stage.assertNoProblem();
});

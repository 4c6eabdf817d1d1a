import { assertEquals } from "@std/assert";
import {
  bubble,
  listRows,
  messagesOf,
  NO_BRIDGE,
  textsOf,
  until,
  untilEqual,
  write,
} from "./page.ts";
import { Stage } from "./stage.ts";

Deno.test("console: a bridge that is killed and restarted leaves no message missing or doubled", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  const client = stage.oldClient("20001");
  await client.login();
  const said: string[] = [];
  const say = async (text: string) => {
    await client.send("10001", text);
    said.push(text);
  };
  for (const n of [1, 2, 3]) await say(`before ${n}`);
  await listRows(page).filter({ hasText: "老王" }).click();
  await bubble(page, "before 3").waitFor();
  await write(page, "mine before");
  await page.locator(".bubble.own", { hasText: "sent ·" }).waitFor();

  stage.expected.push(NO_BRIDGE);
  await stage.kill();
  await page.getByText("The connection to the bridge is lost").waitFor();
  await write(page, "mine while it was away");
  await page.locator(".bubble.waiting").waitFor();
  await stage.restart();
  await client.login();
  for (const n of [1, 2, 3]) await say(`after ${n}`);
  await bubble(page, "after 3").waitFor();
  await page.locator(".bubble.waiting").waitFor({ state: "detached" });
  await page.locator(".connection", { hasText: "Connected" }).waitFor();
  await say("last");
  await bubble(page, "last").waitFor();

  await until(
    () => messagesOf(page),
    (all) => all.every(({ seq }) => seq !== undefined),
  );
  const shown = await messagesOf(page);
  const theirs = shown.map(({ text }) => text)
    .filter((text) => !text.startsWith("mine"));
  assertEquals(theirs, said);
  assertEquals(
    shown.map(({ text }) => text).filter((text) => text.startsWith("mine")),
    ["mine before", "mine while it was away"],
  );
  const seqs = shown.map(({ seq }) => Number(seq));
  assertEquals(seqs, [...new Set(seqs)].sort((a, b) => a - b));
  await page.reload();
  await bubble(page, "last").waitFor();
  await untilEqual(() => messagesOf(page), shown);
  stage.assertNoProblem();
});

Deno.test("console: after a minute offline, and a bridge that was killed in it, two pages have every message once and in order", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE, /ERR_INTERNET_DISCONNECTED/);
  await stage.addAccount("20001", "老王");
  const visitor = await stage.addToken("visitor");
  const first = await stage.open();
  const context = first.context();
  await context.clock.install();
  await first.goto(`${stage.url}/#token=${visitor}`);
  await first.locator(".connection.connected").waitFor();
  const second = await context.newPage();
  const pages = [first, second];
  const said: string[] = [];
  const client = stage.oldClient("20001");
  const say = async (...texts: string[]) => {
    await client.login();
    for (const text of texts) await client.send("10001", text);
    said.push(...texts);
  };
  await say("before");
  for (const page of pages) {
    await page.goto(`${stage.url}/#/chats/10001/20001`);
    await bubble(page, "before").waitFor();
  }

  await context.setOffline(true);
  await stage.kill();
  for (const [at, page] of pages.entries()) {
    await page.getByText("The connection to the bridge is lost").waitFor();
    await write(page, `mine ${at}`);
    await page.locator(".bubble.waiting").waitFor();
  }
  const notices = () =>
    Promise.all(
      pages.map((page) => page.locator(".strip-notice").innerText()),
    );
  const lost = await notices();
  await stage.restart();
  await say("while it was away 1", "while it was away 2");
  await context.clock.fastForward(60_000);
  // The bridge is there, and the browser still has no network: since when stays the same.
  assertEquals(await notices(), lost);
  await context.setOffline(false);
  // Without a jump, in which what is on its way would time out: another attempt comes within 5 s.
  for (const page of pages) {
    await page.locator(".connection.connected").waitFor();
  }
  await say("after");

  const shown = [];
  for (const page of pages) {
    await bubble(page, "after").waitFor();
    // Each also has what the other has sent.
    await until(
      () => messagesOf(page),
      (all) => all.length === 6 && all.every(({ seq }) => seq !== undefined),
    );
    shown.push(await messagesOf(page));
  }
  assertEquals(shown[0], shown[1]);
  const texts = shown[0]!.map(({ text }) => text);
  assertEquals(texts.filter((text) => !text.startsWith("mine")), said);
  assertEquals(texts.filter((text) => text.startsWith("mine")).sort(), [
    "mine 0",
    "mine 1",
  ]);
  const seqs = shown[0]!.map(({ seq }) => Number(seq));
  assertEquals(seqs, [...new Set(seqs)].sort((a, b) => a - b));

  await stage.command("revokeToken", { name: "visitor" });
  for (const page of pages) {
    await page.getByText("The session has ended").waitFor();
  }
  stage.assertNoProblem();
});

Deno.test("console: a lost journal is reported, and the page continues in the new one", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE);
  const page = await stage.openSignedIn();
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await write(page, "of the old journal");
  await page.locator(".bubble:not(.own)").waitFor();
  // Else the page sends it again, in the new journal.
  await page.locator(".bubble.own", { hasText: "sent ·" }).waitFor();
  await stage.kill();
  await stage.loseJournal();
  await stage.restart();
  await page.getByText("has started a new journal").waitFor();
  await bubble(page, "of the old journal").first().waitFor({
    state: "detached",
  });
  await write(page, "of the new one");
  await page.locator(".bubble:not(.own)").waitFor();
  await untilEqual(
    () => textsOf(page),
    ["of the new one", "of the new one"],
  );
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("has started a new journal").waitFor({
    state: "detached",
  });
  stage.assertNoProblem();
});

Deno.test("console: events trimmed while the bridge was away are reported, the others are shown", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE);
  const page = await stage.openSignedIn();
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await write(page, "hello");
  await page.locator(".bubble:not(.own)").waitFor();
  await stage.kill();
  const [first, , last] = await stage.writeJournal("10001", "10000", {
    trimmed: ["gone 1", "gone 2", "gone 3"],
    kept: "kept",
  });
  await stage.restart();
  const notice = page.getByText(
    `The bridge no longer keeps events ${first} to ${last}.`,
  );
  await notice.waitFor();
  await bubble(page, "kept").waitFor();
  assertEquals(
    (await messagesOf(page)).filter(({ text }) => text.startsWith("gone")),
    [],
  );
  await page.getByRole("button", { name: "Dismiss" }).click();
  await notice.waitFor({ state: "detached" });
  await write(page, "and on");
  await bubble(page, "and on").nth(1).waitFor();
  stage.assertNoProblem();
});

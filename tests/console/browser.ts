import { assert, assertEquals, assertMatch } from "../deps.ts";
import { Program, serveArgs } from "../support/program.ts";
import { PERMISSIONS } from "../support/program.ts";
import { axe, type Page } from "./deps.ts";
import { launch, PAGE_MS, PHONE, Stage, TOKEN, watch } from "./stage.ts";

const root = new URL("../../", import.meta.url);

/** What the browser says when a bridge is not there. */
const NO_BRIDGE =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|WebSocket connection to/;

/** The texts of a conversation, with the places of its events. */
async function messagesOf(
  page: Page,
): Promise<{ seq: string | undefined; text: string }[]> {
  return await page.locator(".bubble").evaluateAll((all) =>
    all.map((one) => ({
      seq: (one as unknown as { dataset: Record<string, string> }).dataset.seq,
      text: one.querySelector("p")!.textContent!,
    }))
  );
}

function bubble(page: Page, text: string): ReturnType<Page["locator"]> {
  return page.locator(".bubble p", { hasText: new RegExp(`^${text}$`) });
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until something of a page is as it should be: its title and canvases are drawn after its elements. */
async function until<T>(
  look: () => Promise<T>,
  fits: (value: T) => boolean,
): Promise<void> {
  for (const from = performance.now();;) {
    const value = await look();
    if (fits(value)) return;
    assert(performance.now() - from < PAGE_MS, `It is still ${value}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("console: the address that a first start prints signs in, and the token leaves it", async () => {
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
    assert(!seen.includes(url.split("=")[1]!), "a script can see the token");

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

Deno.test("console: a wrong token is told, and the right one goes on from there", async () => {
  await using stage = await Stage.start();
  stage.expected.push(/status of 401/);
  const page = await stage.open("/#token=wrong");
  const alert = page.getByRole("alert");
  await alert.getByText("not known to the bridge").waitFor();
  assert(!page.url().includes("wrong"));
  await page.getByLabel("Token").fill("wrong too");
  const refused = page.waitForResponse((one) => one.status() === 401);
  await page.keyboard.press("Enter");
  await refused;
  await alert.getByText("not known to the bridge").waitFor();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".contacts a").first().waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a message of an old client appears by itself, is counted, and is answered", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  const client = stage.oldClient("20001");
  await client.login();
  await client.send("10001", "<b>from</b> 2005");
  const row = page.locator(".contacts a", { hasText: "老王" });
  await row.locator(".preview", { hasText: "<b>from</b> 2005" }).waitFor();
  await row.locator(".badge", { hasText: "1" }).waitFor();
  await until(() => page.title(), (title) => title.startsWith("(1) "));
  await page.locator("[aria-live]", { hasText: "<b>from</b> 2005" }).waitFor();

  await row.click();
  await bubble(page, "<b>from</b> 2005").waitFor();
  await row.locator(".badge").waitFor({ state: "detached" });
  await write(page, "from today");
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  const { from, text } = await client.mail("stranger_message");
  assertEquals({ from, text }, { from: "10001", text: "from today" });
  assertEquals(
    (await messagesOf(page)).map(({ text }) => text),
    ["<b>from</b> 2005", "from today"],
  );
  stage.assertNoProblem();
});

Deno.test("console: a friend request is accepted, and another refused", async () => {
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
  await two.getByLabel("Reason").fill("not today");
  await two.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("Nobody is waiting").waitFor();
  assertEquals((await refused.mail("refused")).text, "not today");

  await page.getByRole("button", { name: "Friends", exact: true }).click();
  await page.locator(".contacts a", { hasText: "老王" }).waitFor();
  await page.reload();
  await page.locator(".contacts a", { hasText: "老王" }).waitFor();
  assertEquals(await page.locator(".tabs .badge").count(), 0);
  stage.assertNoProblem();
});

Deno.test("console: a bridge that is killed and started again leaves nothing missing or doubled", async () => {
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
  await page.locator(".contacts a", { hasText: "老王" }).click();
  await bubble(page, "before 3").waitFor();
  await write(page, "mine before");
  await page.locator(".bubble.own", { hasText: "sent ·" }).waitFor();

  stage.expected.push(NO_BRIDGE);
  await stage.kill();
  await page.getByText("The connection to the bridge is lost").waitFor();
  await write(page, "mine while it was away");
  await page.locator(".bubble.sending").waitFor();
  await stage.restart();
  await client.login();
  for (const n of [1, 2, 3]) await say(`after ${n}`);
  await bubble(page, "after 3").waitFor();
  await page.locator(".bubble.sending").waitFor({ state: "detached" });
  await page.locator(".connection", { hasText: "Connected" }).waitFor();
  await say("last");
  await bubble(page, "last").waitFor();

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
  assertEquals(await messagesOf(page), shown);
  stage.assertNoProblem();
});

Deno.test("console: a journal that is lost is told, and the page goes on in the new one", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE);
  const page = await stage.openSignedIn();
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await write(page, "of the old journal");
  await page.locator(".bubble:not(.own)").waitFor();
  await stage.kill();
  await stage.loseJournal();
  await stage.restart();
  await page.getByText("has begun a new journal").waitFor();
  await bubble(page, "of the old journal").first().waitFor({
    state: "detached",
  });
  await write(page, "of the new one");
  await page.locator(".bubble:not(.own)").waitFor();
  assertEquals(
    (await messagesOf(page)).map(({ text }) => text),
    ["of the new one", "of the new one"],
  );
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("has begun a new journal").waitFor({
    state: "detached",
  });
  stage.assertNoProblem();
});

Deno.test("console: what was trimmed while the page had no bridge is told, what was not is there", async () => {
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
    `Events ${first} to ${last} are no longer kept by the bridge.`,
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

Deno.test("console: whether a message went out is not known: asking again tells, and sends nothing twice", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.open();
  const keys: string[] = [];
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const bridge = socket.connectToServer();
    let lost: string | undefined;
    socket.onMessage((text) => {
      const { id, command, key } = JSON.parse(String(text));
      if (command === "send" && keys.push(key) === 1) lost = id;
      bridge.send(text);
    });
    bridge.onMessage((text) => {
      const frame = JSON.parse(String(text));
      const isSend = frame.event === "message.sent";
      // The message goes out, but neither its answer nor its event is heard of.
      if (lost !== undefined && isSend && keys.length === 1) return;
      if (lost === undefined || frame.id !== lost) return socket.send(text);
      lost = undefined;
      const code = "outcome_unknown";
      const message = "The answer was lost";
      const error = { code, message, retriable: false };
      socket.send(JSON.stringify({ ...frame, ok: false, error }));
    });
  });
  await page.reload();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".contacts a").first().waitFor();
  await page.goto(`${stage.url}/#/chats/10001/20001`);
  await write(page, "once");
  const open = page.locator(".bubble.unknown");
  await open.getByText("It is not known whether this was sent").waitFor();
  await open.getByText("The answer was lost").waitFor();
  await open.getByRole("button", { name: "Ask again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals((await messagesOf(page)).map(({ text }) => text), ["once"]);
  assertEquals([keys.length, new Set(keys).size], [2, 1]);
  const client = stage.oldClient("20001");
  await client.login();
  await client.mail("stranger_message");
  await write(page, "the end");
  const { text } = await client.mail("stranger_message");
  assertEquals(text, "the end");
  stage.assertNoProblem();
});

Deno.test("console: a message whose event overtakes its answer is shown once", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  let answer: (() => void) | undefined;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const bridge = socket.connectToServer();
    let id: string | undefined;
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (frame.command === "send") id = frame.id;
      bridge.send(text);
    });
    bridge.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (answer !== undefined || id === undefined || frame.id !== id) {
        return socket.send(text);
      }
      answer = () => socket.send(text);
    });
  });
  await page.reload();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator(".contacts a").first().waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "once");
  const sent = page.locator(".bubble.own .meta", { hasText: "sent ·" });
  await sent.waitFor();
  const texts = async () => (await messagesOf(page)).map(({ text }) => text);
  assertEquals(await texts(), ["once"]);
  await until(() => Promise.resolve(answer), (one) => one !== undefined);
  answer!();
  await write(page, "the end");
  await until(texts, (all) => all.length === 2);
  assertEquals(await texts(), ["once", "the end"]);
  stage.assertNoProblem();
});

Deno.test("console: what cannot be sent is told, and can be tried again", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  const card = page.getByRole("listitem", { name: "10001" });
  await card.getByRole("button", { name: "Log out" }).click();
  await card.locator(".state.offline").waitFor();
  await card.getByText("logged out", { exact: true }).waitFor();
  await card.getByText("What to do").waitFor();
  await page.getByRole("link", { name: "Chats", exact: true }).click();
  const echo = page.locator(".contacts a", { hasText: "Echo" });
  await echo.locator(".dot.offline").waitFor();

  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "in vain");
  const failed = page.locator(".bubble.failed");
  await failed.getByText("Not sent").waitFor();
  await failed.getByText("Account 10001 is offline").waitFor();
  await page.goto(`${stage.url}/#/accounts`);
  await card.getByRole("button", { name: "Log in" }).click();
  await card.locator(".state.online").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals(
    (await messagesOf(page)).map(({ text }) => text),
    ["in vain"],
  );
  stage.assertNoProblem();
});

Deno.test("console: an account is added and removed, and its password is in no frame of the inspector", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("button", { name: "Add an account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("QQ number").fill("30001");
  await dialog.getByLabel("Password").fill("very-secret");
  await dialog.getByLabel("Nickname").fill("新人");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = page.getByRole("listitem", { name: "30001" });
  await card.locator(".state.online").waitFor();

  await card.getByRole("button", { name: "Log out" }).click();
  await card.getByRole("button", { name: "Log in" }).click();
  await card.locator(".state.online").waitFor();
  await page.getByRole("link", { name: "Inspector" }).click();
  const frames = page.locator(".frame-row");
  await frames.filter({ hasText: /commandaddAccount/ }).click();
  const detail = page.locator(".detail");
  await detail.getByText('"password": "••••"').waitFor();
  await detail.getByText("nothing goes over the QQ wire").waitFor();
  await frames.filter({ hasText: /commandlogin/ }).click();
  await detail.getByText("CMD=Login").waitFor();
  assertMatch(await detail.innerText(), /&PS=••••&M5=1/);
  assert(!(await page.content()).includes("very-secret"));

  await page.getByRole("link", { name: "Accounts" }).click();
  await card.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" })
    .click();
  await card.waitFor({ state: "detached" });
  stage.assertNoProblem();
});

Deno.test("console: people are found, and asked to be friends", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByLabel("By number").fill("20001");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add 老王 as a friend" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What you say").fill("remember me?");
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
  await page.getByRole("button", { name: "Friends", exact: true }).click();
  await page.locator(".contacts a", { hasText: "老王" }).waitFor();
  stage.assertNoProblem();
});

Deno.test("console: what is older is in the journal, and comes when it is asked for", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const client = stage.oldClient("20001");
  await client.login();
  const said = Array.from({ length: 130 }, (_, at) => `message ${at + 1}`);
  for (const text of said) await client.send("10001", text);
  const page = await stage.openSignedIn();
  await page.locator(".contacts a", { hasText: "message 130" }).click();
  await bubble(page, "message 130").waitFor();
  const beginning = page.getByText("This is the beginning");
  while (!await beginning.isVisible()) {
    // The button is away while it works, and for good when all is there.
    await page.getByRole("button", { name: "Show older" })
      .click({ timeout: 2000 }).catch(() => {});
  }
  assertEquals((await messagesOf(page)).map(({ text }) => text), said);
  stage.assertNoProblem();
});

Deno.test("console: a token that is revoked signs the page out", async () => {
  await using stage = await Stage.start();
  const token = await stage.addToken("visitor");
  const page = await stage.open(`/#token=${token}`);
  await page.locator(".contacts a").first().waitFor();
  await stage.revokeToken("visitor");
  await page.getByText("no longer accepts this token").waitFor();
  await page.getByLabel("Token").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: Chinese and English, as the browser wants it and as the visitor does", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({ locale: "zh-CN" });
  const lang = () => page.evaluate("document.documentElement.lang");
  await page.getByRole("link", { name: "账号" }).waitFor();
  assertEquals(await lang(), "zh-CN");
  await page.getByRole("button", { name: "设置" }).click();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assertEquals(await lang(), "en");
  await page.getByLabel("Colours").selectOption("dark");
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("link", { name: "Accounts" }).waitFor();
  const scheme = "getComputedStyle(document.documentElement).colorScheme";
  assertEquals(await page.evaluate(scheme), "dark");
  stage.assertNoProblem();
});

Deno.test("console: a keyboard is enough, and the focus comes back", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.keyboard.press("Tab");
  const focused = () =>
    page.evaluate(
      "document.activeElement.innerText || document.activeElement.id",
    );
  assertEquals(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate("document.activeElement.id"), "content");
  const settings = page.getByRole("button", { name: "Settings" });
  await settings.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assertEquals(await focused(), "Settings");
  stage.assertNoProblem();
});

const PAGES = ["accounts", "inspector", "figures", "chats/10001/10000"];

Deno.test("console: a friend's presence changes by itself, and a list of many is filtered", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  const rows = page.locator(".contacts a");
  const alice = rows.filter({ hasText: "Alice" });
  await alice.locator(".dot.online").waitFor();
  for (const status of ["busy", "invisible", "online"]) {
    await stage.command("setStatus", { account: "10002", status });
    // Who is invisible is offline to others.
    const shown = status === "invisible" ? "offline" : status;
    await alice.locator(`.dot.${shown}`).waitFor();
  }
  const faces = await page.locator(".contacts .face svg").count();
  assertEquals(faces, await rows.count());

  const filter = page.getByLabel("Filter by name or number");
  await filter.fill("aLi");
  await rows.filter({ hasText: "Echo" }).waitFor({ state: "detached" });
  assertEquals(await rows.count(), 1);
  await filter.fill("10000");
  await rows.filter({ hasText: "Echo" }).waitFor();
  assertEquals(await rows.count(), 1);
  await filter.fill("nobody");
  await page.getByText("Nothing fits the filter.").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: events a second, the time of a ping, connections; since when an account is what it is", async () => {
  const from = Date.now();
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await page.getByRole("link", { name: "Accounts" }).click();
  const since = await page.getByRole("listitem", { name: "10001" })
    .locator("time").getAttribute("datetime");
  assert(
    Date.parse(since!) >= from && Date.parse(since!) <= Date.now(),
    since!,
  );

  await page.getByRole("link", { name: "Figures" }).click();
  await page.locator(".of-time .value", { hasText: /^[\d.]+ ms$/ }).waitFor();
  await page.locator(".of-count .value", { hasText: /^1$/ }).waitFor();
  const rate = page.locator(".of-rate .value");
  await rate.filter({ hasText: /^\d+$/ }).waitFor();
  while (!/^[1-9]/.test(await rate.innerText())) {
    const message = { account: "10002", to: "10001", text: "tick" };
    await stage.command("send", message);
    // Not more in a minute than a token may.
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  stage.assertNoProblem();
});

Deno.test("console: a chart shows its first value before there is a second", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  let looks = 0;
  await page.route("**/metrics", (route) => {
    return looks++ === 0 ? route.continue() : route.fulfill({ body: "" });
  });
  await page.goto(`${stage.url}/#/figures`);
  await page.locator(".of-count .value", { hasText: /^\d+$/ }).waitFor();
  const ofTheLine = () =>
    page.locator(".of-count canvas").evaluate((canvas) => {
      const { width, height } = canvas as unknown as Canvas;
      const { data } = (canvas as unknown as Canvas).getContext("2d")
        .getImageData(0, 0, width, height);
      const [, ...line] = /(\d+), (\d+), (\d+)/.exec(
        (globalThis as unknown as View)
          .getComputedStyle((canvas as unknown as Canvas).closest(".chart"))
          .color,
      )!;
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (line.every((one, index) => data[at + index] === Number(one))) {
          count++;
        }
      }
      return count;
    });
  await until(ofTheLine, (pixels) => pixels > 4);
  stage.assertNoProblem();
});

Deno.test("console: a phone's width is enough for each page", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn(PHONE);
  const width = "document.documentElement.scrollWidth";
  assertEquals(await page.evaluate(width), 390);
  for (const path of PAGES) {
    await page.goto(`${stage.url}/#/${path}`);
    await page.locator(".page h1, .pane h2").first().waitFor();
    assertEquals(await page.evaluate(width), 390, path);
  }
  await write(page, "a long word: " + "x".repeat(200));
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  assertEquals(await page.evaluate(width), 390);
  assert(!await page.locator(".column").isVisible(), "the list is in the way");
  await page.getByRole("link", { name: "Back" }).click();
  await page.locator(".contacts a").first().waitFor();
  assert(await page.locator(".column").isVisible());
  stage.assertNoProblem();
});

/** What of a browser's objects is looked at in a page. */
interface Canvas {
  width: number;
  height: number;
  closest(selector: string): unknown;
  getContext(kind: "2d"): {
    getImageData(...area: [number, number, number, number]): {
      data: Uint8ClampedArray;
    };
  };
}

interface View {
  getComputedStyle(element: unknown): { color: string };
}

/** Findings of axe in a page: their impact, rule and places. */
async function findingsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] })",
  ) as { violations: Finding[] };
  return violations.map(({ impact, id, nodes }) =>
    `${impact} ${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`
  );
}

interface Finding {
  impact: string;
  id: string;
  nodes: { html: string }[];
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`console: nothing in the way of anybody, in ${colorScheme}`, async () => {
    await using stage = await Stage.start();
    await stage.addAccount("20001", "老王");
    const findings: string[] = [];
    const look = async (page: Page, what: string) => {
      for (const one of await findingsOf(page)) {
        findings.push(`${what}: ${one}`);
      }
    };
    const out = await stage.open("/", { colorScheme });
    await out.getByLabel("Token").waitFor();
    await look(out, "sign-in");

    const page = await stage.openSignedIn({ colorScheme });
    const client = stage.oldClient("20001");
    await client.login();
    await client.send("10001", "look at this");
    await client.ask({
      cmd: "Ack_AddToList",
      target: "10001",
      answer: "ask",
      reason: "me",
    });
    await page.locator(".contacts .badge").waitFor();
    await page.goto(`${stage.url}/#/chats/10001/10000`);
    await write(page, "hello");
    await page.locator(".bubble:not(.own)").waitFor();
    await look(page, "conversation");
    await page.getByRole("button", { name: "Profile of" }).click();
    await page.getByText("Introduction").waitFor();
    await look(page, "profile");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Requests" }).click();
    await page.getByRole("button", { name: "Accept" }).waitFor();
    await look(page, "requests");
    await page.getByRole("button", { name: "Find" }).click();
    await look(page, "find");
    await page.getByRole("link", { name: "Accounts" }).click();
    await page.locator(".account").first().waitFor();
    await look(page, "accounts");
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.getByRole("dialog").waitFor();
    await look(page, "adding");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Inspector" }).click();
    await page.locator(".frame-row").first().click();
    await look(page, "inspector");
    await page.getByRole("link", { name: "Figures" }).click();
    await page.locator(".chart canvas").first().waitFor();
    await page.locator(".of-count .value", { hasText: /^\d+$/ }).waitFor();
    await look(page, "figures");

    const phone = await stage.openSignedIn({ ...PHONE, colorScheme });
    await look(phone, "phone");
    await phone.goto(`${stage.url}/#/chats/10001/10000`);
    await phone.locator(".bubble").first().waitFor();
    await look(phone, "conversation on a phone");
    assertEquals(findings, []);
    stage.assertNoProblem();
  });
}

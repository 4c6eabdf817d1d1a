import { assert, assertEquals } from "@std/assert";
import type { Page } from "./deps.ts";
import { intercept } from "./interceptor.ts";
import {
  atRest,
  bubble,
  listRows,
  NO_BRIDGE,
  openTab,
  until,
  untilEqual,
  write,
} from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

/** Waits until an expression is true; the content policy forbids what the browser driver offers for it. */
async function holds(page: Page, expression: string): Promise<void> {
  await until(() => page.evaluate(expression), (value) => value === true);
}

/** Label of the field above a list. */
const FILTER = "Filter by name or number";

/** What has the focus: its label, or its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText",
  ) as Promise<string>;
}

Deno.test("console: the palette finds pages, accounts and conversations, opens them, and sends nothing", async () => {
  await using stage = await Stage.start();
  await stage.command("send", { account: "10002", to: "10001", text: "hello" });
  const page = await stage.open();
  const socket = await intercept(page);
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats`);
  await listRows(page).first().waitFor();
  const open = async (text: string) => {
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox").fill(text);
    await dialog.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
  };
  await open("settings");
  await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  await open("10002");
  await bubble(page, "hello").waitFor();
  await page.locator(".composer textarea").fill("never sent");
  await open("accounts");
  await page.getByRole("heading", { name: "Accounts" }).waitFor();
  assertEquals(socket.sent.filter(({ command }) => command === "send"), []);
  stage.assertNoProblem();
});

Deno.test("console: every shortcut works, and keys without a modifier can be turned off", async () => {
  await using stage = await Stage.start();
  for (const [from, to] of [["10002", "10001"], ["10001", "10000"]]) {
    await stage.command("send", { account: from, to, text: "hello" });
  }
  const page = await stage.openSignedIn();
  await listRows(page).nth(1).waitFor();
  for (
    const [letter, heading] of [
      ["o", "Overview"],
      ["a", "Accounts"],
      ["p", "Playground"],
      ["e", "Events"],
      ["d", "Docs"],
      ["n", "Connections"],
      ["t", "Targets"],
      ["k", "Tokens"],
      ["l", "Logs"],
      ["f", "Figures"],
      ["s", "Settings"],
      ["c", "Chats"],
    ] as const
  ) {
    const shown = page.getByRole("heading", {
      name: heading,
      exact: true,
      level: 1,
    });
    // The letter counts for a second only, which a busy machine may take.
    await until(async () => {
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      return await shown.count();
    }, (count) => count === 1);
  }
  await page.goto(`${stage.url}/#/chats/10001`);
  await listRows(page).nth(1).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Ctrl K").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // The browser gives the focus back a moment later.
  await holds(page, "document.activeElement.closest('dialog') === null");
  await until(
    async () => {
      // Once it has the focus, the key is text.
      const name = await focused(page);
      if (name !== FILTER) await page.keyboard.press("/");
      return name;
    },
    (name) => name === FILTER,
  );

  // From one conversation to the next, and to the unread one.
  await page.keyboard.press("Alt+ArrowDown");
  await page.locator(".composer textarea").waitFor();
  // The name in the title comes later than the address.
  const address = () => Promise.resolve(page.url());
  const first = await address();
  await page.keyboard.press("Alt+ArrowDown");
  await until(address, (url) => url !== first);
  await page.keyboard.press("Alt+ArrowUp");
  await untilEqual(address, first);
  await stage.command("send", { account: "10002", to: "10001", text: "again" });
  await listRows(page).first().filter({ hasText: "again" }).locator(".badge")
    .waitFor();
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await until(address, (url) => url.endsWith("/10002"));

  // Regions: list, messages, composer, and around.
  const composer = page.getByRole("textbox", { name: "Message to Alice" });
  await until(async () => {
    await composer.focus();
    return await focused(page);
  }, (name) => name.startsWith("Message to"));
  for (
    const [key, isNext] of [
      ["F6", (name: string) => !/^Message/.test(name)],
      ["F6", (name: string) => name === "Messages"],
      ["F6", (name: string) => name.startsWith("Message to")],
      ["Shift+F6", (name: string) => name === "Messages"],
    ] as const
  ) {
    await page.keyboard.press(key);
    await until(() => focused(page), isNext);
  }

  await page.goto(`${stage.url}/#/settings`);
  await page.getByLabel("Shortcuts of a single key").uncheck();
  await page.getByRole("heading", { name: "Settings", exact: true }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.keyboard.press("?");
  // Ctrl+K opens one still: whatever the keys before it do is done by then.
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  assertEquals(await page.getByRole("dialog").count(), 1);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await until(address, (url) => url.endsWith("#/settings"));
  stage.assertNoProblem();
});

Deno.test("console: with 180 friends, Enter on one focuses the composer, which is four stops away", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  const socket = await intercept(page);
  const people = Array.from({ length: 180 }, (_, at) => ({
    uin: String(20_001 + at),
    nickname: `friend ${String(at).padStart(3, "0")}`,
    isFriend: true,
    status: "online",
    at: "2026-11-28T12:00:00.000Z",
  }));
  socket.answer = ({ command, params }) =>
    command === "people" && params.uins === undefined
      ? { data: { people, pending: 0 } }
      : undefined;
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001`);
  await openTab(page, "Friends");
  const start = listRows(page).filter({ hasText: "friend 000" });
  await until(async () => {
    await start.focus();
    return await focused(page);
  }, (name) => name.includes("friend 000"));
  for (let at = 0; at < 12; at++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await holds(page, "document.activeElement.innerText.includes('friend 179')");
  await page.keyboard.press("Enter");
  await holds(page, "document.activeElement.matches('.composer textarea')");
  assert(page.url().includes("20180"), page.url());
  const row = listRows(page).filter({ hasText: "friend 179" });
  await until(async () => {
    await row.focus();
    return await focused(page);
  }, (name) => name.includes("friend 179"));
  let stops = 0;
  do {
    await page.keyboard.press("Tab");
    stops++;
  } while (!(await focused(page)).startsWith("Message to") && stops < 9);
  assert(stops <= 4, `${stops} stops`);
  stage.assertNoProblem();
});

Deno.test("console: 500 friends are all found by name, and few of them are drawn", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  const socket = await intercept(page);
  const people = Array.from({ length: 500 }, (_, at) => ({
    uin: String(20_001 + at),
    nickname: at < 480 ? `好友${at}` : "",
    isFriend: true,
    status: "online",
    ...(at < 480 ? { face: at, at: "2026-11-28T12:00:00.000Z" } : {}),
  }));
  socket.answer = ({ command, params }) => {
    if (command !== "people") return undefined;
    const uins = params.uins as string[] | undefined;
    if (uins === undefined) return { data: { people, pending: 20 } };
    const found = uins.map((uin) => ({
      uin,
      nickname: `later ${uin}`,
      isFriend: true,
      at: "2026-11-28T12:00:00.000Z",
    }));
    return { data: { people: found, pending: 0 } };
  };
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001`);
  await openTab(page, "Friends");
  await page.getByText("480 of 500 names are known").waitFor();
  await until(() => listRows(page).count(), (count) => count <= 60);
  const first = listRows(page).first();
  const size = () =>
    page.locator(".column [role=listitem]").first()
      .getAttribute("aria-setsize");
  await untilEqual(size, "500");
  await page.getByLabel("Filter by name or number").fill("好友");
  await holds(
    page,
    "document.querySelector('.column [role=listitem]').ariaSetSize === '480'",
  );
  await page.getByLabel("Filter by name or number").fill("20500");
  // A name that was not known comes when its row is seen.
  await first.getByText("later 20500").waitFor();
  const asked = socket.sent.filter(({ command, params }) =>
    command === "people" && params.uins !== undefined
  );
  for (const { params } of asked) {
    assert((params.uins as string[]).length <= 50);
  }
  stage.assertNoProblem();
});

Deno.test("console: with 50 accounts at most 8 commands come before the first message, which leaves at once", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  await page.clock.install();
  const socket = await intercept(page);
  const more = Array.from({ length: 48 }, (_, at) => ({
    uin: String(30_001 + at),
    nickname: "",
    state: "online",
    since: "2026-11-28T10:00:00.000Z",
    wanted: true,
    waiting: 0,
  }));
  const own = ["10001", "10002"].map((uin) => ({ ...more[0]!, uin }));
  socket.answer = ({ command }) =>
    command === "accounts"
      ? { data: { accounts: [...own, ...more], counts: {} } }
      : undefined;
  await page.evaluate(`location.hash = "token=${TOKEN}"`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await page.locator(".composer textarea").waitFor();
  // Somebody writes as soon as it is possible. What the page asks for a second
  // later would come first where a key takes that long to arrive.
  await page.addInitScript(`
    const look = () => {
      const box = document.querySelector(".composer textarea");
      if (box === null) return requestAnimationFrame(look);
      box.value = "soon";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true }),
      );
    };
    requestAnimationFrame(look);
  `);
  // Nothing of the page before is counted.
  await page.goto("about:blank");
  socket.sent.length = 0;
  await page.goto(`${stage.url}/#/chats/10001/10000`);
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  const at = socket.sent.findIndex(({ command }) => command === "send");
  assert(at >= 0 && at <= 8, socket.sent.map((one) => one.command).join());
  // The next one leaves while the time stands still: it waits for nothing.
  await page.locator(".composer textarea").fill("at once");
  const stopTime = async () => {
    const now = await page.evaluate("Date.now()") as number;
    await page.clock.pauseAt(now + 10_000);
  };
  await stopTime();
  await page.keyboard.press("Enter");
  await until(
    () =>
      Promise.resolve(
        socket.sent.filter(({ command }) => command === "send").length,
      ),
    (count) => count === 2,
  );
  await page.clock.resume();
  // The account that repeats what it gets has answered.
  await bubble(page, "at once").nth(1).waitFor();
  // A visible idle page asks for little: at most four commands a minute.
  await stopTime();
  await page.clock.runFor(5000);
  const before = await atRest(() => Promise.resolve(socket.sent.length));
  for (let second = 0; second < 60; second += 5) {
    await page.clock.runFor(5000);
  }
  const idle = socket.sent.slice(before).map(({ command }) => command);
  assert(idle.length <= 4, idle.join());
  stage.assertNoProblem();
});

Deno.test("console: without the bridge nothing looks live, the page says since when, and nothing moves", async () => {
  await using stage = await Stage.start();
  stage.expected.push(NO_BRIDGE);
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await page.clock.install();
  await page.reload();
  await write(page, "hello");
  await page.locator(".bubble:not(.own)").waitFor();
  // The mark of the last message changes once it counts as read.
  await until(
    () => page.title(),
    (title) => !title.startsWith("("),
  );
  const boxes = async () =>
    await page.locator(
      ".strip, .menu, .menu a, main, .column, .tabs button, .row, .pane-head, .composer, .bubble",
    )
      .evaluateAll((all) =>
        all.map((one) => {
          const { x, y, width, height } = (one as unknown as {
            getBoundingClientRect(): DOMRectReadOnly;
          }).getBoundingClientRect();
          return [x, y, width, height].join();
        })
      );
  const before = await atRest(boxes);
  await stage.kill();
  const notice = page.locator(".strip-notice", { hasText: "as of" });
  await notice.waitFor();
  const since = await notice.innerText();
  await page.clock.fastForward(40_000);
  assertEquals(await notice.innerText(), since);
  await untilEqual(boxes, before);
  const greens = () =>
    page.evaluate(`
    [...document.querySelectorAll("*")].filter((one) => {
      const { color, backgroundColor } = getComputedStyle(one);
      return [color, backgroundColor].some((value) =>
        ["rgb(23, 104, 59)", "rgb(35, 154, 88)", "rgb(226, 244, 233)"].includes(value)
      );
    }).map((one) => one.className)
  `);
  await untilEqual(greens, []);
  // What needs the bridge cannot be done and says why; a message can wait.
  await page.locator(".composer textarea").fill("later");
  const send = page.getByRole("button", { name: "Send", exact: true });
  await until(() => send.isEnabled(), (is) => is);
  await page.locator(".composer textarea").fill("");
  await stage.restart();
  await page.locator(".connection.connected").waitFor();
  await page.locator(".state.online").waitFor();
  await untilEqual(boxes, before);
  stage.assertNoProblem();
});

const SCOPES: [
  name: string,
  rights: { scopes?: string[]; accounts?: string[] },
  start: string,
  hidden: string[],
  check: (page: Page) => Promise<void>,
][] = [
  [
    "sender",
    { scopes: ["send"] },
    "/playground",
    ["Chats", "Accounts", "Tokens", "Figures"],
    async (page) => {
      await page.goto(page.url().replace(/#.*/, "#/chats"));
      await page.getByText("needs the scope read").waitFor();
    },
  ],
  [
    "reader",
    { scopes: ["read"] },
    "/chats",
    ["Tokens", "Targets", "Logs"],
    async (page) => {
      await page.goto(page.url().replace(/#.*/, "#/chats/10001/10000"));
      await page.getByText("this token lacks send").waitFor();
      await untilEqual(() => page.locator(".composer").count(), 0);
      await page.getByRole("link", { name: "Accounts" }).click();
      await page.getByText("this token lacks manage").waitFor();
      await untilEqual(
        () =>
          page.getByRole("button", { name: /Add|Log|More actions/ }).count(),
        0,
      );
    },
  ],
  [
    "one",
    { accounts: ["10002"] },
    "/overview",
    ["Figures", "Logs"],
    async (page) => {
      await page.getByRole("link", { name: "Accounts" }).click();
      await page.locator(".cards > li").first().waitFor();
      await until(
        () => page.locator(".cards > li").count(),
        (count) => count === 1,
      );
    },
  ],
];

Deno.test("console: a token with only send, only read or one account starts where it can do something, and is offered nothing that would be refused", async () => {
  await using stage = await Stage.start();
  for (const [name, rights, start, hidden, check] of SCOPES) {
    const { token } = await stage.ask("createToken", { name, ...rights }) as {
      token: string;
    };
    const page = await stage.open();
    const refused: string[] = [];
    page.on(
      "websocket",
      (socket) =>
        socket.on("framereceived", ({ payload }) => {
          const frame = String(payload);
          if (frame.includes('"code":"forbidden"')) refused.push(frame);
        }),
    );
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    await page.goto(`${stage.url}/#token=${token}`);
    await page.locator(".connection.connected").waitFor();
    await holds(
      page,
      `location.hash.startsWith(${JSON.stringify(`#${start}`)})`,
    );
    const menu = (await atRest(() => page.locator(".menu a").allInnerTexts()))
      .map((text) => text.trim());
    assert(menu.includes("Settings"), menu.join());
    assertEquals(menu.filter((text) => hidden.includes(text)), []);
    for (const link of await page.locator(".menu a").all()) {
      await link.click();
      await page.locator("main h1").first().waitFor();
    }
    await check(page);
    assertEquals(refused, [], "a page asks for what its token may not do");
  }
  stage.assertNoProblem();
});

Deno.test("console: at 768 px the conversation is at least 420 px wide", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn(
    { viewport: { width: 768, height: 900 } },
    "chats/10001/10000",
  );
  const box = await atRest(() => page.locator(".pane").boundingBox());
  assert(box!.width >= 420, `${box!.width} px`);
  assert(box!.x + box!.width <= 768, "it reaches beyond the window");
  assertEquals(
    await page.locator(".menu").evaluate((one) =>
      (one as unknown as { clientWidth: number }).clientWidth < 60
    ),
    true,
  );
  stage.assertNoProblem();
});

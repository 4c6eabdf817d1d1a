import { assert, assertEquals } from "@std/assert";
import type { Page } from "./deps.ts";
import { intercept } from "./interceptor.ts";
import {
  atRest,
  bubble,
  listRows,
  messagesOf,
  openTab,
  textsOf,
  until,
  untilEqual,
  write,
} from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

Deno.test("console: a message from an old client appears by itself, is counted and is answered", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.openSignedIn();
  const client = stage.oldClient("20001");
  await client.login();
  await client.send("10001", "<b>from</b> 2005");
  const row = listRows(page).filter({ hasText: "老王" });
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
  await untilEqual(() => textsOf(page), ["<b>from</b> 2005", "from today"]);
  stage.assertNoProblem();
});

Deno.test("console: a message with unknown outcome is checked again and sent once", async () => {
  await using stage = await Stage.start();
  await stage.addAccount("20001", "老王");
  const page = await stage.open();
  const keys: string[] = [];
  await page.routeWebSocket(/\/ws\?/, (socket) => {
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
      // The message is sent, but the page receives neither its result nor its event.
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
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/20001`);
  await write(page, "once");
  const open = page.locator(".bubble.unknown");
  await open.getByText("Unknown whether this was sent").waitFor();
  await open.getByText("Asking again does not send it twice").waitFor();
  await open.getByText("Details").click();
  await open.getByText("The answer was lost", { exact: true }).waitFor();
  await open.getByRole("button", { name: "Check again" }).click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  await untilEqual(() => textsOf(page), ["once"]);
  assertEquals([keys.length, new Set(keys).size], [2, 1]);
  const client = stage.oldClient("20001");
  await client.login();
  await client.mail("stranger_message");
  await write(page, "the end");
  const { text } = await client.mail("stranger_message");
  assertEquals(text, "the end");
  stage.assertNoProblem();
});

Deno.test("console: a message is shown once when its event overtakes its result", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  let answer: (() => void) | undefined;
  await page.routeWebSocket(/\/ws\?/, (socket) => {
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
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await write(page, "once");
  const sent = page.locator(".bubble.own .meta", { hasText: "sent ·" });
  await sent.waitFor();
  await untilEqual(() => textsOf(page), ["once"]);
  await until(() => Promise.resolve(answer), (one) => one !== undefined);
  answer!();
  await write(page, "the end");
  await until(() => textsOf(page), (all) => all.length === 2);
  assertEquals(await textsOf(page), ["once", "the end"]);
  stage.assertNoProblem();
});

Deno.test("console: while the account is out, Send says why and the login is offered; the draft stays", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn();
  await openTab(page, "Friends");
  await listRows(page).filter({ hasText: "Echo" }).click();
  await stage.command("logout", { account: "10001" });
  const pane = page.locator(".pane");
  await pane.locator(".bar", { hasText: "is offline" }).waitFor();
  await page.locator(".composer textarea").fill("not yet");
  const send = page.getByRole("button", { name: "Send", exact: true });
  await until(() => send.isDisabled(), (is) => is);
  await page.locator("#composer-hint", { hasText: "cannot be sent" }).waitFor();
  for (const row of await listRows(page).all()) {
    await row.getByText("presence not known").waitFor();
    await untilEqual(() => row.locator(".dot").count(), 0);
  }
  await pane.getByRole("button", { name: "Log in" }).click();
  await pane.locator(".bar").waitFor({ state: "detached" });
  await untilEqual(
    () => page.locator(".composer textarea").inputValue(),
    "not yet",
  );
  await send.click();
  await page.locator(".bubble.own .meta", { hasText: "sent ·" }).waitFor();
  stage.assertNoProblem();
});

Deno.test("console: an account that another client removes is gone from the list, and its chat stays readable", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await write(page, "before");
  await page.locator(".bubble:not(.own)").waitFor();
  const socket = await intercept(page);
  await page.locator(".connection.connected").waitFor();
  await page.locator(".bubble:not(.own)").waitFor();
  await stage.command("send", { account: "10002", to: "10001", text: "new" });
  await until(() => page.title(), (title) => title.startsWith("(1) "));
  // By its event, not by a question that comes later.
  socket.answer = ({ command }) =>
    ["accounts", "conversations"].includes(command) ? "drop" : undefined;
  await page.evaluate(`(() => {
    globalThis.saidAt = new Promise((resolve) => {
      const look = () =>
        document.title.startsWith("Chats") &&
          document.querySelector(".composer, .column .ui-list a") === null &&
          /10001 is not on the bridge/.test(
            document.querySelector(".bar")?.textContent,
          )
          ? resolve(Date.now())
          : requestAnimationFrame(look);
      look();
    });
  })()`);
  await stage.command("removeAccount", { uin: "10001" });
  const removedAt = Date.now();
  await page.locator(".bar", { hasText: "10001 is not on the bridge" })
    .waitFor();
  await until(() => page.title(), (title) => title.startsWith("Chats"));
  await until(() => listRows(page).count(), (count) => count === 0);
  const afterMs = await page.evaluate("saidAt") as number - removedAt;
  assert(afterMs < 1000, `${afterMs} ms`);
  await untilEqual(() => page.locator(".composer").count(), 0);
  await untilEqual(async () => (await messagesOf(page)).length, 2);
  stage.assertNoProblem();
});

Deno.test("console: notifications are asked for in the settings, name the sender only, and leave out what is on screen or muted", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  await page.addInitScript(`
    globalThis.notices = [];
    globalThis.asked = 0;
    globalThis.tones = 0;
    globalThis.Notification = class {
      static permission = "default";
      static requestPermission() {
        asked++;
        return Promise.resolve(this.permission = "granted");
      }
      constructor(title, { body }) {
        notices.push([title, body].join(": "));
      }
      close() {}
    };
    // No device is needed, and the first attempt finds none.
    let attempts = 0;
    globalThis.AudioContext = class extends OfflineAudioContext {
      constructor() {
        if (++attempts === 1) throw new Error("no device");
        super(1, 44100, 44100);
      }
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
      tones++;
      start.call(this, at);
    };
  `);
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.reload();
  await page.locator(".connection.connected").waitFor();
  const notices = () => page.evaluate("notices") as Promise<string[]>;
  const say = (text: string) =>
    stage.command("send", { account: "10002", to: "10001", text });
  const open = (path: string) => page.evaluate(`location.hash = "#/${path}"`);
  await open("chats/10001");
  await say("before");
  await listRows(page).filter({ hasText: "before" }).waitFor();
  assertEquals([await notices(), await page.evaluate("asked")], [[], 0]);

  await open("settings");
  await page.getByLabel("Notify about new messages").check();
  await page.getByLabel("Play a sound").check();
  await untilEqual(() => page.evaluate("asked"), 1);
  await open("chats/10001/10000");
  await page.locator(".composer").waitFor();
  await say("one");
  await until(notices, (all) => all.length === 1);
  await write(page, "an answer comes on screen");
  await page.locator(".bubble:not(.own)").waitFor();
  await open("chats/10001/10002");
  await bubble(page, "one").waitFor();
  await page.locator(".pane").getByRole("button", { name: "More actions" })
    .click();
  await page.getByRole("menuitem", { name: "Mute" }).click();
  await open("chats/10001/10000");
  await say("muted");
  const row = listRows(page).filter({ hasText: "Alice" });
  await row.locator(".badge").waitFor();
  await row.getByText("muted", { exact: true }).first().waitFor();
  await open("settings");
  await page.getByRole("button", { name: "Unmute 10001 with 10002" }).click();
  await page.getByLabel("Show the text").check();
  await say("three");
  await untilEqual(notices, ["Alice: New message", "Alice: three"]);
  await until(() => page.evaluate("tones"), (tones) => Number(tones) > 0);
  stage.assertNoProblem();
});

Deno.test("console: the profile stands beside a conversation at 1600 px, and the list is resized by keys and stays so", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn(
    { viewport: { width: 1600, height: 900 } },
    "chats/10001/10002",
  );
  const widthOf = async (what: string) =>
    (await page.locator(what).boundingBox())!.width;
  const panel = page.locator(".profile-panel");
  await panel.getByText("Introduction").waitFor();
  await untilEqual(() => widthOf(".profile-panel"), 320);
  assertEquals(await page.getByRole("dialog").count(), 0);
  await panel.getByRole("button", { name: "Hide the profile" }).click();
  await panel.waitFor({ state: "detached" });
  await page.reload();
  await page.locator(".pane h2").waitFor();
  assertEquals(await panel.count(), 0);
  await page.getByRole("button", { name: "Profile of" }).click();
  await panel.waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await panel.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Profile of" }).click();
  await page.getByRole("dialog").getByText("Introduction").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // The button gets the focus back a moment later.
  await until(
    () => page.evaluate("document.activeElement.tagName"),
    (name) => name === "BUTTON",
  );

  const bar = page.getByRole("separator", { name: "Width of the list" });
  const column = () => widthOf(".column");
  await untilEqual(column, 320);
  await bar.focus();
  await page.keyboard.press("ArrowRight");
  await until(column, (width) => width === 336);
  await page.keyboard.press("Home");
  await until(column, (width) => width === 264);
  await page.reload();
  await page.locator(".pane h2").waitFor();
  await until(column, (width) => width === 264);
  await bar.focus();
  await page.keyboard.press("End");
  await until(column, (width) => width === 480);
  await page.setViewportSize({ width: 768, height: 800 });
  await until(() => widthOf(".pane"), (width) => width >= 420);

  await stage.addToken("visitor");
  const tables = async () => {
    const heights: number[] = [];
    for (
      const [path, row] of [
        ["tokens", ".data-table tbody tr"],
        ["events/frames", ".ui-table-body > .ui-row"],
      ] as const
    ) {
      await page.goto(`${stage.url}/#/${path}`);
      const first = page.locator(row).first();
      await first.waitFor();
      heights.push(await atRest(() => heightOf(first)));
    }
    return heights;
  };
  const before = await tables();
  await page.goto(`${stage.url}/#/chats/10001`);
  await openTab(page, "Friends");
  const rowHeight = () => heightOf(listRows(page).first());
  const high = await atRest(rowHeight);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Density").selectOption("compact");
  await page.goto(`${stage.url}/#/chats/10001`);
  await until(rowHeight, (height) => height <= high - 8);
  const after = await tables();
  for (const [at, height] of after.entries()) {
    assert(height <= before[at]! - 7, `${before} ${after}`);
  }
  stage.assertNoProblem();
});

/** Height of a row, in pixels. */
async function heightOf(row: ReturnType<Page["locator"]>): Promise<number> {
  return (await row.boundingBox())?.height ?? 0;
}

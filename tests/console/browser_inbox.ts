import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async";
import type { NewEvent } from "../../bridge/journal/event.ts";
import type { Page } from "./deps.ts";
import { intercept } from "./interceptor.ts";
import {
  atRest,
  bubble,
  listRows,
  openTab,
  until,
  untilEqual,
  write,
} from "./page.ts";
import { Stage, TOKEN } from "./stage.ts";

type Draft = Omit<NewEvent, "at">;

const message = (from: string, text: string): Draft =>
  ({ account: "10001", event: "message", data: { from, text } }) as Draft;

const presence = (from: string, online: boolean): Draft =>
  ({
    account: "10001",
    event: "presence",
    data: { from, status: online ? "online" : "offline" },
  }) as Draft;

/** A stage whose journal has these events. */
async function filled(
  events: readonly Draft[],
  from?: number,
): Promise<Stage> {
  const stage = await Stage.start();
  await stage.kill();
  await stage.fillJournal(events, from);
  await stage.restart();
  return stage;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** A message, and how far below the top of the view it is shown, in pixels. */
interface Place {
  seq: string;
  top: number;
}

/** Where a message is shown, or without its position the one in the middle of the view. */
async function placeOf(page: Page, wanted?: string): Promise<Place | null> {
  return await page.evaluate(`(() => {
    const box = document.querySelector(".messages").getBoundingClientRect();
    const wanted = ${JSON.stringify(wanted ?? null)};
    return [...document.querySelectorAll(".bubble")].map((one) => ({
      seq: one.dataset.seq,
      top: Math.round(one.getBoundingClientRect().top - box.top),
    })).find(({ seq, top }) =>
      wanted === null ? top > box.height / 2 : seq === wanted
    ) ?? null;
  })()`) as Place | null;
}

/** The message that is read, once nothing moves any more. */
async function readPlace(page: Page): Promise<Place> {
  await page.locator(".bubble").first().waitFor();
  return (await atRest(() => placeOf(page)))!;
}

/** Waits until a message is shown where it was. Its distance from the first one changes with what loads. */
async function isKept(page: Page, { seq, top }: Place): Promise<void> {
  await until(
    () => placeOf(page, seq),
    (now) => now !== null && Math.abs(now.top - top) <= 1,
  );
}

function scroll(page: Page, to: "top" | "end" | number): Promise<void> {
  return page.locator(".messages").evaluate((box, to) => {
    const one = box as unknown as EventTarget & {
      scrollTop: number;
      scrollHeight: number;
    };
    // Somebody who scrolls does so with a wheel, a finger or a key.
    one.dispatchEvent(new Event("wheel"));
    one.scrollTop = to === "top"
      ? 0
      : to === "end"
      ? one.scrollHeight
      : one.scrollTop + (to as number);
  }, to);
}

Deno.test("console: unread messages are counted by the bridge, whatever came after them", async () => {
  await using stage = await filled([
    message("10002", "from long ago"),
    ...range(20).flatMap((n) =>
      range(n === 1 ? 158 : 20).map((m) =>
        message(String(30000 + n), `${n}: ${m}`)
      )
    ),
    ...range(7).map((n) => message("10000", `seven ${n}`)),
    {
      account: "10001",
      event: "friend.request",
      data: { from: "40001", text: "please" },
    } as Draft,
    ...range(320).map((n) => presence("10002", n % 2 === 0)),
  ]);
  const page = await stage.openSignedIn();
  const row = (uin: string) => listRows(page).filter({ hasText: uin });
  await row("seven 7").locator(".badge", { hasText: "7" }).waitFor();
  // Nothing is chosen: the newest unread ones are offered, and finding people.
  const offer = page.locator(".nothing-open");
  await offer.locator("li", { hasText: "10000" }).or(
    offer.locator("li", { hasText: "Echo" }),
  ).first().waitFor();
  await untilEqual(() => offer.locator("li").count(), 5);
  await page.goto(`${stage.url}/#/chats/all`);
  await offer.getByRole("button", { name: "Find people" }).click();
  await page.getByLabel("By number").waitFor();
  await page.goto(`${stage.url}/#/chats/10001`);
  await openTab(page, "Conversations");
  // 158 + 19 × 20 + 7 + 1 messages, and one request.
  await until(() => page.title(), (title) => title.startsWith("(547) "));
  await page.getByLabel("Filter by name or number").fill("30001");
  await row("1: 158").locator(".badge", { hasText: "158" }).waitFor();
  await page.reload();
  await row("seven 7").locator(".badge", { hasText: "7" }).waitFor();

  // A conversation of long ago is listed, with somebody who is no friend.
  await page.getByLabel("Filter by name or number").fill("30020");
  await row("20: 20").waitFor();
  await until(() => listRows(page).count(), (count) => count === 1);
  await openTab(page, "Requests");
  const request = page.getByRole("listitem", { name: "Request from" });
  await request.getByText("please").waitFor();
  await request.getByRole("button", { name: "Remove from list" }).click();
  await page.getByRole("dialog")
    .getByRole("button", { name: "Remove from list" }).click();
  await page.getByText("Nothing was sent").waitFor();
  await page.getByText("No open friend requests").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a message that is sent from the first unread one is shown", async () => {
  await using stage = await filled(
    range(300).map((n) => message("10000", `number ${n}.`)),
  );
  const page = await stage.openSignedIn();
  await listRows(page).filter({ hasText: "number 300." }).click();
  await bubble(page, "number 1\\.").waitFor();
  await write(page, "I saw none of it");
  await bubble(page, "I saw none of it").first().waitFor();
  stage.assertNoProblem();
});

Deno.test("console: a conversation of 10,000 is read from its end to its first message, by scrolling and by date", async () => {
  await using stage = await filled(
    range(10_000).map((n) => message("10002", `number ${n}.`)),
  );
  const page = await stage.openSignedIn();
  await stage.command("markRead", {
    account: "10001",
    with: "10002",
    upTo: 1_000_000,
  });
  await page.reload();
  await page.locator(".connection.connected").waitFor();
  await listRows(page).filter({ hasText: "number 10000." }).click();
  await bubble(page, "number 10000\\.").waitFor();
  assertEquals(await page.getByText("Beginning of").count(), 0);
  // To the most that is kept in memory: 2,000 events.
  const oldest = async () => {
    await scroll(page, "top");
    const shown = await page.locator(".bubble p").first().innerText();
    return Number(/\d+/.exec(shown)![0]);
  };
  await until(oldest, (number) => number <= 8005);
  await scroll(page, 5000);
  await page.locator(".pill").waitFor();
  const held = await readPlace(page);
  for (const n of range(5)) {
    const text = `late ${n}`;
    await stage.command("send", { account: "10002", to: "10001", text });
  }
  await page.locator(".pill", { hasText: "5 new messages" }).waitFor();
  await listRows(page).first().locator(".badge", { hasText: "5" }).waitFor();
  await until(() => page.title(), (title) => title.startsWith("(5) "));
  await isKept(page, held);

  await page.locator(".pane").getByRole("button", { name: "More actions" })
    .click();
  await page.getByRole("menuitem", { name: "Search in this" }).click();
  await page.getByLabel("Jump to a date").fill("2000-01-01");
  await page.getByRole("button", { name: "Jump" }).click();
  await bubble(page, "number 1\\.").waitFor();
  await page.getByText("Beginning of the conversation").waitFor();
  // A live message at the other end changes nothing here.
  const before = await readPlace(page);
  await stage.command("send", { account: "10002", to: "10001", text: "now" });
  await page.locator(".pill", { hasText: "6 new messages" }).waitFor();
  await isKept(page, before);
  const elements = await page.evaluate(
    "document.querySelectorAll('*').length",
  ) as number;
  assert(elements < 1500, `${elements} elements`);

  await page.getByLabel("Text to find").fill("number 5555.");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.locator(".found button", { hasText: "number 5555." }).click();
  await bubble(page, "number 5555\\.").waitFor();
  assert(page.url().includes("at="), page.url());
  assertEquals(await page.getByText("Beginning of").count(), 0);
  await page.locator(".pill").click();
  await bubble(page, "now").waitFor();
  stage.assertNoProblem();
});

Deno.test("console: more live messages than a page keeps leave the view at the newest", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "chats/10001/10002");
  const socket = await intercept(page);
  await page.locator(".connection.connected").waitFor();
  await page.locator(".messages .top").waitFor();
  const flood = async (from: number) => {
    for (let at = from; at < from + 200; at++) {
      socket.push({
        type: "event",
        seq: 100_000 + at,
        at: new Date().toISOString(),
        account: "10001",
        event: "message",
        data: { from: "10002", text: `live ${at}.` },
      });
    }
    await bubble(page, `live ${from + 199}\\.`).waitFor();
  };
  for (let from = 0; from < 2600; from += 200) await flood(from);
  // The end is further away without anybody having moved.
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.locator(".messages").dispatchEvent("scroll");
  await flood(2600);
  assertEquals(await page.locator(".pill").count(), 0);
  const elements = await page.evaluate(
    "document.querySelectorAll('*').length",
  ) as number;
  assert(elements < 1500, `${elements} elements`);
  stage.assertNoProblem();
});

Deno.test("console: a flood of messages is drawn ten times a second at most, and each one is counted", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "chats/10001/10002");
  const socket = await intercept(page);
  await page.locator(".connection.connected").waitFor();
  await page.locator(".messages .top").waitFor();
  await page.evaluate(`{
    const shown = globalThis.shown = { draws: 0, from: 0, to: 0 };
    let before = "";
    const look = () => {
      const text = [...document.querySelectorAll(".column .preview")]
        .map((one) => one.textContent).find((one) => one.includes("flood"));
      if (text === undefined || text === before) return;
      before = text;
      shown.draws++;
      shown.to = performance.now();
      if (shown.draws === 1) shown.from = shown.to;
    };
    new MutationObserver(look).observe(document.querySelector("main"), {
      childList: true, characterData: true, subtree: true,
    });
  }`);
  for (const n of range(150)) {
    socket.push({
      type: "event",
      seq: 100_000 + n,
      at: "2026-01-01T00:00:00.000Z",
      account: "10001",
      event: "message",
      data: { from: "10000", text: `flood ${n}.` },
    });
    await delay(4);
  }
  const row = listRows(page).filter({ hasText: "flood 150." });
  await row.locator(".badge", { hasText: "150" }).waitFor();
  const { draws, from, to } = await page.evaluate("globalThis.shown") as Record<
    "draws" | "from" | "to",
    number
  >;
  assert(draws <= (to - from) / 99 + 2, `${draws} draws in ${to - from} ms`);
  stage.assertNoProblem();
});

Deno.test("console: messages that come while scrolled up are counted, and the view does not move", async () => {
  await using stage = await filled(
    range(300).map((n) => message("10002", `number ${n}`)),
  );
  const page = await stage.openSignedIn();
  await stage.command("markRead", {
    account: "10001",
    with: "10002",
    upTo: 1_000_000,
  });
  await page.goto(`${stage.url}/#/chats/10001/10002`);
  await page.reload();
  await bubble(page, "number 300").waitFor();
  await scroll(page, -400);
  await page.locator(".pill").waitFor();
  const before = await readPlace(page);
  for (const n of range(5)) {
    const text = `late ${n}`;
    await stage.command("send", { account: "10002", to: "10001", text });
  }
  await page.locator(".pill", { hasText: "5 new messages" }).waitFor();
  await listRows(page).first().locator(".badge", { hasText: "5" }).waitFor();
  await page.locator(".menu .badge", { hasText: "5" }).waitFor();
  await until(() => page.title(), (title) => title.startsWith("(5) "));
  await page.waitForTimeout(1500);
  await isKept(page, before);
  // At the end they are read, for all clients.
  await page.locator(".pill").click();
  await bubble(page, "late 5").waitFor();
  await listRows(page).first().locator(".badge").waitFor({ state: "detached" });
  const other = await stage.openSignedIn();
  await listRows(other).filter({ hasText: "late 5" }).waitFor();
  await until(
    () => listRows(other).locator(".badge").count(),
    (count) => count === 0,
  );
  stage.assertNoProblem();
});

Deno.test("console: many unread messages open at the first of them, under a line", async () => {
  await using stage = await filled([
    ...range(200).map((n) => message("10000", `old ${n}`)),
    {
      account: "10001",
      event: "message.sent",
      data: { to: "10000", text: "mine" },
    } as Draft,
    ...range(250).map((n) => message("10000", `new ${n}`)),
  ]);
  const page = await stage.openSignedIn();
  await listRows(page).filter({ hasText: "new 250" }).click();
  await bubble(page, "new 1").waitFor();
  await page.locator(".unread-line").waitFor();
  await page.locator(".pill", { hasText: "250 new messages" }).waitFor();
  for (
    const [item, name, first] of [
      ["Export as JSON lines", "10001-10000.jsonl", /"text":"old 1"/],
      ["Export as text", "10001-10000.txt", /Z .+: old 1$/],
    ] as const
  ) {
    await page.locator(".pane").getByRole("button", { name: "More actions" })
      .click();
    const menu = page.getByRole("menu");
    await menu.waitFor();
    // The messages scroll by themselves too, when some come: the menu is not theirs.
    const scrolled = page.evaluate(`new Promise((resolve) =>
      addEventListener("scroll", () => requestAnimationFrame(() =>
        requestAnimationFrame(resolve)), { capture: true, once: true })
    )`);
    await scroll(page, 40);
    await scrolled;
    assertEquals(await menu.count(), 1);
    const saved = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: item }).click();
    const download = await saved;
    assertEquals(download.suggestedFilename(), name);
    const text = await Deno.readTextFile((await download.path())!);
    const lines = text.trimEnd().split("\n");
    assertEquals(lines.length, 451);
    assertMatch(lines[0]!, first);
    assertMatch(lines.at(-1)!, /new 250/);
  }
  await page.locator(".pane").getByRole("button", { name: "More actions" })
    .click();
  await page.getByRole("menu").waitFor();
  await page.setViewportSize({ width: 1270, height: 790 });
  await page.getByRole("menu").waitFor({ state: "detached" });
  stage.assertNoProblem();
});

Deno.test("console: a run of ten short messages is at most 340 px high and has one time, at the bottom", async () => {
  await using stage = await filled(
    range(10).map((n) => message("10000", `m${n}`)),
    // Of one day, at any time of day.
    new Date().setHours(-12),
  );
  const page = await stage.openSignedIn({}, "chats/10001/10000");
  await bubble(page, "m10").waitFor();
  const boxes = await atRest(() =>
    page.locator(".bubble").evaluateAll((all) =>
      all.map((one) =>
        (one as unknown as { getBoundingClientRect(): DOMRectReadOnly })
          .getBoundingClientRect()
      ).map(({ top, bottom }) => ({ top, bottom }))
    )
  );
  assertEquals(boxes.length, 10);
  const height = boxes.at(-1)!.bottom - boxes[0]!.top;
  assert(height <= 340, `${height} px`);
  await until(
    () => page.locator(".bubble time").count(),
    (count) => count === 1,
  );
  const composer = (await page.locator(".composer").boundingBox())!.y;
  assert(composer - boxes.at(-1)!.bottom < 40, "not at the bottom");
  stage.assertNoProblem();
});

Deno.test("console: names and texts with hidden characters change the order of nothing else", async () => {
  await using stage = await filled([message("20001", "d\u202ee\u2066f")]);
  const page = await stage.open();
  const socket = await intercept(page);
  socket.answer = ({ command, params }) =>
    command === "people" && Array.isArray(params.uins)
      ? {
        data: {
          people: params.uins.map((uin) => ({
            uin,
            nickname: "x\u202ey\u200b\u0007",
            isFriend: false,
            at: "2026-11-28T12:00:00.000Z",
          })),
          pending: 0,
        },
      }
      : undefined;
  await page.goto(`${stage.url}/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/chats/10001`);
  const row = listRows(page).filter({
    hasText: "x[U+202E]y[U+200B][U+0007]",
  });
  await row.locator("bdi.name").waitFor();
  await row.click();
  const text = page.locator(".bubble p");
  await text.waitFor();
  // The text stays as it was sent, and is isolated by its own paragraph.
  assertEquals(await text.innerText(), "d\u202ee\u2066f");
  assertEquals(await text.getAttribute("dir"), "auto");
  // Wherever such characters stand, nothing else is in the box that orders them.
  const loose = await page.evaluate(`(() => {
    const hidden = /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u0007]/;
    const walk = document.createTreeWalker(document.body, 4);
    const found = [];
    for (let one = walk.nextNode(); one !== null; one = walk.nextNode()) {
      if (!hidden.test(one.data)) continue;
      const box = one.parentElement;
      const { unicodeBidi } = getComputedStyle(box);
      if (!/isolate|plaintext/.test(unicodeBidi) || box.closest("bdi, h1, h2")) {
        found.push(box.outerHTML);
      }
    }
    return found;
  })()`);
  assertEquals(loose, []);
  await page.locator(".pane h2", { hasText: "[U+202E]" }).waitFor();
  await until(
    () => page.title(),
    (title) => !/[\u200b\u202e\u2066]/.test(title),
  );
  stage.assertNoProblem();
});

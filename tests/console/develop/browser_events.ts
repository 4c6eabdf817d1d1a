import { assert, assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { atRest, until, untilEqual } from "../page.ts";
import { PHONE, Stage, TOKEN } from "../stage.ts";

interface Event {
  seq: number;
  at: string;
  account: string;
  event: string;
}

const table = (page: Page) => page.getByRole("grid");
const rows = (page: Page) => table(page).locator(".ui-table-body > .ui-row");

/** Positions of the rows that are drawn. */
async function positionsOf(page: Page): Promise<number[]> {
  const texts = await rows(page).locator(".of-seq").allInnerTexts();
  return texts.map(Number).sort((a, b) => a - b);
}

async function openJournal(stage: Stage, page: Page, query = "") {
  await page.goto(`${stage.url}/#/events${query}`);
  await page.getByRole("grid", { name: "Journal" }).waitFor();
}

/** Says something in both directions, so that the journal has events of several kinds. */
async function talk(stage: Stage) {
  for (const [account, to, text] of TALK) {
    await stage.command("send", { account, to, text });
  }
  await stage.command("setStatus", { account: "10002", status: "busy" });
  // Alice's message, hers, and the echo: each is sent once and arrives once.
  for (const [event, least] of [["message", 6], ["presence", 2]] as const) {
    await until(
      async () => (await historyOf(stage, { events: [event] })).length,
      (count) => count >= least,
    );
  }
  await atRest(async () => (await historyOf(stage, {})).length);
}

const TALK = [
  ["10001", "10002", "Hello Alice"],
  ["10002", "10001", "hello back"],
  ["10001", "10000", "echo this"],
] as const;

async function historyOf(stage: Stage, params: object): Promise<Event[]> {
  const { events } = await stage.ask("history", params) as { events: Event[] };
  return events;
}

Deno.test("journal: each filter alone and all together show what the history has", async () => {
  await using stage = await Stage.start();
  await talk(stage);
  const all = await historyOf(stage, {});
  const middle = all[Math.floor(all.length / 2)]!;
  // A field for local times has no seconds, so the bound is a whole minute.
  const minute = new Date(
    Math.ceil(Date.parse(all.at(-1)!.at) / 60_000) * 60_000,
  ).toISOString();
  const cases: [query: string, params: Record<string, unknown>][] = [
    ["", {}],
    ["?account=10002", { account: "10002" }],
    ["?events=message", { events: ["message"] }],
    ["?events=presence,account.state", {
      events: ["presence", "account.state"],
    }],
    ["?peer=10002", { with: "10002" }],
    [`?since=${middle.at}`, { since: middle.at }],
    [`?until=${middle.at}`, { until: middle.at }],
    [`?after=${middle.seq}`, { after: middle.seq }],
    [
      `?account=10001&events=message&peer=10002&since=${
        all[0]!.at
      }&until=${minute}&after=1`,
      {
        account: "10001",
        events: ["message"],
        with: "10002",
        since: all[0]!.at,
        until: minute,
        after: 1,
      },
    ],
  ];
  const page = await stage.openSignedIn({}, "settings");
  for (const [query, params] of cases) {
    await openJournal(stage, page, query);
    const expected = (await historyOf(stage, params)).map(({ seq }) => seq);
    assert(expected.length > 0, query);
    await until(
      async () => (await positionsOf(page)).join(),
      (found) => found === expected.join(),
    );
  }

  // The same with the fields, and with the text, which is in no address.
  await openJournal(stage, page);
  const account = page.getByRole("combobox", { name: "Account" });
  await account.fill("10001");
  await page.keyboard.press("Enter");
  await page.locator(".events-names summary").click();
  await page.getByRole("checkbox", { name: "message.sent" }).check();
  await page.keyboard.press("Escape");
  const text = page.getByRole("searchbox", { name: "Text" });
  await text.fill("HELLO");
  const isShown = async (seqs: readonly number[]) =>
    await until(
      async () => (await positionsOf(page)).join(),
      (found) => found === seqs.join(),
    );
  await isShown(
    (await historyOf(stage, {
      account: "10001",
      events: ["message.sent"],
      text: "hello",
    })).map(({ seq }) => seq),
  );
  await page.getByLabel("Other number").fill("10002");
  const expected = await historyOf(stage, {
    account: "10001",
    events: ["message.sent"],
    with: "10002",
    text: "hello",
  });
  assertEquals(expected.length, 1);
  await untilEqual(
    () => Promise.resolve(new URL(page.url()).hash),
    "#/events?account=10001&events=message.sent&peer=10002",
  );
  await isShown(expected.map(({ seq }) => seq));
  // What is typed and not yet applied is cleared too.
  await text.fill("not applied");
  await page.getByRole("button", { name: "Clear the filters" }).first()
    .click();
  await page.waitForTimeout(600);
  await untilEqual(() => text.inputValue(), "");
  await isShown(all.map(({ seq }) => seq));
  stage.assertNoProblem();
});

Deno.test("journal: a row opens the event in full, and leads to its conversation", async () => {
  await using stage = await Stage.start();
  await talk(stage);
  const page = await stage.openSignedIn({}, "settings");
  await openJournal(stage, page, "?events=message.sent&account=10001");
  await rows(page).filter({ hasText: "Hello Alice" }).click();
  const detail = page.getByRole("region", { name: "Event" });
  await detail.getByText('"Hello Alice"').waitFor();
  await detail.getByText("CMD=CLTMSG", { exact: false }).first().waitFor();
  const link = detail.getByRole("link", { name: "Open conversation here" });
  const [event] = await historyOf(stage, {
    account: "10001",
    text: "Hello Alice",
  });
  await untilEqual(
    () => link.getAttribute("href"),
    `#/chats/10001/10002?at=${event!.seq}`,
  );
  // The keyboard alone: one stop, arrows, Enter.
  await rows(page).filter({ hasText: "Hello Alice" }).focus();
  await page.keyboard.press("End");
  await until(
    () => page.evaluate("document.activeElement.innerText"),
    (text) => String(text).includes("echo this"),
  );
  await page.keyboard.press("Enter");
  await detail.getByText('"echo this"').waitFor();
  await until(
    () => table(page).locator("[tabindex='0']").count(),
    (count) => count === 1,
  );
  // The JSON folds, also by keys.
  const tree = detail.getByRole("tree");
  const before = await tree.getByRole("treeitem").count();
  await tree.locator("[tabindex='0']").focus();
  await page.keyboard.press("ArrowLeft");
  await until(() => tree.getByRole("treeitem").count(), (n) => n === 1);
  await page.keyboard.press("ArrowRight");
  await until(() => tree.getByRole("treeitem").count(), (n) => n === before);
  stage.assertNoProblem();
});

Deno.test("journal: the live tail adds what passes the filters", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await openJournal(stage, page, "?account=10001&events=message");
  await page.getByText("No event matches").waitFor();
  await page.getByRole("button", { name: "Live" }).click();
  await page.getByRole("button", { name: "Live", exact: true, pressed: true })
    .waitFor();
  await stage.command("send", { account: "10001", to: "10002", text: "out" });
  await stage.command("send", { account: "10002", to: "10001", text: "in" });
  await rows(page).filter({ hasText: "in" }).waitFor();
  // `message` also selects `message.sent`, but not the other account's events.
  await untilEqual(
    () => rows(page).locator(".of-excerpt").allInnerTexts(),
    ["out", "in"],
  );
  await page.getByRole("button", { name: "Live", exact: true }).click();
  await stage.command("send", { account: "10002", to: "10001", text: "late" });
  await until(
    async () =>
      (await historyOf(stage, { account: "10001", events: ["message"] }))
        .length,
    (count) => count >= 3,
  );
  await until(() => rows(page).count(), (count) => count === 2);
  stage.assertNoProblem();
});

Deno.test("journal: it scrolls back to the first event, and a search says how far it came", async () => {
  await using stage = await Stage.start();
  await stage.kill();
  const count = 110_000;
  await stage.fillJournal(
    Array.from({ length: count }, (_, at) => ({
      account: "10001",
      event: "message" as const,
      data: { from: "10002", text: at === 0 ? "the needle" : `straw ${at}` },
    })),
  );
  await stage.restart();
  const page = await stage.openSignedIn({}, "settings");
  await openJournal(stage, page, "?events=message");
  const box = page.locator(".ui-table");
  await rows(page).filter({ hasText: `straw ${count - 1}` }).waitFor();
  // Some rows of many are in the document, and scrolling loads others.
  await until(() => rows(page).count(), (count) => count < 80);
  const [newest] = (await positionsOf(page)).slice(-1);
  await box.evaluate((element) =>
    (element as unknown as { scrollTop: number }).scrollTop = 0
  );
  await page.getByText(/events, positions/).waitFor();
  await until(
    async () => Number(await table(page).getAttribute("aria-rowcount")),
    (shown) => shown > 150,
  );
  assert((await positionsOf(page)).every((seq) => seq <= newest!));

  await page.getByRole("searchbox", { name: "Text" }).fill("needle");
  await page.getByText("nothing yet").waitFor();
  await page.getByRole("button", { name: "Continue the search" }).click();
  await rows(page).filter({ hasText: "the needle" }).waitFor();

  // An export is cut at its limit, and says so.
  await page.getByRole("button", { name: "Clear the filters" }).first()
    .click();
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog");
  const download = page.waitForEvent("download", { timeout: 300_000 });
  await dialog.getByRole("button", { name: "Export" }).click();
  const path = await (await download).path();
  const lines = (await Deno.readTextFile(path!)).trimEnd().split("\n");
  assertEquals(lines.length, 100_000);
  await dialog.getByText("There are more than 100000").waitFor();
  stage.assertNoProblem();
});

Deno.test("journal: an export has the events of the history, and can be stopped", async () => {
  await using stage = await Stage.start();
  await talk(stage);
  const page = await stage.openSignedIn({}, "settings");
  await openJournal(stage, page, "?events=message&peer=10002");
  const expected = await historyOf(stage, {
    events: ["message"],
    with: "10002",
  });
  for (const format of ["jsonl", "csv"]) {
    await page.getByRole("button", { name: "Export" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Format").selectOption(format);
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Export" }).click();
    const text = await Deno.readTextFile((await (await download).path())!);
    if (format === "jsonl") {
      assertEquals(
        text.trimEnd().split("\n").map((line) => JSON.parse(line)),
        expected,
      );
    } else {
      const [head, ...body] = text.trimEnd().split("\r\n");
      assertEquals(head, "seq,at,account,event,peer,text,data");
      assertEquals(body.length, expected.length);
      assert(body[0]!.startsWith(`${expected[0]!.seq},${expected[0]!.at},`));
    }
    await dialog.getByText(`Saved ${expected.length} events.`).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }

  // The connection gives nothing: the export goes on until it is stopped.
  await page.routeWebSocket(/\/ws\?.*after=/, () => {});
  // Routes hold from the next load of the page on.
  await page.reload();
  await rows(page).first().waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Export" }).click();
  await dialog.getByRole("progressbar").waitFor();
  await dialog.getByRole("button", { name: "Stop" }).click();
  await dialog.getByRole("button", { name: "Export" }).waitFor();
  stage.assertNoProblem();
});

Deno.test("frames: a long wire text leaves its JSON at least ten lines", async () => {
  await using stage = await Stage.start();
  await stage.command("send", {
    account: "10002",
    to: "10001",
    text: "x".repeat(3000),
  });
  for (const viewport of [{ width: 1280, height: 700 }, PHONE.viewport]) {
    const page = await stage.openSignedIn({ viewport }, "settings");
    await page.goto(`${stage.url}/#/events/frames`);
    await stage.command("send", {
      account: "10002",
      to: "10001",
      text: "y".repeat(3000),
    });
    await rows(page).filter({ hasText: "yyy" }).first().click();
    const detail = page.getByRole("region", { name: "Frame" });
    await detail.getByText("MG=yyy", { exact: false }).first().waitFor();
    const lines = () =>
      detail.getByRole("tree").evaluate((tree) => {
        const { clientHeight, children } = tree as unknown as Box;
        return clientHeight / children[1]!.clientHeight;
      });
    await until(lines, (count) => count >= 10);
    await page.close();
  }
  stage.assertNoProblem();
});

interface Box {
  clientHeight: number;
  children: readonly Box[];
}

Deno.test("frames: a command and its result point at each other; failures, pause and secrets", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await page.goto(`${stage.url}/#/playground/changeAccount`);
  await page.getByLabel("uin").fill("10777");
  await page.getByLabel("password").fill("open-sesame");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.locator(".outcome-line", { hasText: "unknown_account" })
    .waitFor();
  await page.goto(`${stage.url}/#/events/frames`);
  const own = rows(page).filter({ hasText: "changeAccount" });
  await own.first().waitFor();
  await until(() => own.count(), (count) => count === 2);
  for (const row of await own.all()) {
    await until(
      () => row.getAttribute("class"),
      (names) => names!.includes("failed"),
    );
    await until(() => row.innerText(), (text) => /\d+ ms/.test(text));
  }
  await own.first().click();
  const detail = page.getByRole("region", { name: "Frame" });
  await detail.getByText('"••••"').waitFor();
  await rows(page).locator("xpath=self::*[contains(@class, 'pair')]")
    .filter({ hasText: "unknown_account" }).waitFor();
  await detail.getByRole("button", { name: "Show the result" }).click();
  await detail.getByText('"unknown_account"').waitFor();
  await page.getByLabel("Show").selectOption("Failures");
  await until(() => rows(page).count(), (count) => count === 2);
  await page.getByLabel("Show").selectOption("All frames");
  assertEquals(
    (await page.content()).includes("open-sesame"),
    false,
  );

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  const before = await table(page).getAttribute("aria-rowcount");
  await stage.command("send", { account: "10002", to: "10001", text: "new" });
  await page.getByText(/Paused: [1-9]/).waitFor();
  assertEquals(await table(page).getAttribute("aria-rowcount"), before);
  await page.getByRole("button", { name: "Resume" }).click();
  await rows(page).filter({ hasText: "new" }).first().waitFor();
  stage.assertNoProblem();
});

Deno.test("frames: 2000 are kept, and the number of those that were dropped is shown", async () => {
  await using stage = await Stage.start();
  const page = await stage.open();
  let flood: (from: number, to: number) => void = () => {};
  await page.routeWebSocket(/\/ws(\?events=|$)/, (socket) => {
    socket.connectToServer();
    flood = (from, to) => {
      for (let seq = from; seq < to; seq++) {
        socket.send(JSON.stringify({
          type: "event",
          seq,
          at: new Date().toISOString(),
          account: "10001",
          event: "presence",
          data: { from: "10002", status: "online" },
        }));
      }
    };
  });
  // Routes hold from the next load of the page on.
  await page.reload();
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".connection.connected").waitFor();
  await page.goto(`${stage.url}/#/events/frames`);
  await rows(page).first().waitFor();
  const kept = () => table(page).getAttribute("aria-rowcount").then(Number);
  // The client takes about a thousand at a time.
  for (let from = 10_000; from < 12_500; from += 500) {
    const before = await kept();
    flood(from, from + 500);
    await until(kept, (count) => count >= Math.min(2001, before + 500));
  }
  await page.getByText(/^\d+ frames.*2000 are kept/s).waitFor();
  // Some rows of many are in the document.
  assert(await rows(page).count() < 80);
  stage.assertNoProblem();
});

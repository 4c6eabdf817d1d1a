/**
 * The console in a browser: first load, lists, conversations, and a minute of
 * 1,000 events a second while somebody types. The data are answered in the
 * bridge's place where a fixture has thousands of accounts or friends.
 *
 * What the page's main thread did while events came is measured by the time of
 * the thread, so that it says something on a busy machine too.
 *
 * deno task bench:console [--json] [--rounds=3] [--seconds=60] [--only=load,lists,conversations,chats,events]
 *
 * @module
 */

import type { NewEvent } from "../../bridge/journal/event.ts";
import type { Page } from "../console/deps.ts";
import { intercept, type Interceptor } from "../console/interceptor.ts";
import { endBrowser, Stage, startBrowser, TOKEN } from "../console/stage.ts";
import { compare } from "./goals.ts";
import { watchMainThread } from "./load/main_thread.ts";
import {
  argument,
  type Figure,
  figureOf,
  plain,
  printFigures,
  table,
} from "./harness.ts";

const rounds = Number(argument("rounds", "3"));
const seconds = Number(argument("seconds", "60"));
const only = argument("only", "load,lists,conversations,chats,events").split(
  ",",
);

/** Events a second while somebody types, and how often they come. */
const RATE = 1000;
const TICK_MS = 10;

/** Milliseconds from an action in the page until an expression is true and painted. */
function timeOf(
  page: Page,
  action: string,
  done: string,
  maxMs = 60_000,
): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const from = performance.now();
    ${action};
    const look = () => {
      const ms = performance.now() - from;
      // What never comes has the longest time, which no goal allows.
      if (${done} || ms > ${maxMs}) resolve(ms);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`) as Promise<number>;
}

const has = (selector: string) =>
  `document.querySelector(${JSON.stringify(selector)}) !== null`;
const goTo = (path: string) => `location.hash = "#/${path}"`;
const type = (selector: string, text: string) =>
  `{
  const field = document.querySelector(${JSON.stringify(selector)});
  field.value = ${JSON.stringify(text)};
  field.dispatchEvent(new Event("input", { bubbles: true }));
}`;

const AT = "2026-01-01T00:00:00.000Z";

/** Answers for so many accounts, of which two are the bridge's own, and for so many friends. */
function answers(accounts: number, friends: number): Interceptor["answer"] {
  const uins = [
    "10001",
    "10002",
    ...Array.from({ length: accounts - 2 }, (_, at) => String(1_000_000 + at)),
  ];
  const list = uins.map((uin) => ({
    uin,
    nickname: `account ${uin}`,
    state: "online",
    since: AT,
    wanted: true,
    waiting: 0,
  }));
  const people = Array.from({ length: friends }, (_, at) => ({
    uin: String(2_000_000 + at),
    nickname: `friend ${at}`,
    isFriend: true,
    status: "online",
    face: at % 100,
    at: AT,
  }));
  return ({ command, params }) =>
    command === "accounts" && params.limit === undefined
      ? { data: { accounts: list, counts: { online: accounts } } }
      : command === "people" && params.uins === undefined && friends > 0
      ? { data: { people, pending: 0 } }
      : undefined;
}

/** A page that is signed in, with accounts and friends of a fixture. */
async function open(
  stage: Stage,
  accounts: number,
  friends: number,
): Promise<Page> {
  const page = await stage.open(`/#token=${TOKEN}`);
  await page.locator(".connection.connected").waitFor();
  const socket = await intercept(page);
  socket.answer = answers(accounts, friends);
  // The page's main connection, so that events can be given to it.
  await page.addInitScript(`{
    const Socket = globalThis.WebSocket;
    globalThis.WebSocket = new Proxy(Socket, {
      construct(target, args, made) {
        const socket = Reflect.construct(target, args, made);
        (globalThis.sockets ??= []).push(socket);
        return socket;
      },
    });
  }`);
  await page.reload();
  await page.locator(".connection.connected").waitFor();
  return page;
}

/** Runs a measurement in every round. */
async function repeat(
  name: string,
  unit: string,
  run: () => Promise<number>,
): Promise<Figure> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) all.push(await run());
  return figureOf(`console, ${name}`, unit, all);
}

/** 50 accounts on a slow machine and a slow line: until the composer of a conversation answers. */
async function firstLoad(stage: Stage): Promise<Figure[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  const signIn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await stage.open(`/#token=${TOKEN}`);
    await page.locator(".connection.connected").waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: 1.6e6 / 8,
      uploadThroughput: 0.75e6 / 8,
    });
    const socket = await intercept(page);
    socket.answer = answers(50, 60);
    await page.goto(`${stage.url}/#/chats/10001/10000`);
    for (const [times, isCold] of [[cold, true], [warm, false]] as const) {
      await session.send("Network.setCacheDisabled", {
        cacheDisabled: isCold,
      });
      const from = performance.now();
      await page.reload({ waitUntil: "commit" });
      await page.locator(".composer textarea").waitFor();
      times.push(performance.now() - from);
    }
    await page.context().close();

    const fresh = await stage.open("/");
    await fresh.locator("input").first().fill(TOKEN);
    await fresh.evaluate(goTo("chats/10001"));
    const from = performance.now();
    await fresh.keyboard.press("Enter");
    await fresh.locator(".column .ui-list a").first().waitFor();
    signIn.push(performance.now() - from);
    await fresh.context().close();
  }
  return [
    figureOf("console, 50 accounts, slow, cold load", "ms", cold),
    figureOf("console, 50 accounts, slow, warm load", "ms", warm),
    figureOf("console, sign-in to the list", "ms", signIn),
  ];
}

/** The friends and the accounts of a fixture: open, filter, sort. */
async function lists(stage: Stage): Promise<Figure[]> {
  const page = await open(stage, 50, 500);
  const figures: Figure[] = [];
  const setSize = (count: number) =>
    `document.querySelector(".column [role=listitem]")?.getAttribute("aria-setsize") === "${count}"`;
  const filter = ".column input[type=search]";
  figures.push(
    await repeat("500 friends, list usable", "ms", async () => {
      await page.evaluate(goTo("settings"));
      await page.locator(".data-table").first().waitFor();
      await page.evaluate(goTo("chats/10001"));
      await page.locator(".tabs button").nth(1).waitFor();
      return await timeOf(
        page,
        `document.querySelectorAll(".tabs button")[1].click()`,
        setSize(500),
      );
    }),
    await repeat("500 friends, filter", "ms", async () => {
      await timeOf(page, type(filter, ""), setSize(500));
      return await timeOf(page, type(filter, "friend 499"), setSize(1));
    }),
  );
  await page.context().close();
  for (const count of [50, 5000]) {
    const page = await open(stage, count, 0);
    const rows = ".ui-table-body > .ui-row";
    figures.push(
      await repeat(`${count} accounts, page usable`, "ms", async () => {
        await page.evaluate(goTo("settings"));
        await page.locator(".data-table").first().waitFor();
        return await timeOf(page, goTo("accounts"), has(rows));
      }),
    );
    if (count === 5000) {
      const shown = `document.querySelectorAll(${JSON.stringify(rows)}).length`;
      figures.push(
        await repeat(`${count} accounts, filter`, "ms", async () => {
          await page.evaluate(type("main input[type=search]", ""));
          await page.locator(rows).nth(5).waitFor();
          return await timeOf(
            page,
            type("main input[type=search]", "1004321"),
            `${shown} === 1`,
          );
        }),
      );
    }
    await page.context().close();
  }
  return figures;
}

/** 10,000 messages: the newest, the first, and from one conversation to another. */
async function conversations(stage: Stage): Promise<Figure[]> {
  const page = await open(stage, 50, 60);
  const newest = `[...document.querySelectorAll(".bubble p")].some((one) =>
    one.textContent === "number 10000.")`;
  const away = goTo("chats/10001/10000");
  const back = async () => {
    await page.evaluate(away);
    await page.locator(".pane h2", { hasText: /\S/ }).waitFor();
    await page.locator(".bubble p", { hasText: "number 10000." })
      .waitFor({ state: "detached" });
  };
  const figures = [
    await repeat("10,000 messages, newest shown", "ms", async () => {
      await page.reload();
      await page.locator(".connection.connected").waitFor();
      await back();
      return await timeOf(page, goTo("chats/10001/10002"), newest);
    }),
    await repeat("from one conversation to another", "ms", async () => {
      await back();
      return await timeOf(page, goTo("chats/10001/10002"), newest);
    }),
    await repeat("10,000 messages, to the first by date", "ms", async () => {
      // The search that the round before has opened ends with the page.
      await page.reload();
      await page.locator(".connection.connected").waitFor();
      await back();
      await page.evaluate(goTo("chats/10001/10002"));
      await page.locator(".pane").getByRole("button", { name: "More actions" })
        .click();
      await page.getByRole("menuitem", { name: "Search in this" }).click();
      await page.getByLabel("Jump to a date").fill("2000-01-01");
      return await timeOf(
        page,
        `[...document.querySelectorAll("main button")].find((one) => one.textContent === "Jump").click()`,
        newest.replace("10000", "1"),
      );
    }),
  ];
  await page.context().close();
  return figures;
}

/** What a page measured while events came. */
interface Flooded {
  longTasks: number[];
  keys: number[];
}

/** 1,000 events a second while somebody types, with 5,000 accounts. */
async function flood(stage: Stage, path: string): Promise<Figure[]> {
  const page = await open(stage, 5000, 0);
  await page.evaluate(goTo(path));
  const field = page.locator(
    path.startsWith("chats") ? ".composer textarea" : "main input",
  ).first();
  await field.waitFor();
  const session = await page.context().newCDPSession(page);
  const heapMb = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize / 1e6;
  };
  await page.evaluate(`{
    const seen = globalThis.seen = { longTasks: [], keys: [] };
    const from = performance.now();
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) {
        if (one.startTime > from + 1000) seen.longTasks.push(one.duration);
      }
    }).observe({ type: "longtask" });
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) {
        if (one.name === "keydown") seen.keys.push(one.duration);
      }
    }).observe({ type: "event", durationThreshold: 16 });
    const main = globalThis.sockets.find((one) =>
      one.readyState === 1 && !one.url.includes("presence"));
    let seq = 1_000_000;
    globalThis.sent = 0;
    globalThis.timer = setInterval(() => {
      // As many as are due: a timer may come late. More than half of what the
      // client keeps would be lost, as all come in one task.
      const due = Math.floor((performance.now() - from) * ${RATE} / 1000);
      const until = Math.min(due, globalThis.sent + 500);
      for (; globalThis.sent < until; globalThis.sent++) {
        const n = globalThis.sent;
        main.dispatchEvent(new MessageEvent("message", {
          data: JSON.stringify({
            type: "event",
            seq: seq++,
            at: new Date().toISOString(),
            account: n % 4 === 0 ? "10001" : String(1_000_000 + n % 4998),
            event: "message",
            data: {
              from: n % 4 === 0 ? "10000" : String(3_000_000 + n % 4998),
              text: "flood " + n,
            },
          }),
        }));
      }
    }, ${TICK_MS});
  }`);
  const endWatch = await watchMainThread(page);
  const heaps: number[] = [];
  const until = performance.now() + seconds * 1000;
  await field.focus();
  for (let key = 0; performance.now() < until; key++) {
    await page.keyboard.press("abcdefghij"[key % 10]!);
    await page.waitForTimeout(200);
    if (key % 50 === 49) heaps.push(await heapMb());
  }
  const last = await page.evaluate(
    `clearInterval(globalThis.timer); globalThis.sent`,
  ) as number;
  // In the conversation that is open, or among the frames, which have all.
  const newest = path.startsWith("chats")
    ? last - 1 - (last - 1) % 4
    : last - 1;
  const shownMs = await timeOf(
    page,
    "",
    `document.querySelector("main").textContent.includes("flood ${newest}")`,
    5000,
  );
  const { cpuMs, scriptMs, layouts, taskMs } = await endWatch();
  heaps.push(await heapMb());
  const { longTasks, keys } = await page.evaluate("globalThis.seen") as Flooded;
  // Keys that were answered within a frame are not reported.
  const pressed = Math.round(seconds * 1000 / 200);
  const slow = keys.toSorted((a, b) => b - a);
  const p95 = slow[Math.floor(pressed * 0.05)] ?? 16;
  await page.context().close();
  const name = `console, ${RATE} events/s on ${path.split("/")[0]}`;
  return [
    figureOf(`${name}, arrived`, "events/s", [last / seconds]),
    figureOf(`${name}, last shown after`, "ms", [shownMs]),
    figureOf(`${name}, longest task`, "ms", [Math.max(0, ...longTasks)]),
    figureOf(`${name}, tasks over 100 ms`, "", [
      longTasks.filter((ms) => ms > 100).length,
    ]),
    figureOf(`${name}, typing p95`, "ms", [p95]),
    figureOf(`${name}, main thread`, "us/event", [cpuMs * 1000 / last]),
    figureOf(`${name}, scripts`, "us/event", [scriptMs * 1000 / last]),
    figureOf(`${name}, layouts`, "/s", [layouts / seconds]),
    figureOf(`${name}, longest task by thread time`, "ms", [taskMs[0] ?? 0]),
    figureOf(`${name}, tasks over 50 ms by thread time`, "", [
      taskMs.filter((ms) => ms > 50).length,
    ]),
    figureOf(`${name}, heap`, "MB", heaps),
    // After the first third the stores are full.
    figureOf(`${name}, heap at the end against a third`, "times", [
      heaps.at(-1)! / heaps[Math.floor(heaps.length / 3)]!,
    ]),
  ];
}

await startBrowser();
const figures: Figure[] = [];
try {
  await using stage = await Stage.start();
  await stage.kill();
  await stage.fillJournal(
    Array.from({ length: 10_000 }, (_, at) => ({
      account: "10001",
      event: "message",
      data: { from: "10002", text: `number ${at + 1}.` },
    })) as Omit<NewEvent, "at">[],
  );
  await stage.restart();
  await stage.command("markRead", {
    account: "10001",
    with: "10002",
    upTo: 1_000_000,
  });
  const parts: Record<string, () => Promise<Figure[]>> = {
    load: () => firstLoad(stage),
    lists: () => lists(stage),
    conversations: () => conversations(stage),
    chats: () => flood(stage, "chats/10001/10000"),
    events: () => flood(stage, "events/frames"),
  };
  for (const name of only) figures.push(...await parts[name]!());
} finally {
  await endBrowser();
}
if (Deno.args.includes("--json")) printFigures(figures);
else {
  console.log(table(
    ["figure", "goal", "median", "min-max", "verdict"],
    figures.map((figure) => {
      const { ours } = figure.runs;
      const { goal, verdict } = compare([figure]);
      return [
        figure.name,
        goal,
        `${plain(figure.ours)} ${figure.unit}`,
        `${plain(Math.min(...ours))}-${plain(Math.max(...ours))}`,
        verdict,
      ];
    }),
  ));
}

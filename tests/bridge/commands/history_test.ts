import {
  type HistoryReach,
  MAX_SEARCHED_EVENTS,
  searchHistory,
} from "../../../bridge/commands/local/history.ts";
import { namesOf } from "../../../bridge/hub/subscription.ts";
import { type NewEvent, partyOf } from "../../../bridge/journal/event.ts";
import type { Journal } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import type { BridgeCommandParams, EventFrame } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { CommandStage } from "../../support/command_stage.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { randomFrom } from "../../support/random.ts";

type Params = BridgeCommandParams<"history">;

const NOW = Date.UTC(2026, 10, 28);
const ACCOUNTS = ["10001", "10002", "10003"];

/** Events of three accounts, one a second; those of the third are rare. */
function randomEvents(
  random: () => number,
  count: number,
  from = NOW,
): NewEvent[] {
  const pick = <T>(items: readonly T[]): T =>
    items[Math.floor(random() * items.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const account = random() < 0.02 ? "10003" : pick(ACCOUNTS.slice(0, 2));
    const head = { account, at: from + index * 1000 };
    const party = pick(["20001", "20002"]);
    const text = pick(["Hello", "good-bye", "第一", "hello again"]);
    return random() < 0.4
      ? { ...head, event: "presence", data: { from: party, status: "online" } }
      : random() < 0.1
      ? { ...head, event: "friend.request", data: { from: party, text } }
      : { ...head, event: "message", data: { from: party, text } };
  });
}

const JOURNALS: [string, () => Promise<Journal>, count: number][] = [
  ["in memory", () => Promise.resolve(new MemoryJournal()), 3000],
  [
    "on disk, with a lost range and trimmed events",
    async () => {
      const path = await Deno.makeTempFile();
      const clock = new FakeClock(NOW);
      const first = new SqliteJournal(openJournal(path), { clock });
      await first.append({
        events: randomEvents(randomFrom(7), 2500, NOW - 2_500_000),
      });
      first.trim(NOW, { days: Infinity, bytes: first.bytes - 20_000 });
      await first.close();
      const journal = new SqliteJournal(openJournal(path), {
        clock,
        backupMark: "a",
      });
      assertEquals(journal.lost.length, 1);
      assert(journal.trimmed.last > 1);
      const close = journal.close.bind(journal);
      journal.close = async () => {
        await close();
        await Deno.remove(path);
      };
      return journal;
    },
    500,
  ],
];

/** All events of a journal, ascending. */
function allOf(journal: Journal): EventFrame[] {
  const all: EventFrame[] = [];
  for (let after = 0; after < journal.head;) {
    const { events, upTo } = journal.read(after, { limit: 500 });
    all.push(...events.map(({ frame }) => JSON.parse(frame)));
    after = upTo;
  }
  return all;
}

/** What the parameters say, without an index. */
function expected(
  all: readonly EventFrame[],
  reach: HistoryReach,
  params: Params,
): EventFrame[] {
  const accounts = "account" in reach
    ? new Set([reach.account])
    : reach.accounts;
  const names = params.events && namesOf(params.events);
  const { since, until, before = Infinity, after = 0, text } = params;
  return all.filter(({ seq, account, at, event, data }) =>
    (accounts === "all" || accounts.has(account)) &&
    names?.has(event) !== false && seq > after && seq < before &&
    (since === undefined || Date.parse(at) >= Date.parse(since)) &&
    (until === undefined || Date.parse(at) < Date.parse(until)) &&
    (params.with === undefined || partyOf(data) === params.with) &&
    (text === undefined ||
      "text" in data && data.text.toLowerCase().includes(text.toLowerCase()))
  );
}

for (const [name, open, count] of JOURNALS) {
  Deno.test(`searchHistory() ${name}: finds what a search without an index finds, page by page`, async () => {
    const random = randomFrom(42);
    const journal = await open();
    const events = randomEvents(random, count);
    for (let from = 0; from < count; from += 500) {
      await journal.append({ events: events.slice(from, from + 500) });
    }
    const all = allOf(journal);
    const maybe = <T>(part: number, value: () => T) =>
      random() < part ? value() : undefined;
    const position = () => all[Math.floor(random() * all.length)]!.seq;
    const time = () =>
      new Date(NOW + Math.floor((random() * 3 - 1.5) * count * 1000))
        .toISOString();
    for (let round = 0; round < 40; round++) {
      const reach: HistoryReach = random() < 0.4
        ? { account: ACCOUNTS[Math.floor(random() * 3)]! }
        : {
          accounts: random() < 0.5
            ? "all"
            : new Set(ACCOUNTS.filter(() => random() < 0.6)),
        };
      if ("accounts" in reach && reach.accounts !== "all") {
        if (reach.accounts.size === 0) continue;
      }
      const given = {
        with: maybe(0.3, () => "20001"),
        events: maybe(0.4, () => random() < 0.5 ? ["friend"] : ["message"]),
        before: maybe(0.3, position),
        after: maybe(0.3, position),
        since: maybe(0.2, time),
        until: maybe(0.2, time),
        text: maybe(0.3, () => "HELLO"),
        limit: maybe(0.5, () => 1 + Math.floor(random() * 100)),
      };
      const params = JSON.parse(JSON.stringify(given)) as Params;
      const isForwards = (params.after ?? params.since) !== undefined &&
        (params.before ?? params.until) === undefined;
      const found: EventFrame[] = [];
      let next: Params = params;
      for (let pages = 0;; pages++) {
        assert(pages < 3000);
        const page = await searchHistory(journal, reach, next);
        assert(page.events.length <= (params.limit ?? 100));
        if (isForwards) found.push(...page.events);
        else found.unshift(...page.events);
        if (!page.more) break;
        next = isForwards
          ? { ...next, after: page.searched.to }
          : { ...next, before: page.searched.from };
      }
      assertEquals(found, expected(all, reach, params), JSON.stringify(params));
    }
    await journal.close();
  });
}

const line = (text: string, account = "10001"): NewEvent => ({
  account,
  at: NOW,
  event: "message",
  data: { from: "20001", text },
});

const REACHES: [string, HistoryReach][] = [
  ["one account", { account: "10001" }],
  ["all accounts", { accounts: "all" }],
];

for (const [name, reach] of REACHES) {
  Deno.test(`searchHistory(): looks at 20,000 events of ${name} at most, says how far it came, and lets the bridge work meanwhile`, async () => {
    const journal = new MemoryJournal();
    await journal.append({ events: [line("needle")] });
    for (let part = 0; part < 24; part++) {
      await journal.append({
        events: Array.from({ length: 1000 }, () => line("hay")),
      });
    }
    let turns = 0;
    const timer = setInterval(() => turns++);
    const first = await searchHistory(journal, reach, { text: "needle" });
    clearInterval(timer);
    assert(turns > 5, `${turns} turns`);
    assertEquals([first.events, first.more], [[], true]);
    const { from, to } = first.searched;
    assertEquals(to, 24_001);
    assert(to - from < MAX_SEARCHED_EVENTS);
    assert(to - from > MAX_SEARCHED_EVENTS / 2);
    const rest = await searchHistory(journal, reach, {
      text: "needle",
      before: from,
    });
    assertEquals(rest.events.map(({ seq }) => seq), [1]);
    assertEquals([rest.more, rest.searched], [false, {
      from: 1,
      to: from - 1,
    }]);
    await journal.close();
  });
}

Deno.test("searchHistory(): oldest is the first position that is kept, of the account if one is named", async () => {
  const journal = new MemoryJournal();
  await journal.append({ events: [line("a"), line("b", "10002")] });
  const oldest = async (reach: HistoryReach) =>
    (await searchHistory(journal, reach, {})).oldest;
  assertEquals(await oldest({ account: "10001" }), 1);
  await journal.append({ events: [line("long ".repeat(40))] });
  journal.trim(NOW, { days: Infinity, bytes: journal.bytes - 1 });
  assertEquals(await oldest({ account: "10001" }), 2);
  assertEquals(await oldest({ account: "10002" }), 1);
  assertEquals(await oldest({ accounts: "all" }), 2);
  await journal.close();
});

Deno.test("history: without an account it returns what the token reaches, and no more", async () => {
  const stage = await new CommandStage().start();
  const { bridge, journal } = stage;
  await journal.append({ events: [line("mine"), line("another's", "10009")] });
  const texts = async (accounts: string[] | undefined, account?: string) => {
    const { events } = await bridge.run(
      grantOf(accounts === undefined ? {} : { accounts }),
      {
        command: "history",
        params: { events: ["message"] },
        ...(account === undefined ? {} : { account }),
      },
    ) as { events: { data: { text: string } }[] };
    return events.map(({ data }) => data.text);
  };
  assertEquals(await texts(undefined), ["mine", "another's"]);
  assertEquals(await texts(["10001"]), ["mine"]);
  assertEquals(await texts(["10001"], "10001"), ["mine"]);
  const refused = await assertRejects(() => texts(["10001"], "10009"));
  assertEquals((refused as { code?: string }).code, "unknown_account");
  await stage.end();
});

import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { AccountJournal } from "../../../bridge/upstream/account_journal.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import {
  MemoryPollKeys,
  parsePollKey,
} from "../../../bridge/upstream/poll_key.ts";
import { JournalWriteError } from "../../../bridge/journal/limits.ts";
import type { LostRange } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { decodeCommand } from "../../../lib/protocol/command.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import type { Transport } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../support/bridge_fixture.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const UIN = "10001";

/** A journal whose account stands where a test says. */
class PlacedJournal extends MemoryJournal {
  former: string | undefined;
  override readonly lost: [] = [];

  constructor(lost: LostRange[]) {
    super();
    (this.lost as LostRange[]).push(...lost);
  }

  override pollEpoch(account: string): string | undefined {
    return this.former ?? super.pollEpoch(account);
  }
}

function accountOf(journal: MemoryJournal, kept?: string) {
  const pollKeys = new MemoryPollKeys();
  if (kept !== undefined) pollKeys.put(UIN, kept);
  const clock = new FakeClock();
  const account = new AccountJournal({
    uin: UIN,
    journal,
    pollKeys,
    clock,
    random: () => 0.5,
    closing: new AbortController(),
    onError: () => {},
  });
  return { account, pollKeys, clock };
}

/** The journal was restored from a copy of e1, and that one of e0. */
const FIRST_KEYS: [
  string,
  former: string | undefined,
  kept: string | undefined,
  first: string | undefined,
  number: number,
][] = [
  ["made anew, nothing kept", undefined, undefined, undefined, 1],
  ["made anew, a key kept", undefined, `e7.${UIN}.9`, `e7.${UIN}.9`, 9],
  [
    "made anew, a key of another account kept",
    undefined,
    "e7.1.9",
    undefined,
    1,
  ],
  ["made anew, what is no key kept", undefined, "e7", undefined, 1],
  ["restored, nothing kept", "e1", undefined, `e1.${UIN}.5`, 5],
  [
    "restored together with an older key",
    "e1",
    `e1.${UIN}.3`,
    `e1.${UIN}.5`,
    5,
  ],
  ["restored alone, a newer key kept", "e1", `e1.${UIN}.8`, `e1.${UIN}.8`, 8],
  [
    "restored, a key of an older journal kept",
    "e1",
    `e0.${UIN}.8`,
    `e1.${UIN}.5`,
    5,
  ],
  [
    "restored alone, a key of a later journal kept",
    "e1",
    `e7.${UIN}.2`,
    `e7.${UIN}.2`,
    5,
  ],
];

for (const [name, former, kept, expected, number] of FIRST_KEYS) {
  Deno.test(`the first poll of a journal: ${name}`, async () => {
    const journal = new PlacedJournal([{ epoch: "e0", from: 1, to: 2 }]);
    if (former !== undefined) {
      await journal.append({
        events: [],
        poll: { account: UIN, number: 4, repeats: true },
      });
      journal.former = former;
    }
    const { account } = accountOf(journal, kept);
    assertEquals([account.nextPollKey(), account.askedPoll], [
      expected,
      number,
    ]);
    assertEquals(account.nextPollKey(), expected);
    if (expected !== undefined) {
      // The server refuses it: another key followed it.
      await account.skipPoll();
      assertEquals(account.nextPollKey(), undefined);
    }
    journal.former = undefined;
    account.answered(0);
    const next = former === undefined ? 1 : 5;
    assertEquals(account.nextPollKey(), `${journal.epoch}.${UIN}.${next}`);
    await account.skipPoll();
    assertEquals(account.nextPollKey(), `${journal.epoch}.${UIN}.${next + 1}`);
  });
}

Deno.test("nextPollKey(): the first poll of a data folder's first journal has a key", () => {
  const journal = new MemoryJournal();
  const { account } = accountOf(journal);
  assertEquals(account.nextPollKey(), `${journal.epoch}.${UIN}.1`);
});

Deno.test("nextPollKey(): a later start polls with a key, although the poll without one found nothing", () => {
  const journal = new MemoryJournal({ after: 1000 });
  const first = accountOf(journal).account;
  assertEquals(first.nextPollKey(), undefined);
  first.answered(0);
  assertEquals(
    accountOf(journal).account.nextPollKey(),
    `${journal.epoch}.${UIN}.1`,
  );
});

Deno.test("AccountJournal stores the key of a poll whose mail cannot be journalled, once", async () => {
  const journal = new MemoryJournal();
  await journal.append({
    events: [],
    poll: { account: UIN, number: 4, repeats: true },
  });
  const { account, pollKeys, clock } = accountOf(journal);
  const append = journal.append.bind(journal);
  journal.append = () => Promise.reject(new JournalWriteError("disk full"));
  const key = account.nextPollKey();
  let puts = 0;
  const put = pollKeys.put.bind(pollKeys);
  pollKeys.put = (...pair) => {
    puts++;
    put(...pair);
  };
  const appended = account.append([], undefined, { number: 5, repeats: true });
  await clock.advance(10_000);
  assertEquals([pollKeys.get(UIN), puts], [key, 1]);
  journal.append = append;
  await clock.advance(10_000);
  await appended;
});

Deno.test("UpstreamSupervisor: a removed account leaves no row, and comes back without loss or repetition", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock, sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const journal = new MemoryJournal({ after: 1000 });
  const keys: (string | undefined)[] = [];
  const inner = new AnswerTransport(server.answer);
  const transport: Transport = {
    post: (request) => {
      if (decodeCommand(request.body).cmd === "GetMsgEx") {
        keys.push(request.headers["Idempotency-Key"]);
      }
      return inner.post(request);
    },
  };
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(demoAccount(UIN)),
    transport: () => transport,
    clock,
    random: () => 0.5,
  });
  const frames = new Frames(journal);
  const texts = () => frames.all("message").map(({ data }) => data.text);
  const say = (text: string) =>
    server.deliver(UIN, { type: "message", from: "10002", text });
  bridge.start();
  await clock.advance(2000);
  assertEquals(keys[0], undefined);
  await say("before");
  await clock.advance(100);
  assertEquals(texts(), ["before"]);
  // Removed while the server has marked that message, and keeps it.
  const removed = bridge.upstreams.remove(UIN);
  await clock.advance(11_000);
  assert(await removed);
  assertEquals([journal.polls(UIN), journal.pollEpoch(UIN)], [0, undefined]);
  await say("meanwhile");
  const asked = keys.length;
  const added = bridge.upstreams.open(demoAccount(UIN));
  await clock.advance(2000);
  await added;
  await say("after");
  await clock.advance(2000);
  assertEquals(texts(), ["before", "meanwhile", "after"]);
  const { epoch, number } = parsePollKey(UIN, keys[asked]!)!;
  assertEquals(epoch, journal.epoch);
  assert(number > 1);
  const stopped = bridge.stop();
  await clock.advance(11_000);
  await stopped;
  await server.close();
});

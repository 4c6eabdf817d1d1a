/** What every journal must do, without a test runner: also run inside other runtimes. @module */

import type { NewEvent } from "../../bridge/journal/event.ts";
import type {
  IdempotencyRecord,
  Journal,
  Outcome,
} from "../../bridge/journal/journal.ts";
import { JournalLimitError } from "../../bridge/journal/limits.ts";
import {
  type JournalLimits,
  MAX_SCANNED_ROWS,
  MAX_TRIMMED_ROWS,
} from "../../bridge/journal/limits.ts";
import { EVENT_NAMES, type EventName } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";

/** What every journal can be made with. */
export interface JournalOptions {
  clock: FakeClock;
  limits?: JournalLimits;
  onError?: (error: unknown) => void;
}

/** A case that every journal must pass, on every runtime. */
export interface JournalCase {
  readonly title: string;
  /** Runs it with a new journal, which it closes. */
  readonly run: (
    make: (options: JournalOptions) => Journal | Promise<Journal>,
  ) => Promise<void>;
}

const message = (
  text = "hi",
  account = "10001",
  from = "10002",
  at = 0,
): NewEvent => ({
  account,
  at,
  event: "message",
  data: { from, text },
});
const presence = (account = "10001"): NewEvent => ({
  account,
  at: 0,
  event: "presence",
  data: { from: "10002", status: "online" },
});
const many = (
  count: number,
  make: (index: number) => NewEvent = () => message(),
): NewEvent[] => Array.from({ length: count }, (_, index) => make(index));
const seqs = (events: readonly { seq: number }[]) =>
  events.map(({ seq }) => seq);
const positions = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const command: IdempotencyRecord = {
  request: "[]",
  upstreamSeq: "7",
  upstreamKey: "u7",
  at: 0,
};

/** An outcome that cannot be JSON. */
const NO_OUTCOME = undefined as unknown as Outcome;

const outcomes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map(({ status }) => status);

/** All cases; each call makes new ones, because some keep what they saw. */
export function journalCases(): JournalCase[] {
  const cases: JournalCase[] = [];
  const test = (
    title: string,
    run: (subject: { journal: Journal; clock: FakeClock }) => Promise<void>,
    options: Omit<JournalOptions, "clock"> = {},
  ) =>
    cases.push({
      title,
      run: async (make) => {
        const clock = new FakeClock();
        const journal = await make({ clock, ...options });
        try {
          await run({ journal, clock });
        } finally {
          await journal.close();
        }
      },
    });

  test("a new journal is empty", ({ journal }) => {
    assertEquals([journal.head, journal.oldest, journal.failure], [
      0,
      1,
      undefined,
    ]);
    assertMatch(journal.epoch, /^[0-9a-z]{12}$/);
    assertEquals(journal.read(0, { limit: 10 }), { events: [], upTo: 0 });
    assertEquals(journal.polls("10001"), 0);
    return Promise.resolve();
  });

  test("append() numbers events from 1 on, without holes, in the order of calls", async ({ journal }) => {
    const batches = await Promise.all([
      journal.append({ events: [message("a"), message("b")] }),
      journal.append({ events: [message("c")] }),
      journal.append({ events: [] }),
      journal.append({ events: many(250) }),
    ]);
    assertEquals(seqs(batches.flat()), many(253).map((_, index) => index + 1));
    assertEquals(journal.head, 253);
  });

  test("append() keeps an event as the frame that is sent", async ({ journal }) => {
    const data = {
      from: "10002",
      text: '好, "x" \\ \u0001 \ud83d\ude00 \ud800',
    };
    const at = Date.UTC(2005, 10, 24, 12);
    const [event] = await journal.append({
      events: [{ account: "10001", at, event: "message", data }],
    });
    const expected = {
      type: "event",
      seq: 1,
      at: "2005-11-24T12:00:00.000Z",
      account: "10001",
      event: "message",
      data,
    };
    assertEquals(JSON.parse(event!.frame), expected);
    assertEquals(journal.read(0, { limit: 1 }).events, [event!]);
  });

  test("watch() notifies in order, before append() resolves", async ({ journal }) => {
    const reported: number[] = [];
    const unwatch = journal.watch((events) => reported.push(...seqs(events)));
    const first = journal.append({ events: [message(), message()] }).then(() =>
      reported.length
    );
    const second = journal.append({ events: [message()] });
    assertEquals(await first >= 2, true);
    await second;
    assertEquals(reported, [1, 2, 3]);
    unwatch();
    await journal.append({ events: [message()] });
    assertEquals(reported, [1, 2, 3]);
  });

  const thrown: unknown[] = [];
  test(
    "a watcher that throws keeps nothing from the others",
    async ({ journal }) => {
      const reported: number[] = [];
      journal.watch(() => {
        throw new Error("broken");
      });
      journal.watch((events) => reported.push(...seqs(events)));
      assertEquals(seqs(await journal.append({ events: [message()] })), [1]);
      assertEquals(reported, [1]);
      assertEquals(thrown.map(String), ["Error: broken"]);
    },
    { onError: (error) => thrown.push(error) },
  );

  test("append() rejects a batch that cannot be written, and leaves no hole", async ({ journal }) => {
    const broken = { from: "10002", text: 1n as unknown as string };
    const results = await Promise.allSettled([
      journal.append({ events: [message("a")] }),
      journal.append({
        events: [message("b"), { ...message(), data: broken }],
      }),
      journal.append({ events: [message("c")] }),
    ]);
    assertEquals(outcomes(results), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    assertEquals(journal.head, 2);
    assertEquals(journal.failure, undefined);
  });

  const unfit: [string, Partial<NewEvent>, ErrorConstructor, string][] = [
    [
      "an account that is no number",
      { account: "me" },
      TypeError,
      'Cannot journal for an account: its number must have 1 to 20 digits, got "me"',
    ],
    [
      "a name that is none",
      { event: "nothing" as "message" },
      TypeError,
      `Cannot journal an event: its name must be one of ${
        EVENT_NAMES.join(", ")
      }, got "nothing"`,
    ],
    [
      "a time that is none",
      { at: NaN },
      RangeError,
      "Cannot journal an event: at must be milliseconds since 1970, got NaN",
    ],
    [
      "a time that no date has",
      { at: 9e15 },
      RangeError,
      "Cannot journal an event: at must be milliseconds since 1970, got 9000000000000000",
    ],
  ];
  for (const [title, wrong, type, expected] of unfit) {
    test(`append() rejects what is invalid: ${title}`, async ({ journal }) => {
      const error = await assertRejects(
        () => journal.append({ events: [{ ...message(), ...wrong }] }),
        type,
      );
      assertEquals(error.message, expected);
      assertEquals(journal.head, 0);
    });
  }

  test("append() rejects numbers that are not counts", async ({ journal }) => {
    for (const number of [-1, 0.5, NaN, 2 ** 53]) {
      const message = (what: string) =>
        `Cannot journal ${what}: it must be a whole number from 0 on, got ${number}`;
      await assertRejects(
        () =>
          journal.append({
            events: [],
            poll: { account: "1", number, repeats: true },
          }),
        RangeError,
        message("a poll's number"),
      );
      await assertRejects(
        () => journal.setPosition("bot", number),
        RangeError,
        message("a consumer's position"),
      );
      await assertRejects(
        () => journal.recordStart("10001", "k", { ...command, at: number }),
        RangeError,
        message("a keyed command's time"),
      );
    }
    assertEquals(journal.position("bot"), undefined);
  });

  test("append() keeps nothing of a failed batch: no event, no poll, no outcome", async ({ journal, clock }) => {
    const begun = { ...command, at: clock.now() };
    await journal.recordStart("10001", "k", begun);
    const reported: unknown[] = [];
    journal.watch((events) => reported.push(events));
    await assertRejects(
      () =>
        journal.append({
          events: [message("a"), message("b")],
          poll: { account: "10001", number: 1, repeats: true },
          outcome: {
            account: "10001",
            key: "k",
            outcome: NO_OUTCOME,
          },
        }),
      TypeError,
      "Cannot journal an outcome",
    );
    assertEquals(journal.read(0, { limit: 9 }), { events: [], upTo: 0 });
    assertEquals(journal.polls("10001"), 0);
    assertEquals(journal.findCommand("10001", "k"), begun);
    assertEquals(reported, []);
  });

  test("append() rejects only the batch whose outcome is not JSON", async ({ journal }) => {
    await journal.recordStart("10001", "k", command);
    const results = await Promise.allSettled([
      journal.append({ events: [message("a")] }),
      journal.append({
        events: [message("b")],
        outcome: { account: "10001", key: "k", outcome: NO_OUTCOME },
      }),
      journal.append({ events: [message("c")] }),
    ]);
    assertEquals(outcomes(results), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    assertEquals(seqs(journal.read(0, { limit: 9 }).events), [1, 2]);
  });

  test("read() continues after a position, and returns up to where it looked", async ({ journal }) => {
    await journal.append({ events: many(10) });
    assertEquals(seqs(journal.read(3, { limit: 4 }).events), [4, 5, 6, 7]);
    assertEquals(journal.read(3, { limit: 4 }).upTo, 7);
    assertEquals(journal.read(7, { limit: 4 }), {
      ...journal.read(7, { limit: 9 }),
      upTo: 10,
    });
    assertEquals(journal.read(10, { limit: 4 }), { events: [], upTo: 10 });
  });

  test("read() finds nothing after the head, and throws for a limit below 1", async ({ journal }) => {
    await journal.append({ events: many(3) });
    assertEquals(journal.read(7, { limit: 4 }), { events: [], upTo: 3 });
    for (const limit of [0, -1, 1.5, NaN, Infinity]) {
      for (
        const read of [
          () => journal.read(0, { limit }),
          () => journal.history({ account: "10001", limit }),
        ]
      ) {
        assertThrows(
          read,
          RangeError,
          `Cannot read the journal: limit must be a whole number from 1 on, got ${limit}`,
        );
      }
    }
  });

  test("read() compares accounts as text", async ({ journal }) => {
    const accounts = ["1", "01", "12345678901234567890", "0", "00"];
    await journal.append({
      events: accounts.map((account) => message("x", account, account)),
    });
    for (const [index, account] of accounts.entries()) {
      const [event] = journal.read(0, { limit: 9, accounts: [account] }).events;
      assertEquals([event!.seq, event!.account], [index + 1, account]);
      const { events } = journal.history({ account, party: account, limit: 9 });
      assertEquals(seqs(events), [index + 1]);
    }
  });

  const filters: [
    string,
    { accounts?: string[]; events?: ("message" | "presence")[] },
    number[],
  ][] = [
    ["one account", { accounts: ["10001"] }, [1, 2, 5]],
    ["two accounts", { accounts: ["10003", "10001"] }, [1, 2, 5, 6]],
    ["an account that has none", { accounts: ["99999"] }, []],
    ["no account", { accounts: [] }, []],
    ["an event", { events: ["presence"] }, [2, 4]],
    ["both", { accounts: ["10001"], events: ["message"] }, [1, 5]],
    ["many accounts", {
      accounts: many(100, () => message()).map((_, i) => String(10001 + 2 * i)),
    }, [1, 2, 5, 6]],
  ];
  for (const [title, filter, expected] of filters) {
    test(`read() filters: ${title}`, async ({ journal }) => {
      await journal.append({
        events: [
          message("1", "10001"),
          presence("10001"),
          message("3", "10002"),
          presence("10002"),
          message("5", "10001"),
          message("6", "10003"),
        ],
      });
      const { events, upTo } = journal.read(0, { limit: 100, ...filter });
      assertEquals(seqs(events), expected);
      assertEquals(upTo, 6);
    });
  }

  test("read() looks at a bounded number of events a call, and still finds all", async ({ journal }) => {
    const total = 2 * MAX_SCANNED_ROWS + 10;
    await journal.append({
      events: many(
        total,
        (index) => index === total - 1 ? presence() : message(),
      ),
    });
    const found: number[] = [];
    let calls = 0;
    for (let after = 0; after < total; calls++) {
      const { events, upTo } = journal.read(after, {
        limit: 10,
        events: ["presence"],
      });
      assert(upTo > after);
      found.push(...seqs(events));
      after = upTo;
    }
    assertEquals(found, [total]);
    assertEquals(calls, 3);
  });

  const rare = (seq: number): NewEvent => ({
    ...message(String(seq), String(10001 + seq % 3)),
    event: seq % 2 === 0 ? "friend.request" : "account.state",
  } as NewEvent);
  const rareFilters: [
    string,
    { accounts?: string[]; events: EventName[] },
    (frame: { seq: number }) => boolean,
  ][] = [
    ["one", { events: ["friend.request"] }, ({ seq }) => seq % 14 === 0],
    [
      "several",
      { events: ["friend.request", "account.state"] },
      ({ seq }) => seq % 7 === 0,
    ],
    [
      "with a frequent one",
      { events: ["friend.request", "presence"] },
      ({ seq }) => seq % 14 === 0,
    ],
    [
      "of an account",
      { events: ["friend.request"], accounts: ["10001"] },
      ({ seq }) => seq % 42 === 0,
    ],
    ["none", { events: [] }, () => false],
  ];
  for (const [title, filter, fits] of rareFilters) {
    test(`read() finds rare events without hole or copy: ${title}`, async ({ journal }) => {
      const total = 7 * MAX_SCANNED_ROWS + 50;
      await journal.append({
        events: many(
          total,
          (index) => (index + 1) % 7 === 0 ? rare(index + 1) : message(),
        ),
      });
      const found: number[] = [];
      for (let after = 0; after < total;) {
        const { events, upTo } = journal.read(after, { limit: 90, ...filter });
        assert(upTo > after);
        found.push(...seqs(events));
        after = upTo;
      }
      assertEquals(
        found,
        many(total).map((_, index) => index + 1).filter((seq) => fits({ seq })),
      );
    });
  }

  test("read() pages through several accounts without hole or copy", async ({ journal }) => {
    await journal.append({
      events: many(
        500,
        (index) => message(String(index), String(10001 + index * index % 7)),
      ),
    });
    const accounts = ["10001", "10002", "10005"];
    const expected = journal.read(0, { limit: 1000 }).events
      .filter(({ account }) => accounts.includes(account));
    const found: number[] = [];
    for (let after = 0; after < 500;) {
      const { events, upTo } = journal.read(after, { limit: 13, accounts });
      found.push(...seqs(events));
      after = upTo;
    }
    assertEquals(found, seqs(expected));
  });

  test("history() gives the newest, and whether there are older ones", async ({ journal }) => {
    await journal.append({
      events: [
        message("1"),
        message("2", "10001", "10003"),
        message("3", "10002"),
        {
          account: "10001",
          at: 0,
          event: "message.sent",
          data: { to: "10002", text: "4" },
        },
        presence(),
      ],
    });
    const history = (query: object) => {
      const { events, more } = journal.history({
        account: "10001",
        limit: 10,
        ...query,
      });
      return [seqs(events), more];
    };
    assertEquals(history({}), [[1, 2, 4, 5], false]);
    assertEquals(history({ limit: 2 }), [[4, 5], true]);
    assertEquals(history({ limit: 2, before: 4 }), [[1, 2], false]);
    assertEquals(history({ party: "10002" }), [[1, 4, 5], false]);
    assertEquals(history({ party: "10002", limit: 1, before: 5 }), [[4], true]);
    assertEquals(history({ account: "99999" }), [[], false]);
  });

  test("polls() counts what was journalled with them", async ({ journal }) => {
    await Promise.all([
      journal.append({
        events: [message()],
        poll: { account: "10001", number: 1, repeats: true },
      }),
      // A batch of the same account in the same turn must not set it back.
      journal.append({ events: [message()] }),
      journal.append({
        events: [message()],
        poll: { account: "10002", number: 4, repeats: true },
      }),
    ]);
    assertEquals(["10001", "10002", "10003"].map((uin) => journal.polls(uin)), [
      1,
      4,
      0,
    ]);
    await journal.append({
      events: [],
      poll: { account: "10001", number: 2, repeats: true },
    });
    assertEquals(journal.polls("10001"), 2);
  });

  /** Appends as the account's poll with that number; gives the positions. */
  const poll = async (
    journal: Journal,
    number: number,
    rest: { repeats: boolean; part?: number; last?: boolean },
    count = 1,
  ) =>
    seqs(
      await journal.append({
        events: many(count),
        poll: { account: "10001", number, ...rest },
      }),
    );

  const numbers: [number, boolean, seqs: number[], polls: number][] = [
    [3, true, [], 4],
    [4, true, [], 4],
    [5, true, [2], 5],
    [9, true, [2], 9],
    [3, false, [2], 4],
    [4, false, [2], 4],
    [5, false, [2], 5],
  ];
  for (const [number, repeats, expected, polls] of numbers) {
    test(
      `a batch of poll ${number} behind poll 4, a server ${
        repeats ? "that repeats" : "that does not repeat"
      }`,
      async ({ journal }) => {
        await poll(journal, 4, { repeats: true });
        assertEquals(await poll(journal, number, { repeats }), expected);
        assertEquals(journal.polls("10001"), polls);
      },
    );
  }

  test("repeats() says whether the server honoured the key of the last batch", async ({ journal }) => {
    assertEquals(journal.repeats("10001"), undefined);
    for (const repeats of [true, false, true]) {
      await poll(journal, journal.polls("10001") + 1, { repeats });
      assertEquals(journal.repeats("10001"), repeats);
    }
    assertEquals(journal.repeats("10002"), undefined);
  });

  test("a batch and its repetition in one turn are stored once", async ({ journal }) => {
    const both = await Promise.all([
      poll(journal, 1, { repeats: true }, 2),
      poll(journal, 1, { repeats: true }, 2),
      poll(journal, 2, { repeats: true }),
    ]);
    assertEquals(both, [[1, 2], [], [3]]);
    assertEquals([journal.head, journal.polls("10001")], [3, 2]);
  });

  test("the parts of a batch: the number counts with the last, a repetition goes on where it stopped", async ({ journal }) => {
    const part = (index: number, last: boolean, repeats = true) =>
      poll(journal, 1, { repeats, part: index, last });
    assertEquals(await part(0, false), [1]);
    assertEquals(await part(1, false), [2]);
    assertEquals(journal.polls("10001"), 0);
    assertEquals(await part(0, false), []);
    assertEquals(await part(1, false), []);
    await assertRejects(
      () => part(3, true),
      RangeError,
      "Cannot journal a part of a poll of 10001: its index must be 2, got 3",
    );
    assertEquals(await part(2, true), [3]);
    assertEquals(await part(2, true), []);
    assertEquals([journal.head, journal.polls("10001")], [3, 1]);
    assertEquals(await poll(journal, 2, { repeats: true }), [4]);
  });

  test("parts of which the rest was lost: a server that does not repeat hands out other mail", async ({ journal }) => {
    await poll(journal, 1, { repeats: false, part: 0, last: false });
    await poll(journal, 1, { repeats: false, part: 1, last: false });
    assertEquals(
      await poll(journal, 1, { repeats: false, part: 0, last: false }),
      [3],
    );
    assertEquals(await poll(journal, 1, { repeats: false, part: 1 }), [4]);
    assertEquals(journal.polls("10001"), 1);
  });

  test("pollEpoch() says whether a poll of the account was ever journalled", async ({ journal }) => {
    assertEquals(journal.pollEpoch("10001"), undefined);
    // A poll that brought nothing leaves the number as it is.
    await poll(journal, 0, { repeats: false }, 0);
    assertEquals(journal.pollEpoch("10001"), journal.epoch);
    assertEquals(journal.polls("10001"), 0);
  });

  test("forget() drops an account's polls and keyed commands, and nothing else", async ({ journal }) => {
    const at = Date.UTC(2005, 10, 24);
    await poll(journal, 3, { repeats: true });
    for (const account of ["10001", "10002"]) {
      for (let index = 0; index < MAX_TRIMMED_ROWS + 10; index++) {
        void journal.recordStart(account, `k${index}`, { ...command, at });
      }
    }
    await journal.append({
      events: [],
      poll: { account: "10002", number: 7, repeats: true },
    });
    await journal.forget("10001");
    assertEquals([journal.polls("10001"), journal.polls("10002")], [0, 7]);
    assertEquals(journal.pollEpoch("10001"), undefined);
    for (const key of ["k0", "k50", `k${MAX_TRIMMED_ROWS + 9}`]) {
      assertEquals(journal.findCommand("10001", key), undefined);
      assert(journal.findCommand("10002", key) !== undefined);
    }
    assertEquals(journal.head, 1);
    await journal.forget("10001");
    await journal.recordStart("10001", "k", { ...command, at });
    assert(journal.findCommand("10001", "k") !== undefined);
  });

  test("setPosition() only moves forward", async ({ journal }) => {
    assertEquals(journal.position("bot"), undefined);
    await journal.setPosition("bot", 5);
    await journal.setPosition("bot", 3);
    assertEquals(journal.position("bot"), 5);
    await journal.setPosition("bot", 9);
    assertEquals([journal.position("bot"), journal.position("other")], [
      9,
      undefined,
    ]);
  });

  test("resetPosition() sets a consumer's position, also backwards and among other writes", async ({ journal }) => {
    await journal.resetPosition("bot", 9);
    await journal.resetPosition("bot", 4);
    assertEquals(journal.position("bot"), 4);
    await Promise.all([
      journal.setPosition("bot", 9),
      journal.resetPosition("bot", 2),
      journal.setPosition("bot", 3),
      journal.setPosition("bot", 1),
    ]);
    assertEquals(journal.position("bot"), 3);
  });

  test("when a consumer was seen is kept until its position is dropped", async ({ journal, clock }) => {
    assertEquals(journal.seenAt("bot"), undefined);
    await journal.setPosition("bot", 5);
    const madeAt = clock.now();
    await clock.advance(1000);
    await journal.setPosition("bot", 6);
    assertEquals(journal.seenAt("bot"), madeAt);
    await journal.setSeen(["bot", "unknown"], madeAt + 500);
    assertEquals([journal.seenAt("bot"), journal.seenAt("unknown")], [
      madeAt + 500,
      undefined,
    ]);
    await Promise.all([
      journal.dropPosition("bot"),
      journal.setPosition("bot", 2),
    ]);
    assertEquals(journal.position("bot"), 2);
    await journal.dropPosition("bot");
    assertEquals(journal.seenAt("bot"), undefined);
  });

  test("a keyed command is remembered before it is sent, and how it ended with what it made", async ({ journal }) => {
    assertEquals(journal.findCommand("10001", "k"), undefined);
    const at = Date.UTC(2005, 10, 24);
    await journal.recordStart("10001", "k", { ...command, at });
    assertEquals(journal.findCommand("10001", "k"), { ...command, at });
    assertEquals(journal.findCommand("10002", "k"), undefined);
    await journal.append({
      events: [message()],
      outcome: {
        account: "10001",
        key: "k",
        outcome: { ok: true, data: { id: "m" } },
        seqField: "seq",
      },
    });
    assertEquals(journal.findCommand("10001", "k")?.outcome, {
      ok: true,
      data: { id: "m", seq: 1 },
    });
    await journal.recordStart("10001", "k", { ...command, at });
    assertEquals(journal.findCommand("10001", "k")?.outcome, undefined);
  });

  test("what repeats a keyed command is dropped with its outcome", async ({ journal }) => {
    const at = Date.UTC(2005, 10, 24);
    await journal.recordStart("10001", "k", { ...command, at });
    await journal.append({
      events: [],
      outcome: {
        account: "10001",
        key: "k",
        outcome: { ok: true, data: {} },
      },
    });
    const { upstreamKey, upstreamSeq } = journal.findCommand("10001", "k")!;
    assertEquals([upstreamKey, upstreamSeq], ["", ""]);
  });

  test(
    "the bytes of an account's keyed commands are bounded, and there is room after 24 hours",
    async ({ journal, clock }) => {
      const begin = (key: string, account = "10001") =>
        journal.recordStart(account, key, { ...command, at: clock.now() });
      const finish = (key: string, text: string) =>
        journal.append({
          events: [],
          outcome: {
            account: "10001",
            key,
            outcome: { ok: true, data: { text } },
          },
        });
      await begin("a");
      await finish("a", "x".repeat(3000));
      const error = await assertRejects(() => begin("b"), JournalLimitError);
      assertEquals([error.limit, error.message], [
        "keyBytesPerAccount",
        "Cannot begin a keyed command: those of an account take at most 3000 bytes, got more for 10001",
      ]);
      await begin("b", "10002");
      await begin("a");
      await begin("b");
      await finish("b", "x".repeat(3000));
      await clock.advance(24 * 60 * 60_000);
      await begin("c");
      await journal.forget("10001");
      await begin("d");
    },
    { limits: { keyBytesPerAccount: 3000 } },
  );

  test("findCommand() finds nothing after 24 hours", async ({ journal, clock }) => {
    await journal.recordStart("10001", "k", { ...command, at: clock.now() });
    await clock.advance(24 * 60 * 60_000 - 1);
    assert(journal.findCommand("10001", "k") !== undefined);
    await clock.advance(1);
    assertEquals(journal.findCommand("10001", "k"), undefined);
    journal.trim(clock.now(), { days: 365, bytes: 1e9 });
    assertEquals(journal.findCommand("10001", "k"), undefined);
  });

  test("trim() drops what is too old, a piece a call", async ({ journal }) => {
    const day = 24 * 60 * 60_000;
    const total = MAX_TRIMMED_ROWS + 50;
    await journal.append({
      events: many(
        total + 5,
        (index) => message("x", "10001", "10002", index < total ? 0 : 10 * day),
      ),
    });
    const retention = { days: 3, bytes: 1e9 };
    assertEquals(journal.trim(2 * day, retention), { trimmed: 0, more: false });
    const first = journal.trim(10 * day, retention);
    assertEquals(first, { trimmed: MAX_TRIMMED_ROWS, more: true });
    assertEquals(journal.trim(10 * day, retention), {
      trimmed: 50,
      more: false,
    });
    assertEquals([journal.oldest, journal.head], [total + 1, total + 5]);
    assertEquals(
      seqs(journal.read(0, { limit: 10 }).events),
      [1, 2, 3, 4, 5].map((n) => total + n),
    );
    assertEquals(
      seqs(journal.history({ account: "10001", limit: 10 }).events).length,
      5,
    );
  });

  test("trim() drops the oldest while there is too much", async ({ journal }) => {
    await journal.append({ events: many(100, () => message("x".repeat(900))) });
    journal.trim(0, { days: 365, bytes: 10_300 });
    assertEquals([journal.oldest, journal.head], [91, 100]);
    journal.trim(0, { days: 365, bytes: 0 });
    assertEquals([journal.oldest, journal.head], [101, 100]);
    await journal.append({ events: [message("x".repeat(900))] });
    assertEquals([journal.oldest, journal.head], [101, 101]);
    assertEquals(journal.trim(0, { days: 365, bytes: 1100 }), {
      trimmed: 0,
      more: false,
    });
  });

  test("trim() takes from the accounts that use most, and keeps the others whole", async ({ journal }) => {
    const noisy = (count: number) =>
      many(count, () => message("x".repeat(100)));
    const other = () => message("x".repeat(100), "10003");
    await journal.append({ events: noisy(10) });
    await journal.append({ events: [message("quiet", "10002")] });
    await journal.append({ events: [...noisy(20), ...many(8, other)] });
    const each = journal.bytes / 39;
    for (let more = true; more;) {
      ({ more } = journal.trim(0, { days: 365, bytes: 15 * each }));
    }
    const kept = (account: string) =>
      journal.history({ account, limit: 99 }).events.length;
    assertEquals(
      ["10001", "10002", "10003"].map(kept),
      [7, 1, 7],
    );
    assertEquals([journal.oldest, journal.head], [11, 39]);
    assertEquals(
      ["10001", "10002", "10003", "10004"].map((uin) =>
        journal.trimmed.of(uin)
      ),
      [24, 0, 32, 0],
    );
    assertEquals(
      seqs(journal.read(0, { limit: 99 }).events),
      [11, ...positions(25, 31), ...positions(33, 39)],
    );
  });

  test("read() passes a long range of trimmed events in few steps", async ({ journal }) => {
    await journal.append({ events: [message("quiet", "10002")] });
    for (let round = 0; round < 20; round++) {
      await journal.append({
        events: many(MAX_SCANNED_ROWS, () => message("x".repeat(50))),
      });
    }
    await journal.append({ events: [message("quiet", "10002")] });
    for (let more = true; more;) {
      ({ more } = journal.trim(0, { days: 365, bytes: 500 }));
    }
    let steps = 0;
    const found: number[] = [];
    for (let at = 0; at < journal.head; steps++) {
      const { events, upTo } = journal.read(at, { limit: 100 });
      found.push(...seqs(events));
      at = upTo;
    }
    assertEquals(found.at(0), 1);
    assertEquals(found.at(-1), journal.head);
    assert(steps <= 4, String(steps));
  });

  test("trim() hides what it dropped, and later events continue the numbering", async ({ journal }) => {
    await journal.append({ events: many(5) });
    journal.trim(0, { days: 365, bytes: 0 });
    assertEquals(journal.read(0, { limit: 9 }), { events: [], upTo: 5 });
    assertEquals(journal.history({ account: "10001", limit: 9 }), {
      events: [],
      more: false,
    });
    await journal.append({ events: [message()] });
    assertEquals(seqs(journal.read(0, { limit: 9 }).events), [6]);
  });

  test(
    "an account's keyed commands are bounded, and there is room after 24 hours",
    async ({ journal, clock }) => {
      const begin = (key: string, account = "10001") =>
        journal.recordStart(account, key, { ...command, at: clock.now() });
      const results = await Promise.allSettled([
        begin("a"),
        begin("b"),
        begin("a"),
        journal.append({ events: [message()] }),
        begin("c"),
        begin("a", "10002"),
      ]);
      assertEquals(outcomes(results), [
        "fulfilled",
        "fulfilled",
        "fulfilled",
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      const error = await assertRejects(() => begin("c"), JournalLimitError);
      assertEquals([error.name, error.limit, error.message], [
        "JournalLimitError",
        "keysPerAccount",
        "Cannot begin a keyed command: at most 2 are remembered for an account, got one more for 10001",
      ]);
      assertEquals([journal.head, journal.failure], [1, undefined]);
      await clock.advance(24 * 60 * 60_000);
      await begin("c");
      assert(journal.findCommand("10001", "c") !== undefined);
    },
    { limits: { keysPerAccount: 2 } },
  );

  test(
    "setPosition() rejects consumers over the quota",
    async ({ journal }) => {
      const results = await Promise.allSettled(
        ["a", "b", "a", "c"].map((consumer) =>
          journal.setPosition(consumer, 1)
        ),
      );
      assertEquals(outcomes(results), [
        "fulfilled",
        "fulfilled",
        "fulfilled",
        "rejected",
      ]);
      const error = await assertRejects(
        () => journal.setPosition("c", 1),
        JournalLimitError,
      );
      assertEquals([error.limit, error.message], [
        "consumers",
        "Cannot keep a consumer's position: at most 2 consumers are kept, got one more",
      ]);
      await journal.setPosition("b", 2);
      assertEquals(["a", "b", "c"].map((name) => journal.position(name)), [
        1,
        2,
        undefined,
      ]);
    },
    { limits: { consumers: 2 } },
  );

  test(
    "consumers are bounded for each token: one leaves room to the others",
    async ({ journal }) => {
      const names = ["a/1", "a/2", "a/3", "b/1", "a/onebot/4", "a/1", "ab/1"];
      const results = await Promise.allSettled(
        names.map((name) => journal.setPosition(name, 1)),
      );
      assertEquals(outcomes(results), [
        "fulfilled",
        "fulfilled",
        "rejected",
        "fulfilled",
        "rejected",
        "fulfilled",
        "fulfilled",
      ]);
      const error = await assertRejects(
        () => journal.setPosition("a/3", 1),
        JournalLimitError,
      );
      assertEquals([error.limit, error.message], [
        "consumersOfOwner",
        "Cannot keep a consumer's position: at most 2 consumers of a token, and of those that it created, are kept, got one more",
      ]);
      await journal.setPosition("a/2", 5);
      assertEquals(journal.position("a/2"), 5);
    },
    { limits: { consumersOfOwner: 2 } },
  );

  test(
    "owners of a share have one bound, and a tenth is for owners of all accounts",
    async ({ journal }) => {
      const isTaken = (name: string) =>
        journal.setPosition(name, 1).then(() => true, () => false);
      const taken: boolean[] = [];
      for (const name of ["a.1/1", "a.2/1", "a.2/2", "a.3/1", "a/1"]) {
        taken.push(await isTaken(name));
      }
      assertEquals(taken, [true, true, true, false, false]);
      await journal.dropPosition("a.2/1");
      assertEquals(await isTaken("a.3/1"), true);
      for (let n = 0; n < 15; n++) await isTaken(`b${n}/1`);
      const error = await assertRejects(
        () => journal.setPosition("c/1", 1),
        JournalLimitError,
      );
      assertEquals(error.limit, "consumers");
      assertEquals([await isTaken("ALL/1"), await isTaken("ALL/2")], [
        true,
        true,
      ]);
      assertEquals(await isTaken("ALL/3"), false);
    },
    {
      limits: {
        consumers: 20,
        consumersOfOwner: 3,
        owners: {
          shareOf: (owner) => owner.split(".")[0]!,
          hasAllAccounts: (owner) => owner === "ALL",
        },
      },
    },
  );

  test(
    "positions of targets count against no token and no bound, and can be dropped",
    async ({ journal }) => {
      const targets = ["/post/1", "/post/2", "/dial/1"];
      for (const name of [...targets, "a/1"]) {
        await journal.setPosition(name, 1);
      }
      await assertRejects(
        () => journal.setPosition("b/1", 1),
        JournalLimitError,
      );
      assertEquals(journal.consumersOf("/post/"), ["/post/1", "/post/2"]);
      await Promise.all([
        journal.dropPosition("/post/1"),
        journal.dropPosition("a/1"),
        journal.dropPosition("never there"),
        journal.setPosition("c/1", 1).catch(() => {}),
      ]);
      assertEquals(journal.consumersOf("/post/"), ["/post/2"]);
      await journal.setPosition("b/1", 1).catch(() => {});
      assertEquals(
        ["a/1", "b/1", "c/1"].map((name) => journal.position(name)).filter((
          position,
        ) => position !== undefined).length,
        1,
      );
    },
    { limits: { consumers: 1 } },
  );

  test("close(): a closed journal rejects everything", async ({ journal }) => {
    await journal.close();
    for (
      const write of [
        () => journal.append({ events: [message()] }),
        () => journal.setPosition("bot", 1),
        () => journal.recordStart("10001", "k", command),
        async () => await journal.settle(),
      ]
    ) {
      await assertRejects(write, Error, "the journal: it is closed");
    }
    assertEquals(journal.probe(), false);
  });

  test("settle() resolves after what was durable when it was called", async ({ journal }) => {
    await journal.append({ events: [message()] });
    await journal.settle();
    assertEquals(journal.head, 1);
  });

  test("close() resolves after all earlier appends", async ({ journal }) => {
    const appended = journal.append({ events: [message()] });
    await journal.close();
    assertEquals(seqs(await appended), [1]);
  });
  return cases;
}

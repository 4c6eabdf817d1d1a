import { Hub } from "../../../bridge/hub/hub.ts";
import { filterOf } from "../../../bridge/hub/subscription.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { parseSubscription } from "../../../bridge/schemas/parse.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { EventServer } from "../../support/event_process.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const MAX_ACCOUNTS = 5000;

const numbers = (numberAt: (n: number) => number) =>
  Array.from({ length: MAX_ACCOUNTS }, (_, n) => String(numberAt(n + 1)));

/** Numbers that V8 puts into the same place of a hash table. */
const COLLIDING = numbers((n) => 4096 * n);
const KNOWN = Array(MAX_ACCOUNTS).fill("10001");
const UNKNOWN = numbers((n) => 100_000_000 + n);

const message = (account: string): NewEvent => ({
  account,
  at: 0,
  event: "message",
  data: { from: "10002", text: "hi" },
});

function sinkOf(got: string[]) {
  return {
    isReady: () => true,
    send: ({ account }: { account: string }) => void got.push(account),
    sendGap: () => {},
    onError: (error: unknown) => {
      throw error;
    },
  };
}

Deno.test("subscriptions: an account that gets its first event later is delivered", async () => {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  const append = (...accounts: string[]) =>
    journal.append({ events: accounts.map(message) });
  await append("10001", "10002");
  const hub = new Hub(journal, { clock });
  const grant = grantOf({ name: "all" });
  const open = (accounts: string[], after = 0) => {
    const got: string[] = [];
    const cursor = hub.open(
      sinkOf(got),
      filterOf(hub, grant, { accounts }),
      after,
    );
    return { got, cursor };
  };
  const one = open(["10001", "10003"]);
  const other = open(["10003", "3"], journal.head);
  const moved = open(["10003"]);
  moved.cursor.move(filterOf(hub, grant, { accounts: ["10002"] }), 0);
  const closed = open(["10003"]);
  closed.cursor.close();
  assertEquals(one.got, ["10001"]);
  await append("10002", "10003", "10001", "10003", "10004");
  await append("3");
  assertEquals(one.got, ["10001", "10003", "10001", "10003"]);
  assertEquals(other.got, ["10003", "10003", "3"]);
  assertEquals(moved.got, ["10002", "10002"]);
  assertEquals(closed.got, []);
  // A reader that is behind gets the account's events in their order.
  const late = open(["10003", "10004", "10005"]);
  assertEquals(late.got, ["10003", "10003", "10004"]);
  hub.close();
});

Deno.test("subscriptions: events of an account are found in the journal after a restart, also if the account was removed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/journal.db`;
    const first = new SqliteJournal(openJournal(path));
    await first.append({
      events: ["10001", "99999999999999999999", "10001", "7"].map(message),
    });
    await first.close();
    const journal = new SqliteJournal(openJournal(path));
    assertEquals(journal.accounts().sort(), [
      "10001",
      "7",
      "99999999999999999999",
    ]);
    const hub = new Hub(journal);
    const got: string[] = [];
    const accounts = ["7", "99999999999999999999", "8"];
    const filter = filterOf(hub, grantOf({ name: "all" }), { accounts });
    assertEquals(filter.pending, ",8,");
    hub.open(sinkOf(got), filter, 0);
    assertEquals(got, ["99999999999999999999", "7"]);
    hub.close();
    await journal.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("subscriptions: colliding numbers are parsed within 50 ms", () => {
  const hub = new Hub(new MemoryJournal());
  const grant = grantOf({ name: "all" });
  const text = COLLIDING.join(",");
  const times = Array.from({ length: 5 }, () => {
    const elapsed = stopwatch();
    const { accounts } = parseSubscription({ accounts: text });
    const { pending } = filterOf(hub, grant, { accounts: accounts! });
    assertEquals(pending?.length, text.length + 2);
    return elapsed();
  });
  const fastest = Math.min(...times);
  assert(fastest < 50, `took ${times.map(Math.round)} ms`);
  hub.close();
});

Deno.test("subscriptions: the limit of 5,000 numbers is that of the list as it came", () => {
  const accounts = [...KNOWN, "10001"].join(",");
  assertThrows(
    () => parseSubscription({ accounts }),
    CommandError,
    "must name at most 5000, got 5001",
  );
});

Deno.test("subscriptions: 5,000 unknown numbers of a WebSocket cost under 100 KB", async () => {
  const folder = await Deno.makeTempDir();
  const sockets: RawSocket[] = [];
  try {
    await using server = new EventServer(folder, 30_000);
    await server.start();
    await server.order({ do: "push", events: 1, textChars: 1 });
    const subscribe = async (socket: RawSocket, accounts: string[]) => {
      // Frames of one length, because their buffers stay with the connection.
      const frame = { type: "subscribe", id: 1, accounts };
      await socket.send(JSON.stringify(frame).padEnd(65_000));
      assertEquals((await socket.json()).ok, true);
    };
    const held = async () => (await server.order({ do: "look" })).held;
    for (let n = 0; n < 20; n++) {
      const socket = await RawSocket.open(server.port, "/ws?access_token=all");
      sockets.push(socket);
      await socket.json();
    }
    // Alternately, because buffers of the connections come and go meanwhile.
    const costs: number[] = [];
    for (let round = 0; round < 3; round++) {
      const heldWith: number[] = [];
      for (const accounts of [KNOWN, UNKNOWN]) {
        for (const socket of sockets) await subscribe(socket, accounts);
        heldWith.push(await held());
      }
      costs.push((heldWith[1]! - heldWith[0]!) / sockets.length);
    }
    const [, median] = costs.sort((a, b) => a - b);
    assert(median! < 100_000, `${costs} bytes`);
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
});

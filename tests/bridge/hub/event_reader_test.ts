import { EventReader } from "../../../bridge/hub/event_reader.ts";
import { Hub, type Sink } from "../../../bridge/hub/hub.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { namesOf } from "../../../bridge/hub/subscription.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";

Deno.test("EventReader: a grant without read gets none, and others only events of their accounts", async () => {
  const journal = new MemoryJournal();
  const hub = new Hub(journal);
  for (const account of ["10001", "10002"]) {
    const data = { from: "10003", text: account };
    await journal.append({
      events: [{ account, at: 0, event: "message", data }],
    });
  }
  const texts: string[] = [];
  const sink: Sink = {
    isReady: () => true,
    send: ({ frame }) => void texts.push(JSON.parse(frame).data.text),
    sendGap: () => {},
    onError: (error) => {
      throw error;
    },
  };
  assertThrows(
    () => new EventReader(hub, grantOf({ scopes: ["send", "manage"] })),
    CommandError,
    "does not have the scope read",
  );
  const one = new EventReader(hub, grantOf({ accounts: ["10001"] }));
  const outside = new Set(["10001", "10002"]);
  const refused: (() => unknown)[] = [
    () => one.open(sink, { accounts: "all", events: "all" }, 0),
    () => one.open(sink, { accounts: outside, events: "all" }, 0),
    () => one.read(0, { limit: 9 }),
    () => one.read(0, { limit: 9, accounts: [...outside] }),
  ];
  for (const read of refused) {
    assertThrows(read, RangeError, "must be within the grant");
  }
  assertThrows(
    () => one.filter({ accounts: ["10002"] }),
    CommandError,
    "reaches no account 10002",
  );
  const cursor = one.open(sink, one.filter({}), 0);
  assertEquals(texts, ["10001"]);
  cursor.close();
  const { events } = one.read(0, { limit: 9, accounts: ["10001"] });
  assertEquals(events.map(({ seq }) => seq), [1]);
  const all = new EventReader(hub, grantOf());
  assertEquals(all.read(0, { limit: 9 }).events.length, 2);
  hub.close();
});

Deno.test("namesOf() gives connections that want the same events one set", () => {
  const [whole, parts, other] = [["friend"], [
    "friend.added",
    "friend.refused",
    "friend.accepted",
    "friend.request",
  ], ["message"]].map(namesOf);
  assertEquals(parts === whole, true);
  assertEquals(whole!.size, 4);
  assertEquals([...other!], ["message", "message.stranger", "message.sent"]);
});

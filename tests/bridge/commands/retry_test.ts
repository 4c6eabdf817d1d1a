import type { Fault } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { CommandStage } from "../../support/command_stage.ts";

const CLOSE = { type: "null" } as const;
const EMPTY = { type: "body", body: "" } as const;
const NO_REPLY = { type: "silent" } as const;
const REFUSED = { type: "res", res: 77 } as const;

/** Faults of the first send, then of a second one under the same key. */
interface Row {
  name: string;
  /** Faults of the first send; what each one does to the reply. */
  first: Fault[];
  repeat?: Fault[];
  keyless?: boolean;
  /** Outcomes of the first send, of a second and of a third one with the same key. */
  outcomes: string[];
  /** How often the friend has the text. */
  arrived: number;
}

function faults(how: Fault["how"], times: number, acts: boolean): Fault[] {
  return [{ cmd: "CLTMSG", how, times, acts }];
}

const UNKNOWN = "outcome_unknown";
const ROWS: Row[] = [];
for (
  const [name, how] of [["a close", CLOSE], ["an empty body", EMPTY]] as const
) {
  for (const acts of [true, false]) {
    const done = acts ? "after the server acted" : "before the server acted";
    ROWS.push({
      name: `${name} ${done} is asked again`,
      first: faults(how, 1, acts),
      outcomes: ["ok", "ok", "ok"],
      arrived: 1,
    }, {
      name: `${name} ${done} stays open at a server without keys`,
      first: faults(how, 1, acts),
      keyless: true,
      outcomes: [UNKNOWN, UNKNOWN, UNKNOWN],
      arrived: acts ? 1 : 0,
    });
  }
  ROWS.push({
    name: `${name}, three times, is rejected, and its key asks again`,
    first: faults(how, 3, false),
    outcomes: ["rejected", "ok", "ok"],
    arrived: 1,
  }, {
    name: `${name} in each repeat of a send that may have acted leaves it open`,
    first: faults(how, 3, false),
    repeat: faults(how, 100, false),
    outcomes: ["rejected", UNKNOWN, "ok"],
    arrived: 1,
  }, {
    name: `three times ${name} behind a reply that did not come leave it open`,
    first: [...faults(NO_REPLY, 1, true), ...faults(how, 100, false)],
    outcomes: [UNKNOWN, "ok", "ok"],
    arrived: 1,
  }, {
    name: `${name} twice, RES=20 and ${name} twice are not three in a row`,
    first: [
      ...faults(how, 2, false),
      ...faults({ type: "res", res: 20 }, 1, false),
      ...faults(how, 2, false),
    ],
    outcomes: ["ok", "ok", "ok"],
    arrived: 1,
  });
}
for (const keyless of [false, true]) {
  const server = keyless ? "a server without keys" : "our server";
  ROWS.push({
    name: `RES=77 is the outcome of its key: ${server}`,
    first: faults(REFUSED, 1, false),
    keyless,
    outcomes: ["rejected", "rejected", "rejected"],
    arrived: 0,
  });
}
ROWS.push({
  name: "RES=77 after a close is the outcome of its key",
  first: [...faults(CLOSE, 1, false), ...faults(REFUSED, 1, false)],
  outcomes: ["rejected", "rejected", "rejected"],
  arrived: 0,
}, {
  name: "no reply in time is asked again",
  first: faults(NO_REPLY, 1, true),
  outcomes: [UNKNOWN, "ok", "ok"],
  arrived: 1,
}, {
  name: "no reply in time stays open at a server without keys",
  first: faults(NO_REPLY, 1, true),
  keyless: true,
  outcomes: [UNKNOWN, UNKNOWN, UNKNOWN],
  arrived: 1,
});

for (
  const { name, first, repeat = [], keyless = false, outcomes, arrived } of ROWS
) {
  Deno.test(`retryUntilAnswered(): ${name}`, async () => {
    const stage = await new CommandStage({ keyless }).start();
    const got: string[] = [];
    for (const script of [first, repeat, []]) {
      for (const fault of script) stage.faults.add(fault);
      const sent = stage.send("once", "k");
      // Longer than the client waits for a reply and the bridge repeats.
      await stage.pass(110);
      got.push(await sent);
      stage.faults.clear();
      await stage.pass(30);
    }
    assertEquals(got, outcomes);
    assertEquals((await stage.arrived()).length, arrived);
    const events = stage.frames.all("message.sent");
    assertEquals(events.length, keyless ? 0 : arrived);
    await stage.end();
  });
}

Deno.test("retryUntilAnswered(): a close of a send without a key is asked again with the bridge's own", async () => {
  const stage = await new CommandStage().start();
  stage.faults.add({ cmd: "CLTMSG", how: CLOSE, times: 2 });
  const sent = stage.send("once");
  await stage.pass(5);
  assertEquals(await sent, "ok");
  assertEquals(await stage.arrived(), ["once"]);
  assertEquals(stage.frames.all("message.sent").length, 1);
  await stage.end();
});

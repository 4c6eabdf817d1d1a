import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const REASON = "another bridge polls this account";

/** A bridge that logs in 10001 and does not take it back from another. */
function bridgeOver(
  server: ReturnType<typeof createServer>,
  clock: FakeClock,
) {
  const journal = new MemoryJournal();
  const overtaken: string[] = [];
  const failures: unknown[] = [];
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(demoAccount("10001")),
    transport: () => new AnswerTransport(server.answer),
    clock,
    random: () => 0.5,
    takesBack: false,
    listener: {
      overtaken: (uin) => overtaken.push(uin),
      onError: (_uin, _what, error) => failures.push(error),
    },
  });
  bridge.start();
  const frames = new Frames(journal);
  return {
    bridge,
    overtaken,
    failures,
    texts: () => frames.all("message").map(({ data }) => data.text),
    states: () => frames.all("account.state").map(({ data }) => data),
    get state() {
      return bridge.accounts(grantOf())[0]!.state;
    },
  };
}

Deno.test("Bridge: without takesBack the account stays out once another bridge polls it, until login", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock, sendGapMs: 0 });
  await addDemo(server);
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  const say = async (text: string) => {
    await server.deliver("10001", { type: "message", from: "10002", text });
    await pass(2);
  };
  const first = bridgeOver(server, clock);
  await pass(2);
  await say("a");
  const second = bridgeOver(server, clock);
  await pass(5);
  assertEquals([first.state, second.state], ["replaced", "online"]);
  assertEquals(first.overtaken, ["10001"]);
  const { reason, action } = first.states().at(-1)!;
  assertEquals(
    [reason, action],
    [REASON, "Stop the other bridge. Log in with the command login"],
  );
  await say("b");
  await pass(1000);
  assertEquals([first.state, second.state], ["replaced", "online"]);

  const loggedIn = first.bridge.run(grantOf(), {
    command: "login",
    account: "10001",
    params: {},
  });
  await pass(5);
  await loggedIn;
  assertEquals([first.state, second.state], ["online", "replaced"]);
  await say("c");
  assertEquals([first.texts(), second.texts()], [["a", "c"], ["b"]]);
  assertEquals([...first.failures, ...second.failures], []);

  const stopping = [first.bridge.stop(), second.bridge.stop()];
  await pass(11);
  await Promise.all(stopping);
  await server.close();
});

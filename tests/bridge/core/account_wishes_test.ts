/** What is wished of an account, in overlapping commands: the last wish wins. @module */

import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { addDemo, createServer, Faults } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { demoAccount, ListedAccounts } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const UIN = "10001";
const everything = grantOf();

async function startLate() {
  const clock = new FakeClock();
  const faults = new Faults();
  const server = createServer({ clock, faults, sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const accounts = new ListedAccounts(demoAccount(UIN));
  const transport = new AnswerTransport(server.answer);
  const bridge = new Bridge({
    journal: new MemoryJournal(),
    accounts,
    transport: () => transport,
    clock,
    random: () => 0.5,
  });
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      await clock.advance(500);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  bridge.start();
  await pass(2000);
  for (const cmd of ["Login", "Logout"] as const) {
    faults.add({ cmd, times: 100, how: { type: "late", lateMs: 1500 } });
  }
  return { accounts, bridge, pass, server };
}

const WISHES = {
  login: (bridge: Bridge) => session(bridge, "login"),
  logout: (bridge: Bridge) => session(bridge, "logout"),
  addAccount: (bridge: Bridge) => bridge.upstreams.open(demoAccount(UIN)),
  removeAccount: (bridge: Bridge) => bridge.upstreams.remove(UIN),
  changeAccount: (bridge: Bridge) =>
    bridge.upstreams.change(UIN, {
      passwordMd5: demoAccount(UIN).passwordMd5,
    }),
};

type Wish = keyof typeof WISHES;

function session(bridge: Bridge, command: "login" | "logout") {
  return bridge.run(everything, { command, account: UIN, params: {} });
}

/** What the last wish leaves: whether the bridge is meant to be logged in, and the state. */
const LEFT: Record<
  Wish,
  [wanted: string | undefined, state: string | undefined]
> = {
  login: ["in", "online"],
  logout: ["out", "offline"],
  addAccount: ["in", "online"],
  removeAccount: [undefined, undefined],
  changeAccount: ["in", "online"],
};

for (const first of Object.keys(WISHES) as Wish[]) {
  for (const last of Object.keys(WISHES) as Wish[]) {
    for (const betweenMs of [0, 500, 2000]) {
      Deno.test(`Bridge: ${last} wins over ${first} that began ${betweenMs} ms before`, async () => {
        const { accounts, bridge, pass, server } = await startLate();
        const done = [WISHES[first](bridge)];
        await pass(betweenMs);
        done.push(WISHES[last](bridge));
        const ended = Promise.allSettled(done);
        await pass(30_000);
        await ended;
        // There is nothing to log in any more.
        const isRemoved = first === "removeAccount" && last !== "addAccount";
        // A change of the account is no wish to log in.
        const isOut = first === "logout" && last === "changeAccount";
        const left = LEFT[isRemoved || isOut ? first : last];
        assertEquals([
          accounts.get(UIN)?.wanted,
          bridge.accounts(everything)[0]?.state,
        ], left);
        assertEquals(server.isOnline(UIN), left[1] === "online");
        const stopping = bridge.stop();
        await pass(5000);
        await stopping;
        await server.close();
      });
    }
  }
}

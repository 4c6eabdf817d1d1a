import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import { Faults, type Misbehaviour } from "../../lib/server/mod.ts";
import {
  type AccountState,
  QqClient,
  type Transport,
  TransportError,
  type TransportRequest,
} from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { demoAccount, startBridge } from "../support/bridge_fixture.ts";
import { grantOf } from "../support/fake_bridge.ts";
import { FakeClock } from "../support/fake_clock.ts";

interface Case {
  name: string;
  /** What is wrong with every answer, or with the connection. */
  how: Misbehaviour | "refused";
  /** Whether the server does what it is asked all the same. */
  acts?: boolean;
  /** The state that must be reported. */
  state: AccountState;
  /** How soon, in seconds: no later than the poll in flight and the one behind it. */
  withinS: number;
}

const GARBAGE = "\u0000\u0001<html>%%%&&==,,,&RES=zero";

/** A poll in flight is held for 25 s and given up 35 s later. */
const POLL_S = 26;
const SILENT_S = 26 + 60;

const CASES: readonly Case[] = [
  { name: "NULL", how: { type: "null" }, state: "offline", withinS: POLL_S },
  {
    name: "NULL, and nothing done",
    how: { type: "null" },
    acts: false,
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "an answer cut in its midst",
    how: { type: "cut", bytes: 40 },
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "a late RES=3",
    how: { type: "res", res: 3, lateMs: 20_000 },
    state: "penalised",
    withinS: POLL_S + 20,
  },
  {
    name: "RES=20",
    how: { type: "res", res: 20 },
    state: "replaced",
    withinS: POLL_S,
  },
  {
    name: "silence",
    how: { type: "silent" },
    state: "offline",
    withinS: SILENT_S,
  },
  {
    name: "garbage",
    how: { type: "body", body: GARBAGE },
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "another command's CMD",
    how: { type: "field", code: "CMD", value: "LIST" },
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "another request's SEQ",
    how: { type: "field", code: "SEQ", value: "4" },
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "HTTP 502",
    how: { type: "http", status: 502, body: "bad gateway" },
    state: "offline",
    withinS: POLL_S,
  },
  {
    name: "connection refused",
    how: "refused",
    state: "offline",
    withinS: POLL_S,
  },
];

/** Counts requests, and refuses them while `refuses` is set. */
class Gate implements Transport {
  readonly #inner: Transport;
  requests = 0;
  /** Commands that send a message. */
  sends = 0;
  parallelPolls = 0;
  #polls = 0;
  refuses = false;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  async post(request: TransportRequest) {
    this.requests++;
    if (request.body.includes("CMD=CLTMSG")) this.sends++;
    if (this.refuses) {
      throw new TransportError("unreachable", "Connection refused");
    }
    if (!request.body.includes("CMD=GetMsgEx")) {
      return await this.#inner.post(request);
    }
    this.parallelPolls = Math.max(this.parallelPolls, ++this.#polls);
    try {
      return await this.#inner.post(request);
    } finally {
      this.#polls--;
    }
  }
}

/** Moves a fake clock, with real turns for what waits for one. */
async function pass(clock: FakeClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1000);
    await turn();
    await turn();
  }
}

/** One turn of the event loop, for what is computed beside it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function stage() {
  const clock = new FakeClock();
  const faults = new Faults();
  const gates: Gate[] = [];
  const fixture = await startBridge({
    server: { clock, faults },
    bridge: { clock, random: () => 0.5 },
    wrap: (inner) => {
      const gate = new Gate(inner);
      gates.push(gate);
      return gate;
    },
  });
  const friend = new QqClient({
    uin: "10002",
    password: "demo",
    transport: new AnswerTransport(fixture.server.answer),
    clock,
  });
  await pass(clock, 2);
  await friend.login();
  return { clock, faults, fixture, friend, gate: gates[0]! };
}

const FAULT_S = 180;

for (const { name, how, acts = true, state, withinS } of CASES) {
  Deno.test(`${name}, for three minutes: the upstream reports it, backs off and loses nothing`, async () => {
    const { clock, faults, fixture, friend, gate } = await stage();
    await using _ = fixture;
    const { frames } = fixture;
    const texts: string[] = [];
    const say = async (text: string) => {
      texts.push(text);
      await friend.send("10001", text);
    };
    await say("before");
    await pass(clock, 2);
    assertEquals(frames.all("message").length, 1);

    if (how === "refused") gate.refuses = true;
    else faults.add({ uin: "10001", times: Infinity, acts, how });
    const requestsBefore = gate.requests;
    const startAt = clock.now();
    let toldAfterS = Infinity;
    for (let second = 0; second < FAULT_S; second++) {
      if (second % 40 === 1) await say(`during ${second}, 100% &=`);
      await pass(clock, 1);
      const last = frames.all("account.state", "10001").at(-1)!;
      if (toldAfterS === Infinity && last.data.state === state) {
        toldAfterS = (clock.now() - startAt) / 1000;
      }
    }
    const requests = gate.requests - requestsBefore;
    assert(
      toldAfterS <= withinS,
      `${state} was reported after ${toldAfterS} s`,
    );
    assert(requests <= FAULT_S, `${requests} requests in ${FAULT_S} s`);
    assert(requests >= 1, "nothing was asked");

    faults.clear();
    gate.refuses = false;
    // The longest wait of any error policy, and the penalty.
    await pass(clock, 320);
    // Its own session has lapsed meanwhile.
    await friend.login();
    await say("after");
    await pass(clock, 30);
    assertEquals(
      frames.all("account.state", "10001").at(-1)?.data.state,
      "online",
    );
    assertEquals(frames.all("message").map(({ data }) => data.text), texts);
    assertEquals(gate.parallelPolls, 1);
    await friend[Symbol.asyncDispose]();
  });
}

Deno.test("upstream: logs in again after at least three seconds when RES=20 comes once", async () => {
  const { clock, faults, fixture, friend, gate } = await stage();
  await using _ = fixture;
  faults.add({
    cmd: "GetMsgEx",
    uin: "10001",
    how: { type: "res", res: 20 },
  });
  await pass(clock, 30);
  const { frames } = fixture;
  const replaced = frames.all("account.state", "10001").find(({ data }) =>
    data.state === "replaced"
  );
  assert(replaced !== undefined, "replaced was not reported");
  const online = frames.all("account.state", "10001").at(-1)!;
  assertEquals(online.data.state, "online");
  assert(Date.parse(online.at) - Date.parse(replaced.at) >= 2000);
  await friend.send("10001", "still here");
  await pass(clock, 3);
  assertEquals(frames.all("message").length, 1);
  assertEquals(gate.parallelPolls, 1);
  await friend[Symbol.asyncDispose]();
});

Deno.test("upstream: tries a wrong password once, and again when it has changed", async () => {
  const clock = new FakeClock();
  let requests = 0;
  await using fixture = await startBridge({
    accounts: [demoAccount("10001", "wrong")],
    server: { clock },
    bridge: { clock, random: () => 0.5 },
    wrap: (inner) => ({
      post: (request) => {
        requests++;
        return inner.post(request);
      },
    }),
  });
  await pass(clock, 600);
  assertEquals(requests, 1);
  const { frames, bridge } = fixture;
  assertEquals(frames.all("account.state").at(-1)?.data.state, "refused");
  await bridge.upstreams.open(demoAccount("10001"));
  await pass(clock, 2);
  assertEquals(frames.all("account.state").at(-1)?.data.state, "online");
});

Deno.test("stop: waits three seconds for an unanswered command, and logs out", async () => {
  const { clock, faults, fixture, friend, gate } = await stage();
  await using _ = fixture;
  const { bridge, server } = fixture;
  faults.add({ cmd: "CLTMSG", uin: "10001", how: { type: "silent" } });
  const sending = bridge.run(grantOf(), {
    command: "send",
    account: "10001",
    params: { to: "10002", text: "into the void" },
  }).catch((error) => error.code);
  while (gate.sends === 0) await turn();
  assert(server.isOnline("10001"));
  let stopped = false;
  const stopping = bridge.stop().then(() => stopped = true);
  await clock.advance(2999);
  for (let n = 0; n < 100; n++) await turn();
  assertEquals([stopped, server.isOnline("10001")], [false, true]);
  await clock.advance(1);
  while (!stopped) await turn();
  await stopping;
  assertEquals(server.isOnline("10001"), false);
  await pass(clock, 10);
  assertEquals(await sending, "outcome_unknown");
  await friend[Symbol.asyncDispose]();
});

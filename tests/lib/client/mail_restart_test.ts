import { addDemo, createServer, MemoryStore } from "../../../lib/server/mod.ts";
import {
  type ClientStatus,
  QqClient,
  type QqClientOptions,
} from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { scripted } from "../../support/scripted_client.ts";
import {
  LOGGED_IN,
  mailOf,
  ordinary,
  type Step,
} from "../../support/scripted_transport.ts";

/** How a poll fails while the server is restarted. */
const FAILURES: [how: Step, waitMs: number][] = [
  ["cut", 1000],
  ["closed", 1000],
  ["unreachable", 1000],
  ["silent", 61_000],
];

for (const [how, waitMs] of FAILURES) {
  Deno.test(`mail(): RES=20 after a poll that was ${how} is a restart of the server: logs in at once`, async () => {
    const seen: ClientStatus[] = [];
    const { client, clock, transport } = scripted(
      [LOGGED_IN, mailOf(0), how, 20, LOGGED_IN, mailOf(1)],
      { onStatus: (status) => seen.push(status) },
    );
    const loop = client.mailBatches();
    const next = loop.next();
    await clock.advance(100_000);
    await next;
    const at = 1000 + waitMs;
    assertEquals(transport.times.slice(2), [
      "GetMsgEx@1000",
      `GetMsgEx@${at}`,
      `Login@${at}`,
      `GetMsgEx@${at}`,
    ]);
    assertEquals(seen.map(({ type }) => type), [
      "connecting",
      "online",
      "offline",
      "offline",
      "connecting",
      "online",
    ]);
    await loop.return();
    await client[Symbol.asyncDispose]();
  });
}

Deno.test("mail(): a server that is restarted three times within seconds is logged in to within 5 s, and a login elsewhere is still one", async () => {
  const seen: ClientStatus[] = [];
  const logins: number[] = [];
  /** Whether the server knows the session. */
  let knows = false;
  let down = false;
  const { client, clock } = scripted((asked) => {
    if (down) return "unreachable";
    if (asked.command.cmd === "Login") {
      knows = true;
      logins.push(asked.at);
      return LOGGED_IN;
    }
    return knows ? ordinary(asked) : 20;
  }, { onStatus: (status) => seen.push(status), pollMaxMs: 1000 });
  const loop = client.mailBatches();
  const next = loop.next();
  for (let restart = 0; restart < 3; restart++) {
    await clock.advance(2000);
    down = true;
    knows = false;
    await clock.advance(1500);
    down = false;
    const before = logins.length;
    await clock.advance(5000);
    assertEquals(logins.length, before + 1);
  }
  assertEquals(seen.some(({ type }) => type === "replaced"), false);
  // The last failure is long past: the server has answered since.
  await clock.advance(20_000);
  knows = false;
  await clock.advance(2000);
  assertEquals(seen.some(({ type }) => type === "replaced"), true);
  await client[Symbol.asyncDispose]();
  await next;
});

Deno.test("mail(): RES=20 after a pause of LI is a session that lapsed: logs in at once", async () => {
  const status: string[] = [];
  const { client, clock, transport } = scripted(
    (asked, nth) => nth === 1 ? 20 : ordinary(asked),
    {
      onStatus: ({ type }) => status.push(type),
    },
  );
  await client.login();
  await clock.advance(300_000);
  const loop = client.mailBatches().next();
  await clock.advance(0);
  assertEquals(transport.times.slice(1, 4), [
    "GetMsgEx@300000",
    "Login@300000",
    "GetMsgEx@300000",
  ]);
  assertEquals(status.includes("replaced"), false);
  await client[Symbol.asyncDispose]();
  await loop;
});

/** A client of an embedded server that can be restarted without its clients. */
async function restartable(options: Partial<QqClientOptions>) {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const start = () => createServer({ clock, store, sendGapMs: 0 });
  const stage = { clock, server: start(), restart, status: [] as string[] };
  await addDemo(stage.server);
  async function restart() {
    const before = stage.server;
    stage.server = start();
    await before.close();
  }
  const client = new QqClient({
    uin: "10001",
    password: "demo",
    clock,
    random: () => 0,
    fetch: (url, init) => stage.server.fetch(new Request(url, init)),
    onStatus: ({ type }) => stage.status.push(type),
    ...options,
  });
  return { ...stage, client, current: () => stage.server };
}

/** Where the client stands when the server is restarted. */
const MOMENTS: [moment: string, waitSeconds: number][] = [
  ["while they are held", 25],
  ["between them", 0],
];

for (const [moment, waitSeconds] of MOMENTS) {
  Deno.test(`mail(): two restarts of the embedded server between two polls, ${moment}, are no login elsewhere`, async () => {
    const { client, clock, current, restart, status } = await restartable({
      waitSeconds,
    });
    const items: string[] = [];
    const reading = (async () => {
      for await (const item of client.mail()) {
        if (item.type === "message") items.push(item.text);
      }
    })();
    for (let pair = 0; pair < 3; pair++) {
      await clock.advance(2000);
      await restart();
      await clock.advance(100);
      await restart();
      await clock.advance(5000);
      assertEquals(status.at(-1), "online");
      const text = `message ${pair}`;
      const item = { type: "message" as const, from: "10002", text };
      await current().deliver("10001", item);
      await clock.advance(5000);
    }
    assertEquals(items, ["message 0", "message 1", "message 2"]);
    assertEquals(status.includes("replaced"), false);
    await client[Symbol.asyncDispose]();
    await reading;
    await current().close();
  });
}

/** Who else logs in, what the status says then, and how often the server is asked whether they are gone. */
const OTHERS: [
  who: string,
  overtaken: boolean,
  probeMs: number,
  ends: "logs out" | "lapses",
][] = [
  ["another client of ours", true, 30_000, "logs out"],
  ["another client of ours", true, 30_000, "lapses"],
  ["a client of 2005", false, 4000, "logs out"],
  ["a client of 2005", false, 4000, "lapses"],
];

for (const [who, overtaken, probeMs, ends] of OTHERS) {
  Deno.test(`mail(): ${who} keeps the account until it ${ends}; then the loop logs in within ${probeMs} ms`, async () => {
    const seen: ClientStatus[] = [];
    const { client, clock, current, status } = await restartable({
      onStatus: (each) => {
        seen.push(each);
        status.push(each.type);
      },
    });
    const reading = (async () => {
      for await (const _ of client.mail());
    })();
    await clock.advance(1000);
    const other = new QqClient({
      uin: "10001",
      password: "demo",
      clock,
      fetch: (url, init) => {
        const request = new Request(url, init);
        if (!overtaken) request.headers.delete("Tqq-Session");
        return current().fetch(request);
      },
    });
    await other.login();
    await clock.advance(0);
    const { type, waitsForEnd, retryAt, ...rest } = seen.at(-1) as
      & ClientStatus
      & { type: "replaced" };
    assertEquals(
      [type, waitsForEnd, retryAt! - clock.now(), rest],
      ["replaced", true, probeMs, overtaken ? { overtaken: true } : {}],
    );
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000);
      await other.friends();
    }
    assertEquals(status.at(-1), "replaced");
    if (ends === "logs out") await other.logout();
    else await clock.advance(300_000);
    await clock.advance(probeMs);
    assertEquals(status.at(-1), "online");
    await client[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await reading;
    await current().close();
  });
}

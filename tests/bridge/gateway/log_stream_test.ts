import { createLog } from "../../../bridge/ops/log.ts";
import { LogRing, MAX_RING_ENTRIES } from "../../../bridge/ops/log_ring.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";
import { settle } from "../../support/fake_clock.ts";
import { grantOf } from "../../support/fake_bridge.ts";

interface Message {
  id?: string;
  event?: string;
  data?: { message?: string; dropped?: number };
}

/** The app with a log, and readers of it. */
class Rig {
  readonly ring = new LogRing();
  readonly app: FakeApp;
  readonly log;

  constructor(bufferedBytes = DEFAULT_LIMITS.bufferedBytes) {
    this.app = new FakeApp({
      logs: this.ring,
      limits: { ...DEFAULT_LIMITS, bufferedBytes },
    });
    this.app.grants["manager"] = grantOf({
      name: "manager",
      accounts: ["10001"],
    });
    this.log = createLog({
      level: "debug",
      ring: this.ring,
      clock: this.app.clock,
      write: () => {},
    });
  }

  async open(query = "", headers: HeadersInit = {}) {
    const response = await this.app.ask(`/logs${query}`, {
      token: "all",
      headers,
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream())
      .getReader();
    let text = "";
    const read = async (): Promise<Message[]> => {
      for (;;) {
        const next = reader.read();
        const isMore = await Promise.race([
          next.then(({ value }) => {
            text += value ?? "";
            return value !== undefined;
          }),
          settle().then(settle).then(() => false),
        ]);
        if (!isMore) break;
      }
      const messages = text.split("\n\n").slice(0, -1);
      text = text.slice(text.lastIndexOf("\n\n") + 2);
      return messages.map(parse).filter(({ data }) => data !== undefined);
    };
    return { reader, read };
  }
}

function parse(text: string): Message {
  const fields = Object.fromEntries(
    text.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const { id, event, data } = fields;
  return {
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    ...(data === undefined ? {} : { data: JSON.parse(data) }),
  };
}

const shown = (messages: readonly Message[]) =>
  messages.map(({ id, event, data }) =>
    `${id} ${event ?? data?.message}${
      data?.dropped === undefined ? "" : ` ${data.dropped}`
    }`
  );

const FILTERS: [query: string, entries: string[]][] = [
  ["?level=warn", ["2 b", "4 d"]],
  ["?account=10001", ["2 b"]],
  ["?connection=c1", ["3 c"]],
  ["?level=info&connection=c1", ["3 c"]],
  ["?level=error", []],
  ["?tail=2", ["3 c", "4 d"]],
  ["?tail=0", []],
  ["", ["1 a", "2 b", "3 c", "4 d"]],
];

for (const [query, entries] of FILTERS) {
  Deno.test(`/logs${query}: sends the entries that match, and those to come`, async () => {
    const rig = new Rig();
    const { log } = rig;
    log.debug("a");
    log.warn("b", { account: "10001" });
    log.info("c", { connection: "c1" });
    log.warn("d", { account: "10002" });
    const stream = await rig.open(query);
    assertEquals(shown(await stream.read()), entries);
    log.error("e", { account: "10001", connection: "c1" });
    assertEquals(shown(await stream.read()), ["5 e"]);
    const ended = rig.app.nextStreamEnd();
    await stream.reader.cancel();
    await ended;
    assertEquals([rig.app.streams, rig.app.clock.pending], [0, 0]);
  });
}

Deno.test("/logs: a reader that is too slow gets a gap for what was dropped, and resumes by its last id", async () => {
  const rig = new Rig(2000);
  const stream = await rig.open("?tail=0");
  for (let n = 1; n <= MAX_RING_ENTRIES + 50; n++) rig.log.info(`entry ${n}`);
  const first = await stream.read();
  const gap = first.findIndex(({ event }) => event === "gap");
  const last = Number(first[gap - 1]!.id);
  assertEquals(first[gap], {
    id: "50",
    event: "gap",
    data: { dropped: 50 - last },
  });
  assertEquals(first[gap + 1]!.data?.message, "entry 51");
  await stream.reader.cancel();
  const resumed = await rig.open("?tail=0", { "last-event-id": "5045" });
  assertEquals(
    shown(await resumed.read()),
    [5046, 5047, 5048, 5049, 5050].map((n) => `${n} entry ${n}`),
  );
  await resumed.reader.cancel();
  // An id of before a restart is ahead of this log.
  const other = await rig.open("", { "last-event-id": "900000" });
  assertEquals(shown((await other.read()).slice(0, 2)), [
    "50 gap 50",
    "51 entry 51",
  ]);
  await other.reader.cancel();
});

const REFUSED: [path: string, token: string | undefined, status: number][] = [
  ["/logs", undefined, 401],
  ["/logs", "sender", 403],
  ["/logs", "one", 403],
  ["/logs", "manager", 403],
  ["/logs?level=loud", "all", 400],
  ["/logs?tail=5001", "all", 400],
  ["/logs?tail=-1", "all", 400],
  ["/logs?account=x", "all", 400],
];

for (const [path, token, status] of REFUSED) {
  Deno.test(`${path} as ${token}: is answered with ${status}`, async () => {
    const { app } = new Rig();
    const response = await app.ask(path, token === undefined ? {} : { token });
    assertEquals(response.status, status);
    await response.body?.cancel();
  });
}

Deno.test("/logs: ends when its token is revoked, and without a log it is 404", async () => {
  const rig = new Rig();
  const { reader } = await rig.open();
  rig.app.grants["all"]!.revoke();
  await rig.app.clock.advance(5000);
  const rest = async (): Promise<boolean> => {
    const { done } = await reader.read();
    return done || await rest();
  };
  assertEquals(await rest(), true);
  assertEquals(rig.app.streams, 0);
  const without = new FakeApp();
  const response = await without.ask("/logs", { token: "all" });
  assertEquals(response.status, 404);
  await response.body?.cancel();
});

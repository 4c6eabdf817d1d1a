import type { ClientStatus } from "../../../mod.ts";
import { assertEquals } from "../../deps.ts";
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
  await clock.advance(15_000);
  assertEquals(seen.some(({ type }) => type === "replaced"), true);
  await client[Symbol.asyncDispose]();
  await next;
});

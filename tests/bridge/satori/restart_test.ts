import { delay } from "@std/async";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { NO_METRICS } from "../../../bridge/ops/metrics_recorder.ts";
import { SatoriEndpoint } from "../../../bridge/satori/endpoint.ts";
import { systemClock } from "../../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { startBridge } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeSocket } from "../../support/fake_socket.ts";
import type { Signal } from "./stage.ts";

/** A bridge on a journal's file, and one Satori client of it, from its first word to its last. */
async function life(
  path: string,
  sn: number | undefined,
  texts: { before: string[]; during: string[] },
): Promise<Signal[]> {
  const journal = new SqliteJournal(openJournal(path));
  try {
    await using bridge = await startBridge({ bridge: { journal } });
    const failures: unknown[] = [];
    const endpoint = new SatoriEndpoint({
      clock: systemClock,
      limits: DEFAULT_LIMITS,
      stallMs: 30_000,
      measures: NO_METRICS,
      onError: (error) => failures.push(error),
      bridge: bridge.bridge,
      authenticate: () => grantOf(),
    });
    const deliver = async (text: string) => {
      const item = { type: "message", from: "10002", text } as const;
      await bridge.server.deliver("10001", item);
      while (
        !journal.history({ account: "10001", party: "10002", limit: 1 })
          .events[0]?.frame.includes(`"${text}"`)
      ) await delay(5);
    };
    for (const text of texts.before) await deliver(text);
    const admission = await endpoint.upgrade({
      url: new URL("http://127.0.0.1/satori/v1/events"),
      headers: new Headers(),
      protocols: [],
      address: undefined,
      signal: new AbortController().signal,
    });
    assert(!(admission instanceof Response));
    const socket = new FakeSocket();
    const peer = admission.open(socket);
    const body = { token: "t", ...(sn === undefined ? {} : { sn }) };
    peer.onText(JSON.stringify({ op: 3, body }));
    for (const text of texts.during) await deliver(text);
    const last = (texts.during.at(-1) ?? texts.before.at(-1))!;
    while (!socket.sent.some((text) => text.includes(`"${last}"`))) {
      await delay(5);
    }
    peer.onClose();
    assertEquals(failures, []);
    return socket.sent.map((text) => JSON.parse(text));
  } finally {
    await journal.close();
  }
}

function messages(signals: readonly Signal[]): { sn: number; text: string }[] {
  return signals.filter(({ op, body }) =>
    op === 0 && body.type === "message-created"
  ).map(({ body }) => ({ sn: body.sn, text: body.message.content }));
}

Deno.test("satori: a client that comes back to a bridge that was started again misses nothing and gets nothing twice", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/journal.db`;
    const first = messages(
      await life(path, undefined, { before: ["old"], during: ["a", "b"] }),
    );
    assertEquals(first.map(({ text }) => text), ["a", "b"]);
    const second = messages(
      await life(path, first.at(-1)!.sn, {
        before: ["c", "d", "e"],
        during: ["f"],
      }),
    );
    assertEquals(second.map(({ text }) => text), ["c", "d", "e", "f"]);
    assert(second[0]!.sn > first.at(-1)!.sn);
    // The same place again is the same answer again.
    const third = messages(
      await life(path, first.at(0)!.sn, { before: [], during: ["g"] }),
    );
    assertEquals(third.map(({ text }) => text), ["b", "c", "d", "e", "f", "g"]);
    assertEquals(third.slice(1, 5), second);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

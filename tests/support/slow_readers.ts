import { deadline, delay } from "@std/async";
import { EventServer } from "./event_process.ts";
import { RawSocket } from "./raw_socket.ts";

/** How many read how. */
export interface SlowReadersOptions {
  /** Read all, at once. */
  healthy: number;
  /** Read a little now and then. */
  trickling: number;
  /** Read nothing. */
  stalled: number;
  /** For how long a reader may make no progress. */
  stallMs: number;
  /** How many events there are. */
  events: number;
  /** How long each is, in characters of three bytes. */
  textChars: number;
}

/** What became of them. */
export interface SlowReadersReport {
  /** Healthy readers that got all events, once, in order. */
  whole: number;
  /** When the last stalled reader was cut, from the moment that the last event was journalled. */
  cutAfterMs: number;
  /** Readers that were closed as too slow; the connection ends, with the code or without. */
  cut: number;
  /** What the last stalled reader finds at the end, when it reads after all. */
  lastRead: string;
  /** WebSockets that are open at the end. */
  open: number;
  /** Most memory of the process more than before the events, for each slow reader, in bytes. */
  rssEach: number;
  /** Of it, what the program held. */
  heldEach: number;
  /** What the program held at the end more than before anybody came, in bytes. */
  heldAfter: number;
  /** What should not have happened. */
  failures: string[];
}

/** How long healthy readers may take for the events after the last one was journalled, in milliseconds. */
const WHOLE_MS = 120_000;

/** Lets readers of three kinds read the same events. */
export async function slowReaders(
  options: SlowReadersOptions,
): Promise<SlowReadersReport> {
  const { healthy, trickling, stalled, stallMs, events, textChars } = options;
  const slow = trickling + stalled;
  const folder = await Deno.makeTempDir();
  const sockets: RawSocket[] = [];
  try {
    await using server = new EventServer(folder, stallMs);
    await server.start();
    const empty = await server.order({ do: "look" });
    for (let n = 0; n < healthy + trickling + stalled; n++) {
      const socket = await RawSocket.open(
        server.port,
        "/ws?access_token=all",
      );
      await socket.json();
      sockets.push(socket);
    }
    const readers = sockets.slice(0, healthy).map((socket) =>
      readAll(socket, events)
    );
    const end = new AbortController();
    const sipping = sockets.slice(healthy, healthy + trickling)
      .map((socket) => sip(socket, end.signal));
    const before = await server.order({ do: "look" });
    let [rss, held, cutAfterMs] = [0, 0, 0];
    let look = before;
    const watch = async () => {
      look = await server.order({ do: "look" });
      rss = Math.max(rss, look.rss - before.rss);
      held = Math.max(held, look.held - before.held);
    };
    for (let left = events; left > 0; left -= 200) {
      await server.order({
        do: "push",
        events: Math.min(200, left),
        textChars,
      });
      await watch();
    }
    const from = performance.now();
    // The stalled ones go; the trickling ones may stay.
    const late = 2 * stallMs + 10_000;
    while (
      look.sockets > healthy + trickling && performance.now() - from < late
    ) {
      await delay(100);
      await watch();
    }
    cutAfterMs = performance.now() - from;
    const all = await deadline(
      Promise.all(readers.map(({ whole }) => whole)),
      WHOLE_MS,
    );
    end.abort();
    const open = look.sockets;
    const isCut = open <= healthy + trickling;
    const lastRead = isCut ? (await sockets.at(-1)!.rest()).slice(-100) : "";
    for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
    await Promise.all([...sipping, ...readers.map(({ end }) => end)]);
    while (look.sockets > 0) await watch();
    return {
      whole: all.filter((one) => one).length,
      cutAfterMs: Math.round(cutAfterMs),
      cut: healthy + slow - open,
      lastRead,
      open,
      rssEach: Math.round(rss / slow),
      heldEach: Math.round(held / slow),
      heldAfter: look.held - empty.held,
      failures: look.failures,
    };
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads all events, and then on: `whole` says whether they came once and in order. */
function readAll(
  socket: RawSocket,
  events: number,
): { whole: Promise<boolean>; end: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const read = async () => {
    for (let seq = 1; seq <= events; seq++) {
      const frame = await socket.json();
      if (frame.type !== "event" || frame.seq !== seq) return false;
    }
    resolve(true);
    return await socket.next() !== undefined;
  };
  const end = read().catch(() => false).then(() => resolve(false));
  return { whole: promise, end };
}

/** Reads a little now and then, until it is cut: the answer to a ping may fail before it sees that. */
async function sip(socket: RawSocket, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && await socket.sip(256).catch(() => false)) {
    await delay(50);
  }
}

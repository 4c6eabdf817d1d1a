/** Ten thousand connections that clients leave in every state. @module */

import { delay } from "@std/async";
import { EventServer } from "../support/event_process.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";

/** Maximum growth of memory from the first round to the last, in bytes. */
const MAX_GROWTH_BYTES = 4 * 1024 * 1024;

const ROUNDS = 10;
const EACH = 1000;
const AT_ONCE = 50;

type Connect = (port: number) => Promise<RawSocket>;

/** How far each connection gets before the client leaves. */
const CONNECTS: readonly Connect[] = [
  (port) => RawSocket.connect(port),
  async (port) => {
    const socket = await RawSocket.connect(port);
    await socket.write(upgradeHead(port, "/ws").slice(0, 40));
    return socket;
  },
  (port) => RawSocket.open(port, "/ws"),
  async (port) => {
    const socket = await RawSocket.open(port, "/ws?access_token=all");
    await socket.json();
    return socket;
  },
  async (port) => {
    const socket = await RawSocket.open(
      port,
      "/ws?access_token=all&consumer=c",
    );
    await socket.frame(8);
    return socket;
  },
];

/** Runs it; returns whether it held. */
export async function manyConnects(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new EventServer(folder, 30_000);
    await server.start();
    const held: number[] = [];
    let failures: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < EACH; n += AT_ONCE) {
        await Promise.all(
          Array.from({ length: AT_ONCE }, async (_, index) => {
            const connect = CONNECTS[index % CONNECTS.length]!;
            (await connect(server.port))[Symbol.dispose]();
          }),
        );
      }
      let look = await server.order({ do: "look" });
      while (look.sockets > 0) {
        await delay(100);
        look = await server.order({ do: "look" });
      }
      held.push(look.held);
      failures = look.failures;
    }
    const more = held.at(-1)! - held[0]!;
    const good = more < MAX_GROWTH_BYTES && failures.length === 0;
    console.log(
      JSON.stringify({
        name: "connects",
        held: good,
        connects: ROUNDS * EACH,
        more,
        failures,
      }),
    );
    return good;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await manyConnects() ? 0 : 1);

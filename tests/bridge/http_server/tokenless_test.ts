import { ConnectionQuota } from "../../../bridge/http_server/connection_quota.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const TOKEN = "the-administrators-token";

/** Opens connections without a token until one is refused; returns their number and the limit. */
function fill(
  quota: ConnectionQuota,
  addressOf: (n: number) => string,
): { count: number; limit: string } {
  for (let count = 0;; count++) {
    const slot = quota.acquire(addressOf(count));
    if (typeof slot === "string") return { count, limit: slot };
    const limit = slot.admitTokenless();
    if (limit === undefined) continue;
    slot.release();
    return { count, limit };
  }
}

Deno.test("ConnectionQuota: connections without a token get half, and 256 of an address where addresses are limited", () => {
  const many = (n: number) => `192.0.${n >> 8}.${n & 255}`;
  const one = () => "192.0.2.1";
  const rows = [
    [{ all: 1000 }, many, 500, "tokenless"],
    [{ all: 1001 }, many, 501, "tokenless"],
    [{ all: 1000, address: 1000 }, one, 256, "address"],
    [{ all: 1000, address: 100 }, one, 100, "address"],
    [{ all: 1000, address: Infinity }, one, 500, "tokenless"],
  ] as const;
  for (const [limits, addressOf, count, limit] of rows) {
    assertEquals(fill(new ConnectionQuota(limits), addressOf), {
      count,
      limit,
    });
  }
});

Deno.test("ConnectionQuota: a tenth is kept for tokens, and a token frees the place of its connection", () => {
  const quota = new ConnectionQuota({ all: 100 });
  const open = () => {
    const slot = quota.acquire("192.0.2.1");
    assert(typeof slot !== "string");
    return slot;
  };
  const named = Array.from({ length: 85 }, open);
  for (const slot of named) assert(slot.admit("token"));
  const tokenless = Array.from({ length: 5 }, open);
  for (const slot of tokenless) assertEquals(slot.admitTokenless(), undefined);
  const refused = open();
  assertEquals(refused.admitTokenless(), "tokenless");
  refused.release();
  for (const slot of Array.from({ length: 10 }, open)) {
    assert(slot.admit("token"));
  }
  assertEquals(quota.acquire("192.0.2.1"), "all");
  // Half are without a token at most; those that said hello do not count.
  const other = new ConnectionQuota({ all: 10 });
  for (let n = 0; n < 9; n++) {
    const slot = other.acquire("192.0.2.1");
    assert(typeof slot !== "string");
    assertEquals(slot.admitTokenless(), undefined);
    assert(slot.admit("token"));
  }
  assertEquals(other.taken, 9);
  for (const slot of [...named, ...tokenless]) slot.release();
  assertEquals(quota.taken, 10);
});

Deno.test("connections: those that never say hello leave half to clients with a token", async () => {
  const folder = await Deno.makeTempDir();
  const sockets: RawSocket[] = [];
  try {
    await using program = new Program({
      args: serveArgs(folder, "--no-demo"),
      env: { TQQ_TOKEN: TOKEN, TQQ_CONNECTIONS: "20" },
    });
    const { http } = await program.ready();
    const port = Number(new URL(http!).port);
    const open = async (path: string) => {
      const socket = await RawSocket.connect(port);
      sockets.push(socket);
      await socket.write(upgradeHead(port, path));
      return { socket, status: (await socket.head()).status };
    };
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await open("/ws")).status);
    assertEquals(statuses, [...Array(10).fill(101), 503, 503]);
    for (let n = 0; n < 10; n++) {
      const { status } = await open(`/ws?access_token=${TOKEN}`);
      assertEquals(status, 101);
    }
    assertEquals((await open(`/ws?access_token=${TOKEN}`)).status, 503);
    await sockets[0]!.send({ type: "hello", token: TOKEN });
    assertEquals((await sockets[0]!.json()).type, "welcome");
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
});

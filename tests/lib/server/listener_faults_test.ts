import { type Fault, Faults } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { RawClient, reply, request, until } from "./raw_client.ts";
import { Stage } from "./stage.ts";

const LEAVING = "VER=1.1&CMD=Logout&SEQ=1&UIN=10001";
const BODY = "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0";
const LEFT = reply(BODY);

/** A fault, what is on the wire, and whether the connection goes on. */
const FAULTS: [
  name: string,
  how: Fault["how"],
  wire: string,
  goesOn: boolean,
][] = [
  ["NULL", { type: "null" }, "", false],
  [
    "cut in the body",
    { type: "cut", bytes: 9 },
    LEFT.slice(0, LEFT.length - BODY.length + 9),
    false,
  ],
  [
    "cut before the body",
    { type: "cut", bytes: 0 },
    LEFT.slice(0, LEFT.length - BODY.length),
    false,
  ],
  ["cut behind the body", { type: "cut", bytes: 99 }, LEFT, false],
  [
    "a RES",
    { type: "res", res: 3 },
    reply(BODY.replace("RES=0", "RES=3")),
    true,
  ],
  [
    "garbage",
    { type: "body", body: "<html>乱</html>" },
    reply("<html>乱</html>"),
    true,
  ],
  ["nothing in a 200", { type: "body", body: "" }, reply(""), true],
  [
    "a wrong CMD",
    { type: "field", code: "CMD", value: "LIST" },
    reply(BODY.replace("LOGOUT", "LIST")),
    true,
  ],
  [
    "a wrong SEQ",
    { type: "field", code: "SEQ", value: "2" },
    reply(BODY.replace("SEQ=1", "SEQ=2")),
    true,
  ],
  [
    "a status",
    { type: "http", status: 503, body: "busy" },
    reply("busy", "", "503 "),
    true,
  ],
  ["twice", { type: "twice" }, LEFT + LEFT, true],
  ["twice, differing", { type: "twice", body: "x" }, LEFT + reply("x"), true],
];

async function scene(
  run: (stage: Stage, faults: Faults, client: RawClient) => Promise<void>,
): Promise<void> {
  const faults = new Faults();
  const stage = new Stage({ faults });
  const { port } = stage.server.listen({ port: 0 });
  using client = await RawClient.to(port);
  await run(stage, faults, client);
  await client.closed();
  await stage.server.close();
  assertEquals(stage.errors, []);
}

for (const [name, how, wire, goesOn] of FAULTS) {
  Deno.test(`a fault on the wire: ${name}`, async () => {
    await scene(async (_, faults, client) => {
      faults.add({ how });
      await client.send(request(LEAVING));
      assertEquals(await client.takeLike(wire), wire);
      if (goesOn) {
        await client.send(request(LEAVING));
        assertEquals(await client.takeLike(LEFT), LEFT);
        assertEquals(client.ended, false);
      } else {
        assertEquals(await client.rest(), "");
        assertEquals(client.ended, true);
      }
    });
  });
}

Deno.test("a fault on the wire: late", async () => {
  await scene(async ({ clock }, faults, client) => {
    await until(() => clock.pending === 1); // The patience for a head.
    faults.add({ how: { type: "late", lateMs: 45_000 } });
    await client.send(request(LEAVING));
    await until(() => faults.pending === 0);
    await clock.advance(44_999);
    assertEquals([client.text, client.ended], ["", false]);
    await clock.advance(1);
    assertEquals(await client.takeLike(LEFT), LEFT);
  });
});

Deno.test("a fault on the wire: silent until the client gives up", async () => {
  await scene(async ({ clock }, faults, client) => {
    faults.add({ how: { type: "silent" } });
    await client.send(request(LEAVING));
    await until(() => faults.pending === 0 && clock.pending === 0);
    await clock.advance(3_600_000);
    assertEquals([client.text, client.ended], ["", false]);
    await client.end();
    await until(() => clock.pending === 1);
    await clock.advance(1_000);
    assertEquals(await client.rest(), "");
  });
});

Deno.test("a fault on the wire: silent until the server ends", async () => {
  await scene(async ({ server, clock }, faults, client) => {
    faults.add({ how: { type: "silent" } });
    await client.send(request(LEAVING));
    await until(() => faults.pending === 0 && clock.pending === 0);
    await server.close();
    assertEquals(await client.rest(), "");
  });
});

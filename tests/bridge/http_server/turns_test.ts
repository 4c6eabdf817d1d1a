import { Turns } from "../../../bridge/http_server/turns.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { assert, assertEquals } from "@std/assert";
import type { Endpoint } from "../../../bridge/endpoint/endpoint.ts";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

Deno.test("Turns: one piece is written in a turn, and the others follow in order, one in each", async () => {
  const turns = new Turns();
  const written: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const turn = turns.take();
    if (turn === undefined) written.push(name);
    else turn.then(() => written.push(name));
  }
  const seen = [[...written]];
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => void nextTurn(resolve));
    seen.push([...written]);
  }
  assertEquals(seen, [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c"]]);
  assertEquals(turns.take(), undefined);
  await new Promise<void>((resolve) => void nextTurn(resolve));
});

for (const what of ["handshakes", "requests"]) {
  Deno.test(`${what}: those that arrive together are answered one in a turn, and all of them`, async () => {
    let inTurn = 0;
    let most = 0;
    const refuse = () => {
      most = Math.max(most, ++inTurn);
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    const counted: Endpoint = {
      kind: "ws",
      pathWords: [],
      owns: (path) => path === "/counted",
      upgrade: refuse,
      fetch: refuse,
    };
    await using stage = await Stage.open({ endpoints: () => [counted] });
    const sockets = await Promise.all(
      Array.from({ length: 60 }, () => RawSocket.connect(stage.port)),
    );
    let isDone = false;
    const countTurn = () => {
      inTurn = 0;
      if (!isDone) nextTurn(countTurn);
    };
    countTurn();
    try {
      const head = what === "handshakes"
        ? upgradeHead(stage.port, "/counted")
        : `GET /counted HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\n\r\n`;
      await Promise.all(sockets.map((socket) => socket.write(head)));
      for (const socket of sockets) {
        assertEquals((await socket.head()).status, 404);
      }
      // Those before and after the turn is counted.
      assert(most <= 2, `${most} in a turn`);
    } finally {
      isDone = true;
      for (const socket of sockets) socket[Symbol.dispose]();
    }
  });
}

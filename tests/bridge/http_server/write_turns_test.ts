import { WriteTurns } from "../../../bridge/http_server/write_turns.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { assertEquals } from "@std/assert";

Deno.test("WriteTurns: one piece is written in a turn, and the others follow in order, one in each", async () => {
  const turns = new WriteTurns();
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

import { assertEquals } from "../../deps.ts";
import { Stage } from "./stage.ts";

Deno.test("consumer: the position moves over a gap once a pong has confirmed it, and no heartbeat moves it before", async () => {
  const stage = new Stage({ uins: ["10001"] });
  const path = "/onebot/v11/10001?consumer=bot";
  const first = await stage.client(path);
  await first.frames();
  first.peer.ended();
  for (let count = 0; count < 4; count++) await stage.bridge.push();
  stage.bridge.journal.trimTo(5);
  for (const pongs of [false, true]) {
    const client = await stage.client(path);
    client.pongs = pongs;
    const gaps = (await client.frames()).filter(({ meta_event_type }) =>
      meta_event_type === "gap"
    );
    assertEquals(gaps.map(({ from, to }) => [from, to]), [[1, 4]]);
    await stage.pass(16_000, client);
    assertEquals(stage.bridge.journal.kept(), [pongs ? 4 : 0]);
    client.peer.ended();
  }
});

import { assertEquals } from "../../deps.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Receiver, until } from "./receiver.ts";
import { Stage } from "./stage.ts";

const DAMAGED = new Error("database disk image is malformed");

Deno.test("post: a journal that cannot be read is reported once an hour and read again each minute", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    tailEvents: 0,
    post: [{ url: receiver.url }],
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  stage.bridge.journal.damage = { seq: 2, error: DAMAGED };
  for (let count = 0; count < 3; count++) await stage.bridge.push("10001");
  const warnings = () =>
    stage.news.filter((one) => one.includes(DAMAGED.message)).length;
  await until(stage, () => warnings() === 1);
  assertEquals(receiver.events.map(({ seq }) => seq), [1]);
  await clock.advance(3_599_000);
  assertEquals(warnings(), 1);
  await clock.advance(60_000);
  assertEquals(warnings(), 2);
  stage.bridge.journal.damage = undefined;
  // The next read is due. Further on, the posts would take too long.
  await clock.advance(1000);
  await until(stage, () => receiver.events.length === 3);
  assertEquals(receiver.events.map(({ seq }) => seq), [1, 2, 3]);
  await stage.onebot.stop();
  assertEquals(stage.failures, []);
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  events,
  follow,
  frames,
  GAP,
  Life,
  oneBot,
  satori,
  tick,
  TOKEN,
  UIN,
} from "../support/restore_stage.ts";

Deno.test("program: after a folder was restored from a copy every client gets one gap, then all new events", async () => {
  await using life = new Life();
  await life.create();
  await life.start();
  const named = follow(life, { consumer: "bot" });
  const plain = follow(life, {});
  // Both have seen the journal before anything arrives.
  while (plain.client.position === undefined) await tick();
  const shared = await life.send(5);
  await named.given.until("m5");
  await plain.given.until("m5");
  const before = plain.client.position!;
  await tick(1500);
  await life.stop();
  life.copy();

  await life.start();
  const lost = await life.send(20);
  await named.given.until("m25");
  await plain.given.until("m25");
  const position = plain.client.position!;
  assertEquals(position.epoch, before.epoch);
  await tick(1500);
  await life.stop();
  life.restore();

  await life.start();
  const fresh = await life.send(10);
  // Live clients: one gap, then the new events, in order.
  const all = [...shared, ...lost, GAP, ...fresh];
  assertEquals(await named.given.until("m35"), all);
  assertEquals(await plain.given.until("m35"), all);
  const { epoch } = plain.client.position!;
  assert(epoch !== before.epoch);

  // Those who come once the journal has grown past their position.
  const more = await life.send(15);
  await plain.given.until("m50");
  const expected = [GAP, ...fresh, ...more];
  const former = `${position.epoch}:${position.seq}`;
  const readers = {
    frames: frames(life, position),
    oneBotOfEpoch: oneBot(life, former),
    oneBot: oneBot(life, String(position.seq)),
    satori: satori(life, position.seq),
  };
  for (const [name, reader] of Object.entries(readers)) {
    assertEquals(await reader.given.until("m50"), expected, name);
    await reader.close();
  }
  assertEquals(await events(life, position, "m50"), expected);
  // A position that both journals share: what followed it there comes first.
  const early = { ...before, seq: before.seq - 2 };
  const whole = ["m4", "m5", ...expected];
  assertEquals(await events(life, early, "m50"), whole);
  const kept = frames(life, early);
  assertEquals(await kept.given.until("m50"), whole);
  await kept.close();

  await life.stop();
  const lines = life.stderr.split("\n");
  const audited = lines.filter((line) =>
    line.includes('"info","message":"data folder restored","audit":true')
  );
  assertEquals(audited.length, 1);
  assertMatch(audited[0]!, new RegExp(`"subject":"${before.epoch}"`));
  const warnings = lines.filter((line) => line.includes('"level":"warn"'));
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0]!, /data folder was restored from a copy/);
  assertMatch(warnings[0]!, new RegExp(`"formerEpoch":"${before.epoch}"`));

  // A plain start, and one in a renamed folder, change nothing.
  const from = life.data;
  Deno.renameSync(from, `${life.folder}/elsewhere`);
  Deno.renameSync(`${life.folder}/elsewhere`, from);
  await life.start();
  const last = await life.send(1);
  assertEquals((await plain.given.until("m51")).slice(-1), last);
  assertEquals(plain.client.position!.epoch, epoch);
  assertEquals(plain.given.all.filter((one) => one === GAP).length, 1);
  await named.client.close();
  await plain.client.close();
  await Promise.all([named.loop, plain.loop]);
  await life.stop();
});

const NEW_JOURNALS: [string, (life: Life) => Promise<void>, string[]][] = [
  ["made anew", async (life) => {
    await life.create();
  }, []],
  ["in memory", (life) => life.createAtServer(), ["--memory"]],
];

for (const [name, create, args] of NEW_JOURNALS) {
  Deno.test(`program: positions and ids of a lost journal are not taken for those of one ${name}`, async () => {
    await using life = new Life();
    await create(life);
    await life.start(...args);
    const former = oneBot(life, "0");
    await life.send(5);
    await former.given.until("m5");
    const [id, seq] = former.last!;
    await former.close();
    await tick(1500);
    await life.stop();
    if (args.length === 0) Deno.removeSync(`${life.data}/journal.db`);

    await life.start(...args);
    const plain = follow(life, { after: { epoch: "lost", seq: 0 } });
    const fresh = await life.send(8);
    await plain.given.until("m13");
    const expected = ["gap: trimmed", ...fresh];
    for (const reader of [oneBot(life, String(seq)), satori(life, seq)]) {
      assertEquals(await reader.given.until("m13"), expected);
      await reader.close();
    }
    const { epoch } = plain.client.position!;
    const known = oneBot(life, `${epoch}:${plain.client.position!.seq - 1}`);
    assertEquals(await known.given.until("m13"), ["m13"]);
    const [newId, newSeq] = known.last!;
    await known.close();
    assert(newId > 0 && newId === (newId | 0));
    assert(newSeq > 1e12 && Number.isSafeInteger(newSeq));
    const find = (message_id: number) =>
      life.call(`/onebot/v11/${UIN}/get_msg?access_token=${TOKEN}`, {
        message_id,
      });
    assertEquals((await find(newId)).data.real_id, newId);
    assertEquals((await find(id)).status, "failed");
    await plain.client.close();
    await plain.loop;
    await life.stop();
  });
}

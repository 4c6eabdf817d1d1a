import { assertEquals } from "@std/assert";
import {
  follow,
  GAP,
  type Given,
  Life,
  socketReader,
  textOf,
  tick,
  TOKEN,
  toOneBotText,
  UIN,
} from "../support/restore_stage.ts";

/** What a reader is given of the journal that was made anew: all of it. */
async function all(life: Life, last: Given): Promise<Given[]> {
  const reader = follow(life, { after: { epoch: "lost", seq: 0 } });
  const given = await reader.given.until(last);
  // Nothing comes twice.
  await tick(1500);
  await reader.client.close();
  await reader.loop;
  return given.slice(1);
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`program: mail that could not be journalled, because the file was removed, comes once after ${signal} and a start`, async () => {
    await using life = new Life();
    await life.create();
    await life.start();
    await life.send(3);
    const reader = follow(life, { after: { epoch: "lost", seq: 0 } });
    await reader.given.until("m3");
    // The next poll has confirmed these three.
    await tick(2500);
    await reader.client.close();
    await reader.loop;
    Deno.removeSync(`${life.data}/journal.db`);
    const texts = await life.send(5);
    await tick(2500);
    await life.stop(signal);
    await life.start();
    assertEquals(await all(life, "m8"), texts);
    await life.stop();
  });
}

for (const hasKeys of [true, false]) {
  Deno.test(
    `program: a journal that is removed while stopped costs no mail, a server ${
      hasKeys ? "with" : "without"
    } keys`,
    async () => {
      await using life = new Life(hasKeys);
      await life.create();
      await life.start();
      await life.send(3);
      const reader = follow(life, { after: { epoch: "lost", seq: 0 } });
      await reader.given.until("m3");
      await reader.client.close();
      await reader.loop;
      await life.stop();
      const texts = await life.send(5);
      Deno.removeSync(`${life.data}/journal.db`);
      await life.start();
      assertEquals(await all(life, "m8"), texts);
      await life.stop();
    },
  );
}

Deno.test("program: after a start with --memory a named and a plain client get a gap, then every new event", async () => {
  await using life = new Life();
  await life.createAtServer();
  await life.start("--memory");
  const named = follow(life, { consumer: "named" });
  const plain = follow(life, {});
  const query = `access_token=${TOKEN}&consumer=raw`;
  const raw = () => socketReader(`${life.ws}/ws?${query}`, undefined, textOf);
  const oneBot = () =>
    socketReader(
      `${life.ws}/onebot/v11/${UIN}/event?${query}`,
      undefined,
      toOneBotText,
    );
  const first = [raw(), oneBot()];
  while (plain.client.position === undefined) await tick();
  await tick(500);
  const before = await life.send(2);
  for (const { given } of [named, plain, ...first]) await given.until("m2");
  // Even the first time nobody knows whether an earlier process knew the name.
  assertEquals(named.given.all, [GAP, ...before]);
  await tick(1500);
  await life.stop();

  await life.start("--memory");
  const second = [raw(), oneBot()];
  for (const { given } of second) await given.until(GAP);
  const fresh = await life.send(2);
  for (const { given } of second) {
    assertEquals(await given.until("m4"), [GAP, ...fresh]);
  }
  assertEquals(await plain.given.until("m4"), [...before, GAP, ...fresh]);
  assertEquals(await named.given.until("m4"), [GAP, ...before, GAP, ...fresh]);
  for (const reader of [...first, ...second]) await reader.close();
  for (const { client, loop } of [named, plain]) {
    await client.close();
    await loop;
  }
  await life.stop();
});

import { assertEquals } from "../deps.ts";
import { follow, type Given, Life, tick } from "../support/restore_stage.ts";

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
    // The next poll has told the server that these three were taken.
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

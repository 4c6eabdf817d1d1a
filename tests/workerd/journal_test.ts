import { journalCases } from "../contract/journal_cases.ts";
import { assertEquals } from "@std/assert";
import { bundleWorker, Workerd } from "./workerd.ts";

Deno.test("SqliteJournal in a Durable Object: passes each case of a journal", async (t) => {
  const folder = await Deno.makeTempDir();
  const script = `${folder}/worker.js`;
  await bundleWorker(new URL("journal_worker.ts", import.meta.url), script);
  {
    await using worker = await Workerd.start({
      script,
      folder: `${folder}/objects`,
      port: 0,
      bindings: {},
    });
    for (const { title } of journalCases()) {
      await t.step(title, async () => {
        const response = await fetch(worker.url, {
          method: "POST",
          body: title,
        });
        assertEquals([response.status, await response.text()], [200, ""]);
      });
    }
    await t.step(
      "append() stores the longest data that it permits",
      async () => {
        const response = await fetch(worker.url, {
          method: "POST",
          body: "longest",
        });
        assertEquals(await response.json(), [1_998_990]);
      },
    );
  }
  await Deno.remove(folder, { recursive: true });
});

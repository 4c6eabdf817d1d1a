import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { blocksOf } from "./markdown.ts";
import { languageOf, PAGES, readPage } from "./pages.ts";
import { PageStage } from "./stage.ts";

/** Programs that a block may need, and that may not be installed. */
const PROGRAMS = ["curl", "jq"];

for (const page of PAGES) {
  // Chinese pages have the same blocks.
  if (languageOf(page) === "zh") continue;
  const blocks = blocksOf(await readPage(page));
  const isRun = ({ language, words: [kind] }: (typeof blocks)[number]) =>
    language === "sh" && (kind === "run" || kind === "follow");
  if (!blocks.some(isRun)) continue;
  Deno.test(`${page}: its commands and scripts run as they stand`, async (t) => {
    await using stage = await PageStage.start();
    for (const block of blocks) {
      const { words: [kind, detail], text } = block;
      if (kind === "ignore" && detail!.includes(".")) {
        await stage.save(detail!, text);
      }
      if (!isRun(block)) continue;
      await t.step({
        name: text.trim().split("\n").at(-1)!,
        ignore: PROGRAMS.some((program) =>
          text.includes(`${program} `) && !stage.has(program)
        ),
        fn: () =>
          detail === "local"
            ? stage.runLocally(text)
            : kind === "run"
            ? stage.run(text)
            : stage.follow(text),
      });
    }
  });
}

Deno.test("README.md: a first start prints what the page shows", async (t) => {
  await using stage = await PageStage.start();
  const { text } = blocksOf(await readPage("README.md"))
    .find(({ words }) => words.includes("start"))!;
  const shown = text.trimEnd().split("\n");
  for (const [index, line] of shown.entries()) {
    const pattern = line.split("…").map((part) => RegExp.escape(part))
      .join(".+");
    const printed = stage.started[index] ?? "";
    assert(
      new RegExp(`^${pattern}$`).test(printed),
      `a start prints ${printed}\n${line}`,
    );
  }
  assertEquals(stage.started.length, shown.length);
  const [tail, send] = stage.started.slice(-2).map((line) => line.trim());
  await t.step("the lines to try it with", async () => {
    await stage.follow(tail!);
    await stage.runLocally(send!);
  });
});

Deno.test("bridge/onebot/README.md: OneBot answers at the address of each framework", async () => {
  await using stage = await PageStage.start();
  const given = blocksOf(await readPage("bridge/onebot/README.md"))
    .filter(({ words }) => words.includes("onebot"));
  assertEquals(given.length, 3);
  for (const { text } of given) {
    assertStringIncludes(text, "TOKEN");
    const address = /ws:[^"\s]+/.exec(text)![0];
    const frame = await stage.firstFrame(address);
    assertEquals(
      [frame.meta_event_type, frame.sub_type, frame.self_id],
      ["lifecycle", "connect", 10001],
    );
  }
});

Deno.test("bridge/satori/README.md: Satori answers at the address of the framework", async () => {
  await using stage = await PageStage.start();
  const { text } = blocksOf(await readPage("bridge/satori/README.md"))
    .find(({ words }) => words.includes("satori"))!;
  const address = /endpoint: http(.*)/.exec(text)![1];
  const ready = await stage.firstFrame(
    `ws${address}/v1/events`,
    (token) => ({ op: 3, body: { token } }),
  );
  const { logins } = ready.body as { logins: { user: { id: string } }[] };
  assertEquals(ready.op, 4);
  assertEquals(logins.map(({ user }) => user.id).sort(), ["10001", "10002"]);
});

Deno.test("bridge/README.md: behind a proxy the bridge answers to the name that it was given", async () => {
  await using stage = await PageStage.start([
    "--no-demo",
    "--behind-proxy",
    "--allow-origin=https://qq.example.org",
  ]);
  const printed = stage.started.join("\n");
  assertMatch(
    printed,
    /^ {2}console {5}https:\/\/qq\.example\.org\/#token=\S+$/m,
  );
  assertMatch(printed, /^ {2}WebSocket {3}wss:\/\/qq\.example\.org\/ws$/m);
  for (
    const [host, status] of [["qq.example.org", 200], ["evil.example", 403]]
  ) {
    // fetch() sets Host itself.
    const { code, out } = await stage.shell(
      `curl -s -o answer -w '%{http_code}' -H 'Host: ${host}' -H 'X-Forwarded-Proto: https' ${stage.http}/mod.ts`,
    );
    assertEquals({ code, out }, { code: 0, out: String(status) });
  }
});

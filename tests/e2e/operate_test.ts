/** Settings, figures and the live log of the program in a process of its own. @module */

import { BridgeClient, type BridgeCommandData } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "administrators-token-of-this-test";

/** Reads entries of the log until one is as wanted. */
async function readUntil(
  reader: ReadableStreamDefaultReader<string>,
  holds: (entry: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  for (let text = "";;) {
    const { value, done } = await reader.read();
    assert(!done);
    text += value;
    const messages = text.split("\n\n");
    text = messages.pop()!;
    for (const message of messages) {
      const data = message.split("\n").find((line) => line.startsWith("data:"));
      if (data !== undefined) entries.push(JSON.parse(data.slice(5)));
    }
    if (entries.some(holds)) return entries;
  }
}

Deno.test("operation: settings show their source, the log level changes at once, the log has no secret, and figures count", async () => {
  const folder = await Deno.makeTempDir();
  await using program = new Program({
    args: [...serveArgs(folder), "--log-level=warn", "--retain-days=9"],
    env: { TQQ_TOKEN: TOKEN },
  });
  const http = (await program.ready()).http!;
  await using client = new BridgeClient({ url: `${http}/ws`, token: TOKEN });
  const { version, startedAt, settings } = await client.settings();
  assert(/^\d/.test(version));
  assert(Math.abs(Date.now() - Date.parse(startedAt)) < 120_000);
  const of = (
    list: BridgeCommandData<"settings">["settings"],
    name: string,
  ) => {
    const { value, from, live } = list.find((one) => one.name === name)!;
    return [value, from, live];
  };
  assertEquals(of(settings, "retainDays"), ["9", "flag", false]);
  assertEquals(of(settings, "token"), ["set", "environment", false]);
  assertEquals(of(settings, "logLevel"), ["warn", "flag", true]);
  assert(!JSON.stringify(settings).includes(TOKEN));

  const headers = { authorization: `Bearer ${TOKEN}` };
  const stream = await fetch(`${http}/logs?tail=0`, { headers });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals(await client.setSetting("logLevel", "debug"), {
    value: "debug",
  });
  assertEquals(of((await client.settings()).settings, "logLevel"), [
    "debug",
    "runtime",
    true,
  ]);
  // A token in the wrong place: the log replaces it in the path.
  await (await fetch(`${http}/${TOKEN}`, { headers })).body?.cancel();
  const entries = await readUntil(
    reader,
    ({ message, status }) => message === "Request" && status === 404,
  );
  assert(
    entries.some(({ audit, message, subject }) =>
      audit === true && message === "setting changed" && subject === "logLevel"
    ),
    JSON.stringify(entries),
  );
  assert(!JSON.stringify(entries).includes(TOKEN));
  await reader.cancel();

  // The program measures each second.
  for (;;) {
    const { series, stepMs } = await client.figures({
      names: ["events_total", "accounts.online", "commands_total.ok"],
    });
    assertEquals(stepMs, 1000);
    const online = series["accounts.online"]?.values.at(-1);
    const commands = series["commands_total.ok"]?.values ?? [];
    if (online === 2 && commands.some((value) => value! > 0)) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  program.kill("SIGTERM");
  await program.output();
  await Deno.remove(folder, { recursive: true });
});

import config from "../../deno.json" with { type: "json" };
import { parseConfig } from "../../bridge/config.ts";
import { LIMIT_OPTIONS } from "../../bridge/config/limits.ts";
import { OPTIONS } from "../../bridge/config/options.ts";
import { flagOf } from "../../bridge/config/option.ts";
import { SUB_COMMANDS } from "../../bridge/cli/usage.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { VERSION } from "../../bridge/version.ts";
import { parseFrame } from "../../bridge/gateway/schemas.ts";
import {
  ACCOUNT_STATES,
  CLOSE_CODES,
  COMMAND_SCOPES,
  COMMANDS,
  DEFAULT_LIMITS,
  ERROR_CODES,
  EVENT_NAMES,
} from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "../deps.ts";
import { FrameSchema } from "../support/frame_schema.ts";
import {
  type Block,
  blocksOf,
  codesOf,
  type Table,
  tablesOf,
} from "./markdown.ts";
import { ReadmeStage } from "./stage.ts";

const root = new URL("../../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));
const chinese = await Deno.readTextFile(new URL("README.zh-CN.md", root));
const blocks = blocksOf(readme);
const tables = tablesOf(readme);

/** The first block of a language with a word. */
function block(language: string, word?: string): Block {
  const found = blocks.find((one) =>
    one.language === language &&
    (word === undefined || one.words.includes(word))
  );
  assert(found !== undefined, `no ${language} block ${word}`);
  return found;
}

/** The table whose first row begins with a code. */
function tableWith(code: string): Table {
  const found = tables.find((table) => codesOf(table[1]![0]!)[0] === code);
  assert(found !== undefined, `no table of ${code}`);
  return found;
}

/** All that the first cells name. */
function named(table: Table): string[] {
  return table.slice(1).flatMap(([first]) => codesOf(first!));
}

Deno.test("README: in Chinese it has the same blocks, tables, links and sections", () => {
  assertEquals(blocksOf(chinese), blocks);
  const shape = (markdown: string) => ({
    sections: [...markdown.matchAll(/^#+(?= )/gm)].map(([marks]) => marks),
    links: [...markdown.matchAll(/\]\((?!README)([^)]+)\)/g)]
      .map(([, target]) => target).sort(),
    tables: tablesOf(markdown).map((table) =>
      table.slice(1).map(([first, ...rest]) => [
        codesOf(first!),
        rest.flatMap(codesOf),
      ])
    ),
  });
  assertEquals(shape(chinese), shape(readme));
});

Deno.test("README: what it links to is there", async () => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    await Deno.stat(new URL(target!, root));
  }
});

Deno.test("README: its two commands are tasks, with the Deno that CI has", async () => {
  const [start, test] = block("sh").text.trim().split("\n");
  const [, version] = /^npx -y deno@(\S+) task start$/.exec(start!) ?? [];
  assertEquals(test, `npx -y deno@${version} task test`);
  assert("start" in config.tasks && "test" in config.tasks);
  assertStringIncludes(
    await Deno.readTextFile(new URL(".ci/run", root)),
    `deno@${version} task test`,
  );
  for (const [, task] of readme.matchAll(/`deno task ([\w:]+)`/g)) {
    assert(task! in config.tasks, `no task ${task}`);
  }
});

Deno.test("README: its commands and scripts run as they stand", async (t) => {
  await using stage = await ReadmeStage.start();
  const told = block("text", "start").text.trimEnd().split("\n");
  for (const [index, line] of told.entries()) {
    const pattern = line.split("…").map((part) => RegExp.escape(part)).join(
      ".+",
    );
    const written = stage.started[index] ?? "";
    assert(
      new RegExp(`^${pattern}$`).test(written),
      `a start says ${written}\n${line}`,
    );
  }
  assertEquals(stage.started.length, told.length);
  await t.step("the line that the start gives to try it with", async () => {
    await stage.follow(stage.started.at(-1)!.trim());
  });
  for (const { language, words, text } of blocks) {
    const [first, file] = words;
    if (first === "ignore") await stage.save(file!, text);
    if (language !== "sh" || first === undefined) continue;
    await t.step({
      name: text.trim().split("\n").at(-1)!,
      ignore: ["curl", "jq"].some((program) =>
        text.includes(`${program} `) && !stage.has(program)
      ),
      fn: () =>
        words.includes("local")
          ? stage.runLocally(text)
          : first === "run"
          ? stage.run(text)
          : stage.follow(text),
    });
  }
});

Deno.test("README: its frames are such as the bridge speaks", () => {
  const schema = new FrameSchema();
  const frames = blocks.filter(({ words }) => words.includes("frames"));
  assertEquals(frames.length, 2);
  const [fromBridge, fromClient] = frames.map(({ text }) =>
    text.trim().split("\n")
  );
  for (const line of fromBridge!) schema.assertFrame(line);
  assertEquals(JSON.parse(fromBridge![0]!).limits, { ...DEFAULT_LIMITS });
  for (const line of fromClient!) {
    schema.assertFrame(line);
    parseFrame(line, DEFAULT_LIMITS);
  }
});

Deno.test("README: its tables are complete", async () => {
  assertEquals(named(tableWith("message")).sort(), [...EVENT_NAMES].sort());
  assertEquals(
    named(tableWith("send")).sort(),
    Object.keys(COMMAND_SCOPES).sort(),
  );
  assertEquals(named(tableWith("Login")), [...COMMANDS]);
  const errors = tableWith("not_logged_in");
  assertEquals(
    Object.fromEntries(
      errors.slice(1).map((
        [code, again],
      ) => [codesOf(code!)[0], again === "yes"]),
    ),
    { ...ERROR_CODES },
  );
  const closes = tables.find((table) => table[1]![0] === "1000")!;
  assertEquals(
    Object.fromEntries(
      closes.slice(1).map(([code, again]) => [code, again === "yes"]),
    ),
    Object.fromEntries(
      Object.entries(CLOSE_CODES).map((
        [code, { reconnect }],
      ) => [code, reconnect]),
    ),
  );
  for (const state of ACCOUNT_STATES) {
    assertStringIncludes(readme, `\`${state}\``);
  }
  const metrics = await new Metrics("0").text();
  assertEquals(
    named(tableWith("tqq_events_total")).sort(),
    [...metrics.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name!).sort(),
  );
  const commands = named(tableWith("tail")).map((code) => code.split(" ")[0]!);
  for (const command of SUB_COMMANDS) {
    assert(commands.includes(command), command);
  }
});

Deno.test("README: its changes begin with this version", () => {
  const [, latest] = /^- \*\*(.+?)\*\*/m.exec(
    readme.slice(readme.indexOf("## Changes")),
  )!;
  assertEquals([latest, config.version], [VERSION, VERSION]);
});

Deno.test("README: its flags are all, with their defaults", () => {
  const table = tableWith("--listen HOST:PORT");
  const flags = named(table).map((code) => code.split(" ")[0]);
  assertEquals(
    flags.sort(),
    Object.entries(OPTIONS)
      .filter(([, { sources }]) =>
        (sources as readonly string[]).includes("flag")
      )
      .map(([name]) => flagOf(name)).sort(),
  );
  for (const [flag, initial] of table.slice(1)) {
    const option = Object.entries(OPTIONS)
      .find(([name]) => flag!.includes(`\`${flagOf(name)} `));
    const [, told] = /\[([^\]]+)\]$/.exec(option?.[1].help ?? "") ?? [];
    if (told !== undefined) assertEquals(initial, told, flag!);
  }
});

Deno.test("README: its limits are all, with their defaults and ranges", () => {
  const table = tableWith("frameBytes");
  assertEquals(named(table).sort(), Object.keys(LIMIT_OPTIONS).sort());
  for (const [name, initial, range] of table.slice(1)) {
    const option = LIMIT_OPTIONS[
      name!.replaceAll("`", "") as keyof typeof LIMIT_OPTIONS
    ];
    // That of addresses depends on where is listened.
    const { initial: held = 1000, form } = option;
    assertEquals(form.parse(initial!), held, name!);
    const [least, most] = range!.split(" to ").map((end) => form.parse(end));
    assertStringIncludes(form.rule, `from ${least} to ${most}`, name!);
  }
});

Deno.test("README: the systemd unit's command holds", () => {
  const unit = block("ini", "tqq.service").text;
  const words = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(" ");
  const start = words.slice(1, words.indexOf("/opt/tqq/bridge/main.ts"));
  assertEquals(start, config.tasks.start.split(" ").slice(1, -1));
  const args = words.slice(start.length + 2);
  const parsed = parseConfig("serve", {
    args,
    env: (name) => name === "TQQ_SECRET_KEY_FILE" ? "key" : undefined,
    readFile: () => "a secret key",
  });
  assert("dataFolder" in parsed);
  assertEquals(parsed.dataFolder, "/var/lib/tqq");
  assertEquals(parsed.secretKey, "a secret key");
});

Deno.test("README: at the address of each framework somebody speaks OneBot", async () => {
  await using stage = await ReadmeStage.start();
  const given = blocks.filter(({ words }) => words.includes("onebot"));
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

Deno.test("README: at the address of each framework somebody speaks Satori", async () => {
  await using stage = await ReadmeStage.start();
  const { text } = block("yaml", "satori");
  const address = /endpoint: http(.*)/.exec(text)![1];
  const ready = await stage.firstFrame(
    `ws${address}/v1/events`,
    (token) => ({ op: 3, body: { token } }),
  );
  const { logins } = ready.body as { logins: { user: { id: string } }[] };
  assertEquals(ready.op, 4);
  assertEquals(logins.map(({ user }) => user.id).sort(), ["10001", "10002"]);
});

Deno.test("README: behind a proxy the bridge takes the name that it is told", async () => {
  await using stage = await ReadmeStage.start([
    "--no-demo",
    "--behind-proxy",
    "--allow-origin=https://qq.example.org",
  ]);
  const told = stage.started.join("\n");
  assertMatch(told, /^ {2}console {5}https:\/\/qq\.example\.org\/#token=\S+$/m);
  assertMatch(told, /^ {2}WebSocket {3}wss:\/\/qq\.example\.org\/ws$/m);
  for (
    const [host, status] of [["qq.example.org", 200], ["evil.example", 403]]
  ) {
    const { code, out } = await stage.shell(
      `curl -s -o answer -w '%{http_code}' -H 'Host: ${host}' -H 'X-Forwarded-Proto: https' ${stage.http}/healthz`,
    );
    assertEquals({ code, out }, { code: 0, out: String(status) });
  }
});

Deno.test("README: the files that it names are there", async () => {
  const names = new Set(
    [...readme.matchAll(/`((?:lib|bridge|tests)\/[\w/.-]+\.(?:ts|sh|html))`/g)]
      .map(([, name]) => name!),
  );
  assert(names.size > 5);
  for (const name of names) await Deno.stat(new URL(name, root));
  for (const [line] of block("text", "map").text.matchAll(/^\S+/gm)) {
    await Deno.stat(new URL(line, root));
  }
});

Deno.test("README: it says why each dependency is there", async () => {
  const table = tables.find((rows) => rows[1]![1]!.includes("`mod.ts`"))!;
  const told = table.slice(2).flatMap(([names]) => names!.split(", "));
  const used = new Set<string>();
  for await (const path of sources(root)) {
    const text = await Deno.readTextFile(path);
    for (const [, name] of text.matchAll(/"npm:((?:@[^/]+\/)?[^@/"]+)@\d/g)) {
      if (!name!.startsWith("@types/")) used.add(name!);
    }
  }
  assertEquals(told.sort(), [...used].sort());
});

/** Where third parties come in. */
async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".") || name === "dist") continue;
    const path = new URL(name, folder);
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/^(deps\w*\.ts|deno\.json)$/.test(name)) yield path;
  }
}

import config from "../../deno.json" with { type: "json" };
import { parseConfig } from "../../bridge/config/config.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { blocksOf } from "../docs/markdown.ts";
import { readPage } from "../docs/pages.ts";
import { isInstalled } from "../support/installed_program.ts";
import { NarrowStart, withoutOneRight } from "../support/narrow_start.ts";
import { Program, serveArgs, START_FLAGS } from "../support/program.ts";

const page = await readPage("bridge/README.md");
const unit = blocksOf(page)
  .find(({ words }) => words.includes("tqq.service"))!.text;
const [, ...unitWords] = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(" ");
const UNIT_PLACES = {
  project: "/opt/tqq",
  data: "/var/lib/tqq",
  secrets: "%d",
};
const unitEnv = Object.fromEntries(
  [...unit.matchAll(/^Environment=(TQQ_\w+)=(.*)$/gm)]
    .map(([, name, value]) => [name!, value!]),
);

/** Time after which a program counts as started, in milliseconds. */
const START_MS = 60_000;

Deno.test("deno task start: grants no run, ffi and sys, and names the variables", () => {
  const rights = START_FLAGS.filter((flag) => /^'?--allow/.test(flag))
    .map((flag) => flag.replace(/=.*/, ""));
  assertEquals(rights, [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-env",
  ]);
  assertStringIncludes(config.tasks.start, "--allow-env=TQQ_*,");
});

Deno.test("deno task start: starts with a data folder elsewhere, which does not exist yet", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({ args: serveArgs(`${folder}/a/b`) });
    await program.ready();
    program.kill("SIGTERM");
    assertEquals(await program.end(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("systemd unit: its command is valid", () => {
  const parsed = parseConfig("serve", {
    args: unitWords.slice(unitWords.indexOf("--data")),
    env: (name) => unitEnv[name],
    readFile: () => "a secret key of more than sixteen characters",
  });
  assert("dataFolder" in parsed);
  assertEquals(parsed.dataFolder, "/var/lib/tqq");
  assert(parsed.secretKey !== undefined);
});

Deno.test("systemd unit: the program runs with exactly its permissions, and names each one that is removed", async (t) => {
  await using start = await NarrowStart.make(UNIT_PLACES);
  const env = { ...unitEnv, TQQ_LISTEN: "127.0.0.1:8080" };
  const qq = { TQQ_QQ_LISTEN: "127.0.0.1:8000" };
  await t.step("starts, serves and ends", async () => {
    await using program = start.run(unitWords, { ...env, ...qq });
    await program.line((line) => line.startsWith("tqq is ready"));
    const answer = await fetch(
      `http://${start.replace("127.0.0.1:8080")}/healthz`,
    );
    assertEquals(await answer.json(), { status: "ok" });
    program.kill("SIGTERM");
    assertEquals(await program.end(), 0, program.err.join("\n"));
  });
  for (const { words, flag, value } of withoutOneRight(unitWords)) {
    // Without these nothing watches the free space, and no backup is written there.
    if (flag === "--allow-sys" || value === "/var/backups/tqq") continue;
    await t.step(`without ${flag}${value ? ` of ${value}` : ""}`, async () => {
      await using program = start.run(words, { ...env, ...qq });
      // One that starts all the same would run for ever.
      const timer = setTimeout(() => program.kill("SIGTERM"), START_MS);
      const { code, stderr } = await program.output();
      clearTimeout(timer);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr.trim().split("\n").at(-1)!, `Add ${flag}`);
      if (value !== undefined) {
        assertStringIncludes(stderr, start.replace(value));
      }
    });
  }
});

Deno.test("doctor: agrees with a start about permissions", async () => {
  await using start = await NarrowStart.make(UNIT_PLACES);
  const env = {
    ...unitEnv,
    TQQ_LISTEN: "127.0.0.1:8080",
    TQQ_QQ_LISTEN: "127.0.0.1:8000",
  };
  const main = unitWords.findIndex((word) => word.endsWith("main.ts"));
  const doctor = unitWords.toSpliced(main + 1, 0, "doctor");
  const linesOf = async (words: readonly string[]) => {
    await using program = start.run(words, env);
    const { stdout } = await program.output();
    return stdout.split("\n").filter((line) =>
      /permissions:|^skipped .*free space:/.test(line)
    );
  };
  assertEquals(await linesOf(doctor), ["ok       permissions: granted"]);
  const narrow = doctor.map((word) =>
    word.replace(",127.0.0.1:8000", "").replace("--allow-sys=statfs", "-q")
  );
  assertEquals(
    (await linesOf(narrow)).map((line) => line.slice(0, 21)),
    ["wrong    permissions: ", "skipped  free space: "].map((line) =>
      line.slice(0, 21)
    ),
  );
});

const hasAnalyzer = await isInstalled("systemd-analyze");

/** What an analysis prints about the unit, with the Deno of this machine. */
async function analyse(...args: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tqq.service`;
    const here = unit.replace("/usr/local/bin/deno", Deno.execPath());
    await Deno.writeTextFile(path, here);
    const { stdout, stderr } = await new Deno.Command("systemd-analyze", {
      args: [...args, path],
    }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "systemd unit: systemd knows every setting and value",
  ignore: !hasAnalyzer,
  async fn() {
    const lines = (await analyse("verify")).split("\n");
    // Units of the machine have warnings of their own.
    assertEquals(lines.filter((line) => line.includes("tqq.service")), []);
  },
});

Deno.test({
  name: "systemd unit: its exposure is what the page says",
  ignore: !hasAnalyzer,
  async fn() {
    const text = await analyse("security", "--offline=true", "--no-pager");
    const level = /Overall exposure level.*: ([\d.]+)/.exec(text)?.[1];
    const [, said] = /systemd-analyze security tqq` shows ([\d.]+)/.exec(page)!;
    assert(Number(level) <= Number(said), text);
  },
});

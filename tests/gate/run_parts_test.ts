import { assertEquals, assertRejects } from "@std/assert";
import type { Part } from "./parts.ts";
import { PARTS } from "./parts.ts";
import { isGreen, type Outcome, runParts } from "./run_parts.ts";

/** Runs scripts of a shell as parts; returns the outcomes without their times, and all output. */
async function runScripts(
  scripts: readonly (Omit<Part, "args"> & { script: string })[],
): Promise<
  [outcomes: Omit<Outcome, "seconds" | "failures">[], output: string]
> {
  let output = "";
  const outcomes = await runParts(
    scripts.map(({ script, ...part }) => ({ ...part, args: ["-c", script] })),
    {
      command: "/bin/sh",
      write: (bytes) => output += new TextDecoder().decode(bytes),
      partMs: 60_000,
    },
  );
  const rows = outcomes.map(({ seconds: _, failures: __, ...outcome }) =>
    outcome
  );
  return [rows, output];
}

Deno.test("`runParts()` adds up tests, and counts a part that fails without one as a failure", async () => {
  const [outcomes, output] = await runScripts([
    {
      name: "green",
      script: "echo 'ok | 12 passed (3 steps) | 0 failed (1s)'",
    },
    {
      name: "red",
      script: "printf 'FAILED | 4 passed | 2 failed (1s)' >&2; exit 1",
      after: ["green"],
    },
    { name: "broken", script: "echo no; exit 3", after: ["red"] },
    { name: "killed", script: "kill -9 $$", after: ["broken"] },
    {
      name: "twice",
      script: "for n in 1 2; do echo 'ok | 1 passed | 0 failed'; done",
      isAlone: true,
    },
  ]);
  assertEquals(outcomes, [
    { name: "green", passed: 12, failed: 0, flaky: [] },
    { name: "red", passed: 4, failed: 2, flaky: [] },
    { name: "broken", passed: 0, failed: 1, flaky: [] },
    { name: "killed", passed: 0, failed: 1, flaky: [] },
    { name: "twice", passed: 2, failed: 0, flaky: [] },
  ]);
  assertEquals(output.split("\n").filter((line) => line.startsWith("==")), [
    "== green",
    "== red",
    "== broken",
    "== killed",
    "== twice",
  ]);
});

Deno.test("`runParts()` runs two parts, one that waits and a download at a time, and does not mix their output", async () => {
  const folder = await Deno.makeTempDir();
  try {
    /** Says that it runs, waits until another part does, and says that again. */
    const beside = (own: string, other: string) =>
      `echo ${own}; touch ${folder}/${own}; until [ -e ${folder}/${other} ]; do sleep 0.01; done; echo ${own}`;
    const [outcomes, output] = await runScripts([
      { name: "c", script: beside("c", "w"), kind: "downloads" },
      { name: "a", script: beside("a", "c") },
      { name: "last", script: `ls ${folder}`, isAlone: true },
      { name: "b", script: beside("b", "a") },
      {
        name: "w",
        script: `${beside("w", "b")}; touch ${folder}/w-over`,
        kind: "waits",
      },
      // Fails if it does not wait for the one before it.
      { name: "x", script: `test -e ${folder}/w-over`, kind: "waits" },
      { name: "d", script: `touch ${folder}/d`, after: ["a", "b", "c", "x"] },
    ]);
    assertEquals(outcomes.map(({ name }) => name).slice(-2), ["d", "last"]);
    assertEquals(outcomes.some(({ failed }) => failed > 0), false);
    const text = output.split("\n").filter((line) => line !== "").join(" ");
    assertEquals(
      text,
      "== c c c == a a a == b b b == w w w == x == d == last a b c d w w-over",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("`runParts()` kills a part that takes too long, and refuses parts that wait for each other", async () => {
  const [{ failed, passed } = { failed: 0, passed: 1 }] = await runParts(
    [{ name: "endless", args: ["-c", "exec sleep 600"] }],
    { command: "/bin/sh", write: () => {}, partMs: 50 },
  );
  assertEquals([failed, passed], [1, 0]);
  await assertRejects(
    () =>
      runScripts([
        { name: "a", script: ":", after: ["b"] },
        { name: "b", script: ":", after: ["a"] },
      ]),
    Error,
    "each must come after others that end, got a, b",
  );
});

/** A test whose file counts its runs: it fails in the first ones. */
const UNSTEADY = `
const runs = new URL("runs-NAME", import.meta.url);
Deno.test("it's \`NAME\` (a|b) / c", () => {
  let count = 0;
  try {
    count = Number(Deno.readTextFileSync(runs));
  } catch {
    // The first run.
  }
  Deno.writeTextFileSync(runs, String(count + 1));
  if (count < FAILURES) throw new Error("no");
});
Deno.test("another it's \`NAME\` (a|b) / c", () => {});
`;

Deno.test("`runParts()` runs a test that failed once more where a part says so, and reports it as flaky if it passes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const part = async (name: string, failures: Record<string, number>) => {
      const { again } = PARTS.find(({ name }) => name === "console")!;
      for (const [test, count] of Object.entries(failures)) {
        await Deno.writeTextFile(
          `${folder}/${name}-${test}_test.ts`,
          UNSTEADY.replaceAll("NAME", `${name}-${test}`)
            .replace("FAILURES", String(count)),
        );
      }
      const files = Object.keys(failures)
        .map((test) => `${folder}/${name}-${test}_test.ts`);
      const args = ["test", "--no-check", "-A", "--no-config", ...files];
      return { name, args, kind: "downloads", again: again! } as const;
    };
    const parts = [
      await part("steady", { a: 0 }),
      await part("once", { a: 1 }),
      await part("always", { a: 1, b: 9 }),
      await part("many", { a: 1, b: 1, c: 1, d: 1 }),
      { ...await part("unrepeated", { a: 1 }), again: undefined },
    ].map(({ again, ...rest }) =>
      again === undefined ? rest : { ...rest, again }
    );
    let output = "";
    const outcomes = await runParts(parts, {
      write: (bytes) => output += new TextDecoder().decode(bytes),
    });
    const test = (name: string) => `it's \`${name}\` (a|b) / c`;
    const found = Object.fromEntries(outcomes.map(
      ({ name, passed, failed, failures, flaky }) => [
        name,
        [passed, failed, failures, flaky],
      ],
    ));
    const tests = (part: string, names: string) =>
      [...names].map((name) => test(`${part}-${name}`));
    assertEquals(found, {
      steady: [2, 0, [], []],
      once: [2, 0, [], tests("once", "a")],
      always: [3, 1, tests("always", "b"), tests("always", "a")],
      // So many are no accident: none of them is run again.
      many: [4, 4, tests("many", "abcd"), []],
      unrepeated: [1, 1, tests("unrepeated", "a"), []],
    });
    assertEquals(
      output.split("\n").filter((line) => line.startsWith("flaky")),
      ["once-a", "always-a"].map((name) =>
        `flaky: ${test(name)} (passed at the second run)`
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("`runParts()` runs a test once more that a helper declares", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/helper.ts`,
      "export const declare = (name, fn) => Deno.test(name, fn);",
    );
    await Deno.writeTextFile(
      `${folder}/one_test.ts`,
      UNSTEADY.replace(
        "Deno.test",
        'import { declare } from "./helper.ts";\ndeclare',
      )
        .replaceAll("NAME", "one").replace("FAILURES", "1"),
    );
    const { again } = PARTS.find(({ name }) => name === "bridge")!;
    const [outcome] = await runParts([{
      name: "helped",
      args: ["test", "--no-check", "-A", "--no-config", folder],
      again: again!,
    }], { write: () => {} });
    assertEquals(
      [outcome!.passed, outcome!.failed, outcome!.flaky.length],
      [2, 0, 1],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("`isGreen()` allows three flaky tests and no failure", () => {
  const outcome = {
    name: "a",
    passed: 1,
    failed: 0,
    failures: [],
    flaky: [],
    seconds: 1,
  };
  const three = { ...outcome, flaky: ["a", "b", "c"] };
  for (
    const [outcomes, expected] of [
      [[outcome, three], true],
      [[three, { ...outcome, flaky: ["d"] }], false],
      [[outcome, { ...outcome, failed: 1 }], false],
    ] as const
  ) assertEquals(isGreen(outcomes), expected);
});

Deno.test("`runParts()` ends what runs, and what that has started, at a signal, and starts nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const ending = new AbortController();
    const child =
      `trap 'touch ${folder}/ended; exit' TERM; echo ready; while :; do sleep 0.01; done`;
    let output = "";
    const outcomes = await runParts(
      [
        { name: "long", args: ["-c", `sh -c "${child}" & wait`] },
        { name: "next", args: ["-c", "echo next"], after: ["long"] },
      ],
      {
        command: "/bin/sh",
        signal: ending.signal,
        write: (bytes) => {
          output += new TextDecoder().decode(bytes);
          if (output.includes("ready")) ending.abort();
        },
      },
    );
    assertEquals(outcomes.map(({ name, failed }) => [name, failed]), [
      ["long", 1],
    ]);
    await Deno.stat(`${folder}/ended`);
    assertEquals(output.includes("next"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Paths of the tests that the gate's parts of one process name or leave out. */
Deno.test("parts: every file of tests is run by one part, and by no other", async () => {
  const tasks: Record<string, string> = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  ).tasks;
  const runs = PARTS.map(({ args, name }) => ({
    name,
    words: args[0] === "task" ? tasks[args[1]!]!.split(" ") : args,
  })).filter(({ words }) => words.includes("test") || words[0] === "test");
  const isUnder = (file: string, path: string) =>
    file === path || file.startsWith(path.endsWith("/") ? path : `${path}/`);
  const wrong: string[] = [];
  for (const file of await testFiles("tests")) {
    const by = runs.filter(({ words }) => {
      const left = words.find((word) => word.startsWith("--ignore="))
        ?.slice("--ignore=".length).split(",") ?? [];
      return words.some((word) => isUnder(file, word)) &&
        !left.some((path) => isUnder(file, path));
    });
    if (by.length !== 1) {
      wrong.push(`${file}: ${by.map(({ name }) => name).join(", ")}`);
    }
  }
  assertEquals(wrong, []);
});

async function testFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const root = new URL("../../", import.meta.url);
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, root))
  ) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await testFiles(path));
    else if (name.endsWith("_test.ts")) found.push(path);
  }
  return found;
}

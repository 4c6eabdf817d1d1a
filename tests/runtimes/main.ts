/**
 * Runs the library in every supported runtime: `deno task test:runtimes [NAME]`.
 *
 * @module
 */

import { runCases, type StageInfo } from "./cases.ts";
import { installed } from "./installed.ts";
import { type Artefacts, type Runtime, RUNTIMES } from "./runtimes.ts";
import { Stage } from "./stage.ts";
import { hasTable, runtimeTable } from "./table.ts";

const root = new URL("../../", import.meta.url);
const here = new URL("./", import.meta.url);

/** How many runtimes run at a time. */
const AT_A_TIME = 2;

const PAGE = `<!doctype html><link rel="icon" href="data:,">
<script type="module">
import { runCases } from "./cases.js";
const stage = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const library = await import(new URL("/mod.js", stage.ws.replace("ws:", "http:")));
document.body.textContent = JSON.stringify(await runCases({ library, stage }));
document.title = "done";
</script>`;

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot run ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`,
    );
  }
}

/** Builds what the runtimes load. */
async function build(folder: string): Promise<void> {
  const bundle = (from: string, to: string, format: string) =>
    run(Deno.execPath(), [
      "bundle",
      "--platform=browser",
      `--format=${format}`,
      `--output=${folder}/${to}`,
      new URL(from, here).pathname,
    ]);
  await bundle("cases.ts", "cases.js", "esm");
  await bundle("edge_script.ts", "edge_script.js", "iife");
  await bundle("worker.ts", "worker.js", "esm");
  for (
    const name of ["driver.mjs", "worker_host.cjs", "edge_host.cjs"]
  ) {
    await Deno.copyFile(new URL(name, here), `${folder}/${name}`);
  }
  await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
  await run(Deno.execPath(), [
    "run",
    "--allow-all",
    `--config=${new URL("tests/packaging/npm/deno.json", root).pathname}`,
    new URL("tests/packaging/npm/build.ts", root).pathname,
    `${folder}/npm`,
  ]);
}

/** Serves the page of the browser. */
function servePage(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const isScript = new URL(request.url).pathname === "/cases.js";
      return new Response(
        isScript ? await Deno.readTextFile(`${folder}/cases.js`) : PAGE,
        {
          headers: {
            "content-type": isScript ? "text/javascript" : "text/html",
          },
        },
      );
    },
  );
}

interface Row {
  runtime: Runtime;
  /** What was wrong; undefined if the runtime is not installed. */
  failures: string[] | undefined;
}

/** Runs the cases in one runtime; returns what was wrong. */
async function failuresOf(
  runtime: Runtime,
  artefacts: Artefacts,
  info: StageInfo,
): Promise<string[]> {
  const outcomes = await runtime.run(artefacts, info);
  const failures = outcomes.filter(({ error }) => error !== undefined)
    .map(({ name, error }) => `${name}: ${error}`);
  const cases = outcomes.filter(({ name }) => name !== "version").length;
  if (failures.length === 0 && cases < CASES) {
    failures.push(`only ${cases} cases ended`);
  }
  const { version } = outcomes.find(({ version }) => version) ?? {};
  const named = /\d+(\.\d+)+/.exec(runtime.name)?.[0];
  if (
    version !== undefined && version !== named &&
    !version.startsWith(`${named}.`)
  ) failures.push(`version: must be ${named}, got ${version}`);
  return failures;
}

/** Runs two runtimes at a time; the rows are in the order of the runtimes. */
async function runAll(
  runtimes: readonly Runtime[],
  modules: string,
): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  const pages = [servePage(folder), servePage(folder)];
  const [page, foreignPage] = pages.map(({ addr }) =>
    `http://127.0.0.1:${addr.port}`
  );
  try {
    await build(folder);
    await Deno.symlink(modules, `${folder}/node_modules`);
    await using stage = await Stage.start({
      page: page!,
      foreignPage: foreignPage!,
    });
    const artefacts: Artefacts = {
      folder,
      modules,
      http: stage.http,
      page: `${page}/`,
      foreignPage: `${foreignPage}/`,
      npm: `${folder}/npm/mod.js`,
    };
    const rows: Row[] = runtimes.map((runtime) => ({
      runtime,
      failures: undefined,
    }));
    const waiting = [...rows];
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      for (let row; (row = waiting.shift()) !== undefined;) {
        const { runtime } = row;
        const program = runtime.program(artefacts);
        if (program !== undefined && await isThere(program)) {
          const info = await stage.enter(runtime.isForeignPage !== true);
          row.failures = await failuresOf(runtime, artefacts, info);
        } else if (IS_CI) {
          row.failures = ["is not installed"];
        }
        show(row);
      }
    }));
    return rows;
  } finally {
    for (const one of pages) await one.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function show({ runtime, failures }: Row): void {
  const result = failures === undefined
    ? "skip  "
    : failures.length === 0
    ? "ok    "
    : "FAILED";
  console.log(`${result} ${runtime.name}, ${runtime.artefact}`);
  for (const failure of failures ?? ["is not installed"]) {
    console.log(`  ${failure}`);
  }
}

/** Whether the page lists what passed; says so if not. */
async function isListed(rows: readonly Row[]): Promise<boolean> {
  const table = runtimeTable(rows.map(({ runtime }) => runtime));
  const page = await Deno.readTextFile(new URL("lib/README.md", root));
  if (hasTable(page, table)) return true;
  console.log("lib/README.md does not list what passed: run deno task docs");
  return false;
}

/** In CI every runtime must be there; elsewhere one that is missing is skipped. */
const IS_CI = Deno.env.has("CI");

/** How many cases there are: with no library every one of them fails, and is counted. */
const CASES = (await runCases({} as Parameters<typeof runCases>[0])).length;

async function main(only: string | undefined): Promise<boolean> {
  const startAt = performance.now();
  const chosen = RUNTIMES.filter(({ name }) =>
    only === undefined || name.includes(only)
  );
  if (chosen.length === 0) {
    console.error(
      `Cannot run the cases: no runtime has this name, got ${only}`,
    );
    return false;
  }
  let modules: string;
  try {
    modules = await installed();
  } catch (error) {
    console.log(`${IS_CI ? "FAILED" : "skip  "} all runtimes: ${error}`);
    return !IS_CI;
  }
  const rows = await runAll(chosen, modules);
  const ran = rows.filter(({ failures }) => failures !== undefined);
  const passed = ran.filter(({ failures }) => failures!.length === 0);
  const failed = ran.length - passed.length;
  const seconds = Math.round((performance.now() - startAt) / 1000);
  console.log(
    `${
      failed === 0 ? "ok" : "FAILED"
    } | ${passed.length} passed | ${failed} failed (${seconds}s)`,
  );
  const isWhole = passed.length === RUNTIMES.length;
  return failed === 0 && (!isWhole || await isListed(passed));
}

Deno.exit(await main(Deno.args[0]) ? 0 : 1);

/**
 * Runs the library in every supported runtime: `deno task test:runtimes [NAME]`.
 *
 * @module
 */

import { build } from "./artefacts.ts";
import { BRIDGE_CHECKS } from "./bridge_checks.ts";
import { runCases, type StageInfo } from "./cases.ts";
import { installed } from "./installed.ts";
import { PACKAGE_CHECKS } from "./package_checks.ts";
import { type Artefacts, type Runtime, RUNTIMES } from "./runtimes.ts";
import { Stage } from "./stage.ts";
import { hasTable, runtimeTable } from "./table.ts";

const root = new URL("../../", import.meta.url);

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
  name: string;
  /** Undefined for a check of the package. */
  runtime?: Runtime;
  /** Runs it; returns what was wrong, or undefined if the runtime is not installed. */
  run(artefacts: Artefacts, stage: Stage): Promise<string[] | undefined>;
  failures?: string[] | undefined;
}

/** The rows of runtimes and checks whose name holds a text. */
function rowsOf(only: string): Row[] {
  return [
    ...RUNTIMES.map((runtime): Row => ({
      name: `${runtime.name}, ${runtime.artefact}`,
      runtime,
      async run(artefacts, stage) {
        const program = runtime.program(artefacts);
        if (program === undefined || !await isThere(program)) return undefined;
        const info = await stage.enter(runtime.isForeignPage !== true);
        return await failuresOf(runtime, artefacts, info);
      },
    })),
    ...[...BRIDGE_CHECKS, ...PACKAGE_CHECKS].map(({ name, run }): Row => ({
      name,
      async run(artefacts) {
        const failure = await run(artefacts);
        return failure === undefined ? [] : [failure];
      },
    })),
  ].filter(({ name }) => name.includes(only));
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

/** Runs two rows at a time. */
async function runAll(rows: readonly Row[], modules: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  const pages = [servePage(folder), servePage(folder)];
  const [page, foreignPage] = pages.map(({ addr }) =>
    `http://127.0.0.1:${addr.port}`
  );
  try {
    await build(folder, modules);
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
      npm: `${folder}/npm`,
      project: `${folder}/project`,
    };
    const waiting = [...rows];
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      for (let row; (row = waiting.shift()) !== undefined;) {
        row.failures = await row.run(artefacts, stage) ??
          (IS_CI ? ["is not installed"] : undefined);
        show(row);
      }
    }));
  } finally {
    for (const one of pages) await one.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function show({ name, failures }: Row): void {
  const result = failures === undefined
    ? "skip  "
    : failures.length === 0
    ? "ok    "
    : "FAILED";
  console.log(`${result} ${name}`);
  for (const failure of failures ?? ["is not installed"]) {
    console.log(`  ${failure}`);
  }
}

/** Whether the page lists the runtimes that passed; says so if not. */
async function isListed(runtimes: readonly Runtime[]): Promise<boolean> {
  const page = await Deno.readTextFile(new URL("lib/README.md", root));
  if (hasTable(page, runtimeTable(runtimes))) return true;
  console.log("lib/README.md does not list what passed: run deno task docs");
  return false;
}

/** In CI every runtime must be there; elsewhere one that is missing is skipped. */
const IS_CI = Deno.env.has("CI");

/** How many cases there are: with no library every one of them fails, and is counted. */
const CASES = (await runCases({} as Parameters<typeof runCases>[0])).length;

async function main(only = ""): Promise<boolean> {
  const startAt = performance.now();
  const rows = rowsOf(only);
  if (rows.length === 0) {
    console.error(
      `Cannot run the cases: no runtime and no check has this name, got ${only}`,
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
  await runAll(rows, modules);
  const ran = rows.filter(({ failures }) => failures !== undefined);
  const passed = ran.filter(({ failures }) => failures!.length === 0);
  const failed = ran.length - passed.length;
  const seconds = Math.round((performance.now() - startAt) / 1000);
  console.log(
    `${
      failed === 0 ? "ok" : "FAILED"
    } | ${passed.length} passed | ${failed} failed (${seconds}s)`,
  );
  const runtimes = passed.flatMap(({ runtime }) => runtime ?? []);
  const isWhole = runtimes.length === RUNTIMES.length;
  return failed === 0 && (!isWhole || await isListed(runtimes));
}

Deno.exit(await main(Deno.args[0]) ? 0 : 1);

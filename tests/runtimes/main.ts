/**
 * Runs the library in every supported runtime: `deno task test:runtimes [NAME]`.
 *
 * @module
 */

import { runCases } from "./cases.ts";
import { installed } from "./installed.ts";
import { type Artefacts, type Runtime, RUNTIMES } from "./runtimes.ts";
import { Stage } from "./stage.ts";

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
  failures: string[];
}

async function runAll(runtimes: readonly Runtime[]): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  const pages = [servePage(folder), servePage(folder)];
  const [page, foreignPage] = pages.map(({ addr }) =>
    `http://127.0.0.1:${addr.port}`
  );
  try {
    const modules = await installed();
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
    const rows: Row[] = [];
    const waiting = [...runtimes];
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      for (let next; (next = waiting.shift()) !== undefined;) {
        const info = await stage.enter(next.isForeignPage !== true);
        const outcomes = await next.run(artefacts, info);
        const failures = outcomes.filter(({ error }) => error !== undefined)
          .map(({ name, error }) => `${name}: ${error}`);
        if (failures.length === 0 && outcomes.length < CASES) {
          failures.push(`only ${outcomes.length} cases ended`);
        }
        console.log(
          `${
            failures.length === 0 ? "ok    " : "FAILED"
          } ${next.name}, ${next.artefact}`,
        );
        for (const failure of failures) console.log(`  ${failure}`);
        rows.push({ runtime: next, failures });
      }
    }));
    return rows;
  } finally {
    for (const one of pages) await one.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** How many cases there are: with no library every one of them fails, and is counted. */
const CASES = (await runCases({} as Parameters<typeof runCases>[0])).length;

const [only] = Deno.args;
const rows = await runAll(
  RUNTIMES.filter(({ name }) => only === undefined || name.includes(only)),
);
if (rows.length === 0) {
  console.error(`Cannot run the cases: no runtime has this name, got ${only}`);
}
Deno.exit(
  rows.length > 0 && rows.every(({ failures }) => failures.length === 0)
    ? 0
    : 1,
);

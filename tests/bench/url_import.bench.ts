/**
 * How long a program waits for the library when it imports it from a bridge, 50
 * ms away. `deno task bench:import [--json] [FOLDER]` measures the project in
 * FOLDER, such as a worktree of an earlier version.
 *
 * @module
 */

import { CHROMIUM, ChromiumPage } from "../support/chromium.ts";
import { Program } from "../support/program.ts";
import { type Figure, median, table } from "./harness.ts";

/** How long each answer is on its way, in milliseconds. */
const DELAY_MS = 50;

const ROUNDS = 5;

/** Most milliseconds by the name of a row; null if there is no goal. */
const GOALS: Readonly<Record<string, number | null>> = {
  "Deno, mod.ts": null,
  "Deno, mod.js": 150,
  "Chromium, mod.js": 100,
};

const json = Deno.args.includes("--json");
const [folder = new URL("../../", import.meta.url).pathname] = Deno.args
  .filter((one) => one !== "--json");

/** A bridge of the project that is measured, in this process. */
async function serve() {
  const { createBridge } = await import(
    new URL("bridge/mod.ts", `file://${await Deno.realPath(folder)}/`).href
  );
  const bridge = createBridge({
    accounts: [],
    endpoint: () => Promise.resolve({ type: "null" }),
    token: "the-token-of-the-benchmark",
    allowOrigins: [PAGE_ORIGIN],
  });
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request: Request) => {
      requests++;
      await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
      return await bridge.fetch(request);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    /** Requests since the last call. */
    takeRequests(): number {
      const count = requests;
      requests = 0;
      return count;
    },
    async stop(): Promise<void> {
      await bridge.stop();
      await server.shutdown();
    },
  };
}

/** Imports an entry in a Deno that has nothing cached; returns milliseconds. */
async function importInDeno(url: string): Promise<number> {
  const home = await Deno.makeTempDir();
  try {
    const script = `${home}/import.js`;
    await Deno.writeTextFile(
      script,
      // Not a literal, which Deno would load before the first line runs.
      `const from = performance.now();
      await import(Deno.args[0]);
      console.log(performance.now() - from);`,
    );
    const { stdout, stderr } = await Program.deno(
      [
        "run",
        "--no-config",
        "--no-lock",
        "--no-check",
        "--allow-import",
        script,
        url,
      ],
      { env: { DENO_DIR: `${home}/cache`, NO_COLOR: "1" } },
    ).output();
    const took = Number(stdout.trim());
    if (Number.isNaN(took) || stdout === "") throw new Error(stderr);
    return took;
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const pages = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  () =>
    new Response(
      `<!doctype html><link rel="icon" href="data:,"><script type="module">
      const from = performance.now();
      await import(location.hash.slice(1));
      document.title = performance.now() - from;
      </script>`,
      { headers: { "content-type": "text/html" } },
    ),
);
const PAGE_ORIGIN = `http://127.0.0.1:${pages.addr.port}`;

async function importInChromium(url: string): Promise<number> {
  await using page = await ChromiumPage.open(`${PAGE_ORIGIN}/#${url}`);
  await page.until('document.title !== ""');
  return Number(await page.evaluate("document.title"));
}

const bridge = await serve();
const rows: string[][] = [];
for (const [name, goal] of Object.entries(GOALS)) {
  const [runtime, entry] = name.split(", ") as [string, string];
  if (runtime === "Chromium" && CHROMIUM === undefined) continue;
  const load = runtime === "Deno" ? importInDeno : importInChromium;
  const runs: number[] = [];
  let requests = 0;
  for (let round = 0; round < ROUNDS; round++) {
    bridge.takeRequests();
    runs.push(await load(`${bridge.url}/${entry}`));
    requests = bridge.takeRequests();
  }
  const ours = median(runs);
  const figure: Figure = {
    name: `import by URL, ${name}, ${DELAY_MS} ms for each request`,
    unit: "ms",
    ours,
    peer: goal,
    peerName: goal === null ? null : "goal",
    ratio: goal === null ? null : ours / goal,
    runs: { ours: runs, peer: goal === null ? [] : [goal] },
  };
  if (json) console.log(JSON.stringify(figure));
  rows.push([
    name,
    String(requests),
    ours.toFixed(0),
    `${Math.min(...runs).toFixed(0)} to ${Math.max(...runs).toFixed(0)}`,
    goal === null ? "" : String(goal),
  ]);
}
if (!json) {
  console.log(table(["import", "requests", "ms", "runs", "goal"], rows));
}
await bridge.stop();
await pages.shutdown();
Deno.exit();

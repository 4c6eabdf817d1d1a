// Runs a Worker under miniflare until it is killed: argv has its options as
// JSON. Writes its address to stdout. Each line of stdin is new options, as a
// deployment.
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { Miniflare } = require("miniflare");

const optionsOf = ({
  script,
  folder,
  port,
  bindings,
  compatibilityDate = "2026-07-01",
  compatibilityFlags = ["nodejs_compat"],
}) => ({
  modules: [
    {
      type: "ESModule",
      path: "worker.js",
      contents: readFileSync(script, "utf8"),
    },
  ],
  host: "127.0.0.1",
  port,
  compatibilityDate,
  compatibilityFlags,
  durableObjects: { BRIDGE: { className: "Bridge", useSQLite: true } },
  durableObjectsPersist: folder,
  bindings,
});

async function main() {
  const worker = new Miniflare(optionsOf(JSON.parse(process.argv[2])));
  console.log(String(await worker.ready));
  for await (const line of createInterface({ input: process.stdin })) {
    await worker.setOptions(optionsOf(JSON.parse(line)));
    console.log(String(await worker.ready));
  }
  await worker.dispose();
}

main();

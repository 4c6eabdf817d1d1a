// Starts a Worker under miniflare, sends it the stage, and prints its answer.
const { Miniflare } = require("miniflare");

const [script, stage, flags] = process.argv.slice(2);

async function main() {
  const worker = new Miniflare({
    modules: true,
    scriptPath: script,
    compatibilityDate: "2026-07-01",
    compatibilityFlags: flags === "" ? [] : flags.split(","),
  });
  const response = await worker.dispatchFetch("http://worker/", {
    method: "POST",
    body: stage,
  });
  const { version } = require("workerd/package.json");
  const outcomes = await response.json();
  console.log(JSON.stringify([{ name: "version", version }, ...outcomes]));
  await worker.dispose();
}

main();

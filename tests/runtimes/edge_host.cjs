// Evaluates a script in Vercel's edge runtime, and prints what it answers.
const { EdgeRuntime } = require("edge-runtime");
const { readFileSync } = require("node:fs");

const [script, stage, before] = process.argv.slice(2);

async function main() {
  const runtime = new EdgeRuntime({
    initialCode: `${before}\n${readFileSync(script, "utf8")}`,
  });
  const response = await runtime.dispatchFetch("http://edge/", {
    method: "POST",
    body: stage,
  });
  const { version } = require("edge-runtime/package.json");
  const outcomes = await response.json();
  console.log(JSON.stringify([{ name: "version", version }, ...outcomes]));
  process.exit(0);
}

main();

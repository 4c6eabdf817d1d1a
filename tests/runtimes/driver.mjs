// Runs the cases in a runtime with command line arguments: the library, the
// cases, the stage as JSON, and the module of a WebSocket where it has none.
const args = globalThis.Deno?.args ?? globalThis.process.argv.slice(2);
const [library, cases, stage, socket] = args;
const { runCases } = await import(cases);
const outcomes = await runCases({
  library: await import(library),
  stage: JSON.parse(stage),
  ...(socket ? { WebSocket: (await import(socket)).default } : {}),
});
const version = globalThis.Deno?.version.deno ?? globalThis.Bun?.version ??
  globalThis.process.versions.node;
console.log(JSON.stringify([{ name: "version", version }, ...outcomes]));

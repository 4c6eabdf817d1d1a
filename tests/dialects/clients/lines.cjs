// What a client under test and its test say to each other: JSON, one object a line.

const { createInterface } = require("node:readline");

/** Tells the test of something. */
exports.tell = function tell(event, data = {}) {
  globalThis.process.stdout.write(`${JSON.stringify({ event, ...data })}\n`);
};

/** Does what the test asks for; ends with it. */
exports.serve = function serve(commands) {
  const lines = createInterface({ input: globalThis.process.stdin });
  lines.on("line", async (line) => {
    const { id, command, params = [] } = JSON.parse(line);
    try {
      const data = await commands[command](...params);
      exports.tell("result", { id, data });
    } catch (error) {
      exports.tell("result", { id, error: String(error) });
    }
  });
  lines.on("close", () => globalThis.process.exit());
};

/** What the test has set. */
exports.settings = JSON.parse(globalThis.process.argv[2]);

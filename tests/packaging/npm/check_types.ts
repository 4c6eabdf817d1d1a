/**
 * Whether a script that uses the package holds for TypeScript, as it is where
 * the package is installed. Prints what does not.
 *
 * @module
 */

import { ts } from "./deps.ts";

const program = ts.createProgram(Deno.args, {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  strict: true,
  noEmit: true,
});
for (const { messageText, file } of ts.getPreEmitDiagnostics(program)) {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  console.log(`${file?.fileName}: ${text}`);
}

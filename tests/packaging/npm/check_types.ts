/**
 * Checks the types of a script where the package is installed, with the
 * TypeScript compiler. Prints the errors.
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

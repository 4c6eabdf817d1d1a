import { redact } from "../../../bridge/ops/log.ts";
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url);

function* sourcesIn(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory && name !== "console") {
      yield* sourcesIn(new URL(`${name}/`, folder));
    } else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

/** The texts of all errors in the sources, with a word for each value. */
function* ownMessages(): Generator<string> {
  for (const folder of ["bridge/", "lib/"]) {
    for (const source of sourcesIn(new URL(folder, ROOT))) {
      const text = Deno.readTextFileSync(source);
      const found = text.matchAll(/(["`])(Cannot (?:(?!\1)[^\\]|\\.)*)\1/g);
      for (const [, , message] of found) {
        yield message!.replace(/\$\{[^}]*\}/g, "value").slice(0, 400);
      }
    }
  }
}

Deno.test("redact(): leaves every error message of the program as it is", () => {
  const messages = [...ownMessages()];
  assert(messages.length > 200, `${messages.length} messages`);
  for (const message of messages) assertEquals(redact(message), message);
});

import { assert, assertEquals } from "@std/assert";
import { root } from "./pages.ts";

/** The categories under which `deno doc` and JSR list the exports. */
const CATEGORIES: ReadonlySet<string> = new Set([
  "Codec",
  "QQ client",
  "Bridge client",
  "Frames",
  "Code tables",
  "Transport",
  "Errors",
  "Server",
  "Edge",
]);

interface Documented {
  name: string;
  kind: string;
  jsDoc?: { tags?: { kind: string; doc?: string }[] };
}

interface Declaration extends Documented {
  def?: { methods?: Documented[] };
}

interface Documentation {
  nodes: Record<
    string,
    { symbols: { name: string; declarations: Declaration[] }[] }
  >;
}

/** The declarations that an entry exports, by name; one name may be a value and a type. */
async function exportsOf(entry: string): Promise<[string, Declaration][]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", new URL(entry, root).href],
    stderr: "null",
  }).output();
  assert(success, `deno doc of ${entry} failed`);
  const { nodes }: Documentation = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes).flatMap(({ symbols }) =>
    symbols.flatMap(({ name, declarations }) =>
      declarations.map((one): [string, Declaration] => [name, one])
    )
  );
}

const { exports }: { exports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
);

const ENTRIES = await Promise.all(
  Object.values(exports).map(async (entry) =>
    [entry, await exportsOf(entry)] as const
  ),
);

for (const [entry, declarations] of ENTRIES) {
  Deno.test(`documentation of ${entry}: every export has one of the categories`, () => {
    assert(declarations.length > 0);
    const wrong = declarations.flatMap(([name, { jsDoc }]) => {
      const found = (jsDoc?.tags ?? []).filter(({ kind }) =>
        kind === "category"
      ).map(({ doc }) => doc?.trim() ?? "");
      return found.length === 1 && CATEGORIES.has(found[0]!)
        ? []
        : [`${name}: ${found.join() || "none"}`];
    });
    assertEquals(wrong, []);
  });
}

/** Classes and interfaces whose methods each have an example. */
const WITH_EXAMPLES: ReadonlySet<string> = new Set([
  "QqClient",
  "BridgeClient",
  "BridgeCommandMethods",
  "QqServer",
  "Pacer",
  "FetchTransport",
  "LineTransport",
  "Faults",
]);

/** Most lines of an example of a method, without empty ones. */
const EXAMPLE_LINES = 8;

function examplesOf({ jsDoc }: Documented): string[] {
  return (jsDoc?.tags ?? []).filter(({ kind }) => kind === "example")
    .map(({ doc }) => /```ts\n([^]*?)```/.exec(doc ?? "")?.[1] ?? "");
}

Deno.test("documentation: every method of clients, server, transports, pacer and faults has an example of at most 8 lines", () => {
  const methods = ENTRIES.flatMap(([, declarations]) => declarations)
    .filter(([name]) => WITH_EXAMPLES.has(name))
    .flatMap(([owner, { def }]) =>
      (def?.methods ?? []).map((method) => [owner, method] as const)
    )
    // A client that is disposed is closed, which has an example.
    .filter(([, { name }]) => name !== "[Symbol.asyncDispose]");
  assertEquals(
    new Set(methods.map(([owner]) => owner)).size,
    WITH_EXAMPLES.size,
  );
  const wrong = methods.filter(([, method]) => {
    const lines = examplesOf(method).map((code) =>
      code.split("\n").filter((line) => line.trim() !== "").length
    );
    return lines.length === 0 ||
      lines.some((count) => count === 0 || count > EXAMPLE_LINES);
  });
  assertEquals(wrong.map(([owner, { name }]) => `${owner}.${name}`), []);
});

Deno.test("documentation: every function of the library has an example", () => {
  const functions = ENTRIES
    .filter(([entry]) => !entry.startsWith("./bridge/"))
    .flatMap(([, declarations]) => declarations)
    .filter(([, { kind }]) => kind === "function");
  assert(functions.length > 10);
  const bare = functions.filter(([, one]) => examplesOf(one).length === 0);
  assertEquals(bare.map(([name]) => name), []);
});

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

import { assert, assertEquals } from "../deps.ts";
import { moduleGraph } from "../support/module_graph.ts";

const root = new URL("../../", import.meta.url);

/** What each part may import besides itself; the first that fits a module counts. */
const RULES: readonly [part: RegExp, may: RegExp][] = [
  [/^lib\/(md5|clock|network)\.ts$/, /^node:crypto$/],
  [/^lib\/protocol\//, /^$/],
  [/^lib\/client\//, /^lib\/(protocol\/|md5\.ts|clock\.ts)/],
  [
    /^lib\/server\//,
    /^lib\/(protocol\/|md5\.ts|clock\.ts|network\.ts)|^node:/,
  ],
  [/^lib\/frames\//, /^lib\/(protocol\/|clock\.ts)/],
  [/^mod\.ts$/, /^lib\/(?!server\/)/],
  [/^bridge\/(deps|std|version)/, /^npm:|^deno\.json$/],
  [
    /^bridge\/(core|journal)\//,
    /^(mod\.ts|lib\/(clock|client\/reply_body|server\/mod)\.ts|bridge\/(core|journal|storage\/database)|node:)/,
  ],
  [
    /^bridge\/ops\//,
    /^(mod\.ts|lib\/(clock|server\/mod)\.ts|bridge\/(core|journal|deps|storage|version)|node:)/,
  ],
  [
    /^bridge\/storage\//,
    /^(mod\.ts|lib\/(clock|server\/mod)\.ts|bridge\/(core|journal|deps|config\/config_error)|node:)/,
  ],
  [/^bridge\/config/, /^(mod\.ts|bridge\/(deps|config|version)|node:)/],
  [
    /^bridge\/gateway\//,
    /^(mod\.ts|lib\/(clock|network)\.ts|bridge\/(console\/files|core|journal|ops|deps|version|storage\/token_store)|node:)/,
  ],
  [/^bridge\/console\/files\.ts$/, /^$/],
  [
    /^bridge\/onebot\//,
    /^(mod\.ts|lib\/clock\.ts|bridge\/(core|journal|deps|version)|node:)/,
  ],
  [
    /^bridge\/satori\//,
    /^(mod\.ts|lib\/clock\.ts|bridge\/(core|journal|deps|version)|node:)/,
  ],
  [
    /^bridge\/(mod\.ts$|edge\/)/,
    /^(mod\.ts|lib\/(clock|server\/mod)\.ts|bridge\/(console|core|journal|gateway|onebot|satori|ops|storage|version))/,
  ],
  [/^bridge\/(main\.ts|cli\/)/, /./],
];

function partOf(module: string): (typeof RULES)[number] {
  const rule = RULES.find(([part]) => part.test(module));
  assert(rule !== undefined, `${module} belongs to no part: add a rule for it`);
  return rule;
}

for (
  const entry of [
    "mod.ts",
    "lib/server/mod.ts",
    "bridge/mod.ts",
    "bridge/main.ts",
  ]
) {
  Deno.test(`${entry}: imports point one way`, async () => {
    const { imports } = await moduleGraph(root, entry);
    const wrong: string[] = [];
    for (const [module, targets] of imports) {
      const [part, may] = partOf(module);
      for (const { target } of targets) {
        if (!part.test(target) && !may.test(target)) {
          wrong.push(`${module} -> ${target}`);
        }
      }
    }
    assertEquals(wrong, []);
    assert(imports.size > 1, "the graph is empty");
  });

  Deno.test(`${entry}: no bare specifier, and every local one ends in .ts`, async () => {
    const { imports } = await moduleGraph(root, entry);
    const wrong = [...imports].flatMap(([module, targets]) =>
      targets.map(({ specifier }) => specifier)
        .filter((specifier) =>
          !/^(\.{1,2}\/.*\.(ts|json)|node:.*|npm:.*@\d.*)$/.test(specifier)
        )
        .map((specifier) => `${module}: ${specifier}`)
    );
    assertEquals(wrong, []);
  });
}

for (const entry of ["mod.ts", "lib/server/mod.ts"]) {
  Deno.test(`${entry}: no third party`, async () => {
    const { imports } = await moduleGraph(root, entry);
    const foreign = [...imports.values()].flat().map(({ target }) => target)
      .filter((target) =>
        !target.startsWith("node:") && !/^(mod\.ts|lib\/)/.test(target)
      );
    assertEquals(foreign, []);
  });
}

Deno.test("third parties of the bridge come only through its deps files", async () => {
  const { imports } = await moduleGraph(root, "bridge/main.ts");
  const wrong = [...imports].flatMap(([module, targets]) =>
    /^bridge\/deps(_node)?\.ts$/.test(module)
      ? []
      : targets.filter(({ target }) => target.startsWith("npm:")).map((
        { target },
      ) => `${module} -> ${target}`)
  );
  assertEquals(wrong, []);
});

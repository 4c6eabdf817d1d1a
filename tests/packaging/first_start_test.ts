import rootConfig from "../../deno.json" with { type: "json" };
import testConfig from "../deno.json" with { type: "json" };
import { assert, assertEquals } from "@std/assert";
import { PACKAGE_TEXTS, readLock } from "../docs/tables/packages.ts";
import { Program } from "../support/program.ts";
import { billOfMaterials } from "./sbom.ts";

const root = new URL("../../", import.meta.url);

/** Names and versions of the packages in a cache of Deno. */
async function cachedPackages(cache: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of foldersBelow(`${cache}/npm`)) {
    const [, name, version] = /^[^/]+\/((?:@[^/]+\/)?[^/@]+)\/(\d[^/]*)$/
      .exec(path) ?? [];
    if (name !== undefined) found.push(`${name}@${version}`);
  }
  return found.sort();
}

/** Folders of up to four names below a folder, by their paths from there. */
async function* foldersBelow(
  folder: string,
  path = "",
): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder + path)) {
    if (!isDirectory) continue;
    const below = `${path}/${name}`;
    yield below.slice(1);
    if (below.split("/").length < 5) yield* foldersBelow(folder, below);
  }
}

Deno.test("deno task start: a first start fetches the program's packages and no other", async () => {
  const cache = await Deno.makeTempDir();
  try {
    const { code, stderr } = await Program.run(
      [Deno.execPath(), "task", "start", "--version"],
      { cwd: root.pathname, env: { DENO_DIR: cache } },
    ).output();
    assertEquals(code, 0, stderr);
    const locked = await readLock("deno.lock");
    assertEquals(
      await cachedPackages(cache),
      locked.map(({ name, version }) => `${name}@${version}`).sort(),
    );
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("deno.lock: holds the packages of the page's table, each of them documented", async () => {
  const locked = [
    ...await readLock("deno.lock"),
    ...await readLock("bridge/console/deno.lock"),
  ];
  assertEquals(
    locked.map(({ name }) => name).sort(),
    Object.keys(PACKAGE_TEXTS).sort(),
  );
});

Deno.test("billOfMaterials() names each package of the locks with its hash, and what imports it", async () => {
  const bill = await billOfMaterials() as {
    components: { purl: string; hashes: { content: string }[] }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const names = bill.components.map(({ purl }) =>
    decodeURIComponent(purl.replace(/^pkg:npm\/|@[^@]*$/g, ""))
  );
  assertEquals(names.sort(), Object.keys(PACKAGE_TEXTS).sort());
  for (const { purl, hashes } of bill.components) {
    assert(/^[0-9a-f]{128}$/.test(hashes[0]!.content), purl);
  }
  const [self, ...others] = bill.dependencies;
  const reached = new Set([self!, ...others].flatMap((one) => one.dependsOn));
  assertEquals(
    [...reached].sort(),
    bill.components.map(({ purl }) => purl).sort(),
  );
});

Deno.test("deno.json: every task runs with a frozen lock, the program with its own, tests with theirs", () => {
  assertEquals(testConfig.lock, { frozen: true });
  assertEquals(testConfig.compilerOptions, rootConfig.compilerOptions);
  assertEquals(testConfig.lint.rules, rootConfig.lint.rules);
  assertEquals(testConfig.test.sanitizeOps, rootConfig.test.sanitizeOps);
  for (const [task, line] of Object.entries(rootConfig.tasks)) {
    for (const command of line.split(" && ")) {
      const [, verb] = /\bdeno (run|test|compile|check|bundle) /
        .exec(command) ?? [];
      if (verb === undefined || command.includes("--no-lock")) continue;
      assert(
        command.includes(" --lock=deno.lock --frozen ") ||
          task === "start:cluster" &&
            command.includes(" --lock=bridge/cluster/deno.lock --frozen ") ||
          command.includes(" --config ") ||
          // Deno finds the configuration beside a script that it runs.
          verb === "run" && / tests\/\S+\.ts/.test(command),
        `${task}: ${command}`,
      );
    }
  }
});

Deno.test("bridge/cluster/deno.lock: holds the program's packages and the client of NATS", async () => {
  const read = async (path: string) =>
    JSON.parse(await Deno.readTextFile(new URL(path, root))) as {
      npm: Record<string, unknown>;
    };
  const own = Object.keys((await read("deno.lock")).npm);
  const cluster = Object.keys((await read("bridge/cluster/deno.lock")).npm);
  assertEquals(cluster.filter((name) => !own.includes(name)), [
    "@nats-io/nats-core@3.4.0",
    "@nats-io/nkeys@2.0.3",
    "@nats-io/nuid@3.0.0",
    "@nats-io/transport-node@3.4.0",
    "tweetnacl@1.0.3",
  ]);
  assertEquals(own.filter((name) => !cluster.includes(name)), []);
});

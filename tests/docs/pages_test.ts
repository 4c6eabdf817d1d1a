import config from "../../deno.json" with { type: "json" };
import { parseFrame } from "../../bridge/schemas/parse.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { VERSION } from "../../bridge/version.ts";
import { ACCOUNT_STATES, DEFAULT_LIMITS } from "../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FrameSchema } from "../support/frame_schema.ts";
import { PARTS } from "../gate/parts.ts";
import { TABLES, withTables } from "./generate.ts";
import {
  anchorOf,
  type Block,
  blocksOf,
  codesOf,
  generatedNames,
  headingsOf,
  linksOf,
  proseOf,
  replaceGenerated,
  tablesOf,
} from "./markdown.ts";
import {
  FOLDER_PAGES,
  languageOf,
  PAGES,
  PAIRS,
  readPage,
  root,
} from "./pages.ts";

const texts = new Map<string, string>();
for (const page of PAGES) {
  texts.set(page, await readPage(page).catch(() => ""));
}

/** The text of a page. */
function textOf(page: string): string {
  return texts.get(page)!;
}

/** The first block of a page with a language and a word. */
function block(page: string, language: string, word?: string): Block {
  const found = blocksOf(textOf(page)).find((one) =>
    one.language === language &&
    (word === undefined || one.words.includes(word))
  );
  assert(found !== undefined, `${page} has no ${language} block ${word}`);
  return found;
}

/** Files below a folder whose names fit, by their paths from the project's folder. */
async function* filesBelow(
  folder: string,
  fits: (name: string) => boolean,
): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const { name, isDirectory } = entry;
    if (name.startsWith(".") || /^(dist|node_modules|tqq-data)$/.test(name)) {
      continue;
    }
    const path = `${folder}${name}`.replace(/^\.\//, "");
    if (isDirectory) yield* filesBelow(`${path}/`, fits);
    else if (fits(name)) yield path;
  }
}

Deno.test("pages: every Markdown file is a page that these tests read", async () => {
  const found: string[] = [];
  for await (const path of filesBelow("./", (name) => name.endsWith(".md"))) {
    found.push(path);
  }
  assertEquals(found.sort(), [...PAGES].sort());
});

Deno.test("pages: the front page has at most 200 lines in each language", () => {
  for (const page of ["README.md", "README.zh-CN.md"]) {
    const lines = textOf(page).trimEnd().split("\n").length;
    assert(lines <= 200, `${page} has ${lines} lines`);
  }
});

Deno.test("pages: every folder of code has a page, of at most 20 lines if it is a short one", () => {
  for (const page of FOLDER_PAGES) {
    const lines = textOf(page).trimEnd().split("\n").length;
    assert(textOf(page) !== "", `${page} is missing`);
    assert(lines <= 20, `${page} has ${lines} lines`);
  }
});

for (const page of PAGES.filter((page) => !FOLDER_PAGES.includes(page))) {
  Deno.test(`${page}: its tables are those of the code`, async () => {
    const isFresh = await withTables(page) === textOf(page);
    assert(isFresh, `${page} is stale: run "deno task docs" and commit it`);
  });
}

Deno.test("pages: every table is on a page", () => {
  const used = new Set([...texts.values()].flatMap(generatedNames));
  assertEquals([...used].sort(), Object.keys(TABLES).sort());
});

for (const [english, chinese] of PAIRS) {
  Deno.test(`${chinese}: has the blocks, headings, links and codes of the English page`, () => {
    const toEnglish = (target: string) =>
      target.replace("README.zh-CN.md", "README.md").replace(/#.*/, "");
    const shapeOf = (page: string) => {
      const text = textOf(page);
      const written = replaceGenerated(text, () => "");
      return {
        blocks: blocksOf(text),
        tables: generatedNames(text),
        headings: headingsOf(text).map(({ level }) => level),
        links: linksOf(text).map(toEnglish).sort(),
        cells: tablesOf(written).map((table) =>
          table.slice(1).map((row) => row.map((cell) => codesOf(cell).sort()))
        ),
      };
    };
    assertEquals(shapeOf(chinese), shapeOf(english));
  });
}

Deno.test("pages: every link leads to a file, and to a heading of it", async () => {
  for (const page of PAGES) {
    for (const link of linksOf(textOf(page))) {
      if (/^https?:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const url = path === "" ? new URL(page, root) : new URL(
        path,
        new URL(page, root),
      );
      const { isFile } = await Deno.stat(url);
      assert(isFile, `${page} links to ${link}, which is no file`);
      if (anchor === undefined) continue;
      const anchors = headingsOf(await Deno.readTextFile(url))
        .map(({ title }) => anchorOf(title));
      assert(anchors.includes(anchor), `${page} links to ${link}`);
    }
  }
});

Deno.test("pages: a published page links to no file that is not published", () => {
  for (const page of PAGES) {
    const isLeftOut = (path: string) =>
      config.publish.exclude.some((folder) => path.startsWith(folder));
    if (isLeftOut(page)) continue;
    for (const link of linksOf(textOf(page))) {
      if (/^https?:/.test(link)) continue;
      const { href } = new URL(link, new URL(page, root));
      assert(
        href.startsWith(root.href) && !isLeftOut(href.slice(root.href.length)),
        `${page} links to ${link}`,
      );
    }
  }
});

Deno.test("pages: none repeats a paragraph of another", () => {
  const seen = new Map<string, string>();
  for (const page of PAGES) {
    for (const paragraph of proseOf(textOf(page)).split(/\n\s*\n/)) {
      const text = paragraph.replaceAll(/\s+/g, " ").trim();
      if (text.length < 120) continue;
      assertEquals(seen.get(text), undefined, `${page} repeats: ${text}`);
      seen.set(text, page);
    }
  }
});

Deno.test("pages: the examples of every page are executed by the test task", () => {
  const paths = PARTS.filter(({ isTest, args }) =>
    isTest && args.includes("--doc")
  ).flatMap(({ args }) => args);
  for (const page of PAGES) {
    assert(
      paths.some((path) =>
        path === page || path.endsWith("/") && page.startsWith(path)
      ),
      `"deno task test" does not name ${page}`,
    );
  }
});

Deno.test("pages: every shell block is run, or says that it needs a machine of its own", async () => {
  for (const page of PAGES) {
    const blocks = blocksOf(textOf(page))
      .filter(({ language }) => language === "sh");
    for (const { words, text } of blocks) {
      const [kind] = words;
      // The two commands at the top start the program and this test run.
      if (kind === undefined && page.startsWith("README.")) continue;
      assert(["run", "follow", "host"].includes(kind!), `${page}: ${text}`);
      const shell = new Deno.Command("sh", { args: ["-nc", text] });
      const { success } = await shell.output();
      assert(success, `${page} has a block that is no shell script: ${text}`);
    }
  }
});

Deno.test("pages: the two commands of the front page are tasks, with the Deno that CI has", async () => {
  const [start, test] = block("README.md", "sh").text.trim().split("\n");
  const [, version] = /^npx -y deno@(\S+) task start$/.exec(start!) ?? [];
  assertEquals(test, `npx -y deno@${version} task test`);
  assertStringIncludes(
    await Deno.readTextFile(new URL(".ci/run", root)),
    `deno@${version} task ok`,
  );
  for (const [page, text] of texts) {
    for (const [, task] of text.matchAll(/deno task ([\w:]+)/g)) {
      assert(
        task! in config.tasks || task === "COMMAND",
        `${page} names a task ${task} that does not exist`,
      );
    }
  }
});

Deno.test("pages: frames are valid", () => {
  const schema = new FrameSchema();
  const frames = blocksOf(textOf("bridge/gateway/README.md"))
    .filter(({ words }) => words.includes("frames"));
  assertEquals(frames.length, 2);
  const [fromBridge, fromClient] = frames.map(({ text }) =>
    text.trim().split("\n")
  );
  for (const line of fromBridge!) schema.assertFrame(line);
  assertEquals(JSON.parse(fromBridge![0]!).limits, { ...DEFAULT_LIMITS });
  for (const line of fromClient!) {
    schema.assertFrame(line);
    parseFrame(line, DEFAULT_LIMITS);
  }
});

Deno.test("pages: the gateway's page names every state of an account", () => {
  for (const state of ACCOUNT_STATES) {
    assertStringIncludes(textOf("bridge/gateway/README.md"), `\`${state}\``);
  }
});

Deno.test("pages: every metric that a page names exists", async () => {
  const metrics = await new Metrics("0").text();
  const known = new Set(
    [...metrics.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name!),
  );
  for (const [page, text] of texts) {
    for (const [, name] of text.matchAll(/`\^?(tqq_\w+)/g)) {
      assert(known.has(name!), `${page} names ${name}`);
    }
  }
});

Deno.test("pages: the files that they name exist", async () => {
  for (const [page, text] of texts) {
    const named = text.matchAll(
      /`((?:lib|bridge|tests)\/[\w/.-]+\.(?:ts|js|sh|html|md))`/g,
    );
    for (const [, name] of named) {
      const found = await Deno.stat(new URL(name!, root)).catch(() => null);
      assert(found !== null, `${page} names ${name}`);
    }
  }
});

Deno.test("pages: the changes begin with this version", () => {
  const [, latest] = /^- \*\*(.+?)\*\*/m.exec(textOf("CHANGELOG.md"))!;
  assertEquals([latest, config.version], [VERSION, VERSION]);
});

/** The sources of the tests, by the names of their files; those of one name together. */
async function testSources(): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for await (
    const path of filesBelow("tests/", (name) => name.endsWith(".ts"))
  ) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const text = await Deno.readTextFile(new URL(path, root));
    sources.set(name, `${sources.get(name) ?? ""}\n${text}`);
  }
  return sources;
}

/** Throws if a test that a page names as `folder/file_test.ts: name` does not exist. */
function assertTest(sources: ReadonlyMap<string, string>, test: string): void {
  const [file, name] = test.split(/: (.*)/);
  const source = sources.get(file!.slice(file!.lastIndexOf("/") + 1)) ?? "";
  assert(source.includes(name!), `a page names the test ${test}`);
}

Deno.test("pages: every sentence of the promise names a test that exists", async () => {
  const sources = await testSources();
  const [promise, limits] = tablesOf(textOf("bridge/README.md"))
    .filter(([head]) => head!.at(-1) === "held by");
  const named = [...promise!.slice(1), ...limits!.slice(1)]
    .map((row) => codesOf(row.at(-1)!)[0]);
  assert(named.slice(0, promise!.length - 1).every(Boolean));
  for (const test of named) {
    if (test !== undefined) assertTest(sources, test);
  }
});

Deno.test("pages: every item of the security standard names a test that exists, or a reason", async () => {
  const sources = await testSources();
  const [table] = tablesOf(textOf("bridge/README.md"))
    .filter(([head]) => head!.at(-1) === "held by, or why not");
  assert(table!.length > 20, "the table is missing");
  for (const [item, , reason] of table!.slice(1)) {
    assert(reason !== "", item);
    for (const test of codesOf(reason!)) {
      if (/_test\.ts: /.test(test)) assertTest(sources, test);
    }
  }
});

Deno.test("pages: the architecture's page gives the reason of each dependency", async () => {
  const table = tablesOf(textOf("bridge/ARCHITECTURE.md"))
    .find(([head]) => head![0] === "package")!;
  const named = table.slice(2).flatMap(([names]) => names!.split(", "));
  const used = new Set<string>();
  const sources = filesBelow(
    "./",
    (name) => /^(deps\w*\.ts|deno\.json)$/.test(name),
  );
  for await (const path of sources) {
    const text = await Deno.readTextFile(new URL(path, root));
    for (const [, name] of text.matchAll(/"npm:((?:@[^/]+\/)?[^@/"]+)@\d/g)) {
      if (!name!.startsWith("@types/")) used.add(name!);
    }
  }
  assertEquals(named.sort(), [...used].sort());
});

Deno.test("pages: each names its language", () => {
  for (const page of PAGES) {
    const isChinese = /\p{Script=Han}{4}/u.test(proseOf(textOf(page)));
    assertEquals(isChinese, languageOf(page) === "zh", page);
  }
});

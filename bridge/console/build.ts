/**
 * Builds the console into a folder: `deno run -A bridge/console/build.ts FOLDER`.
 * The page, its scripts and its style sheet get names with a hash of their
 * content, so that browsers may keep them for good; only `index.html` keeps its
 * name. `files.json` lists what there is.
 * @module
 */

import { shortenImports } from "./import_names.ts";

const SOURCES = new URL("src/", import.meta.url);

/** The library, whose files the sources import. */
const LIBRARY = new URL("../../lib/", import.meta.url);

/** Names with a hash as the bundler writes them: it depends on the paths of the machine. */
const BUNDLED = /^(.+?)(?:-[0-9A-Z]{8})?\.js$/;

const HASH_LENGTH = 10;

/** A template literal that begins with a rule of a style sheet, or with a comment before it. */
const STYLE =
  /`((?:\/\*[^`]*?\*\/\s*)?[.:@a-z[*-][^`${}=;()]*\{\n[^`\\]*?\}\s*)`/g;

/** Of a file with a dynamic import, the file that it loads. */
const LOADED = /\bimport\(\s*"([^"]+)"/g;

/** Of a file, the files that it needs at once. */
const NEEDED = /\b(?:from|import)\s*"(\.[^"]+)"/g;

/** Small files that are loaded later, by the file that has them all: one compresses better than several. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  "later_talk.ts": [
    "pages/chats/export.ts",
    "pages/chats/find.tsx",
    "pages/chats/profile.tsx",
    "pages/chats/request_list.tsx",
    "pages/chats/search_bar.tsx",
  ],
  "later_events.ts": [
    "pages/events/event_detail.tsx",
    "pages/events/export_dialog.tsx",
    "pages/events/frames_view.tsx",
  ],
  "later_shell.ts": [
    "app/keys/palette.tsx",
    "app/keys/shortcuts.tsx",
    "app/notify/notifier.ts",
    "app/session/expiry_dialog.tsx",
    "app/session/switch_token.tsx",
    "pages/sign_in/sign_in.tsx",
  ],
  "later_zh.ts": ["texts/zh/groups/develop.ts", "texts/zh/groups/operate.ts"],
  "operate_page.ts": [
    "pages/connections/connections_page.tsx",
    "pages/settings/settings_page.tsx",
    "pages/targets/targets_page.tsx",
    "pages/tokens/tokens_page.tsx",
  ],
};

/** Groups of shared files by the first of these sets of files whose every file needs them; all others form one. */
const GROUPS: readonly (readonly [name: string, ...users: string[]])[] = [
  ["shared_talk", "pages/chats/chats_page.tsx"],
  ["shared_talk", "later_talk.ts"],
  ["shared_talk", "operate_page.ts", "pages/playground/playground_page.tsx"],
  ["shared_author", "pages/playground/playground_page.tsx"],
  ["shared_events", "later_events.ts"],
];

/** An import of types, of which nothing is left in a script. */
const TYPES_OF = /\b(?:import|export) type [^;]*?from\s*"[^"]+";/g;

interface Script {
  /** Name without the bundler's hash. */
  stem: string;
  text: string;
  /** Names of the scripts that it imports, at once or later. */
  imports: string[];
  /** Those that it imports at once. */
  needs: string[];
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new TypeError("Cannot build: name a folder");
  await buildConsole(folder);
}

/** Builds the console into a folder, which it empties. */
async function buildConsole(folder: string): Promise<void> {
  const scripts = await bundle();
  const names = await hashedNames(scripts);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  for (const [name, { text }] of scripts) {
    await write(names.get(name)!, rename(text, names));
  }
  const style = minifyStyle(
    await Deno.readTextFile(new URL("app/app.css", SOURCES)),
  );
  const styleName = `app-${await hash(style)}.css`;
  await write(styleName, style);
  const page = await Deno.readTextFile(new URL("index.html", SOURCES));
  const assets = [
    `<link rel="stylesheet" href="console/${styleName}">`,
    ...[...reach(scripts, "main.js")].filter((name) => name !== "main.js")
      .map((name) => names.get(name)!).sort().map((name) =>
        `<link rel="modulepreload" href="console/${name}">`
      ),
    `<script src="console/${names.get("main.js")}" type="module"></script>`,
  ];
  await write(
    "index.html",
    page.replace("<!-- assets -->", assets.join("\n    ")),
  );
  const all = [...names.values(), styleName].sort();
  await write("files.json", `${JSON.stringify(all, null, 2)}\n`);
}

async function bundle(): Promise<Map<string, Script>> {
  const folder = await Deno.makeTempDir();
  const sources = await copySources();
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        `--config=${new URL("deno.json", import.meta.url).pathname}`,
        "--platform=browser",
        "--minify",
        "--code-splitting",
        `--outdir=${folder}`,
        `${sources}/main.tsx`,
      ],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const texts = new Map<string, string>();
    for await (const { name } of Deno.readDir(folder)) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      texts.set(name, writeHan(minifyStyles(text)));
    }
    shortenImports(texts);
    const scripts = new Map<string, Script>();
    for (const [name, text] of texts) {
      scripts.set(name, {
        stem: BUNDLED.exec(name)![1]!,
        text,
        imports: [...text.matchAll(/"\.\/([^"/]+\.js)"/g)].map(([, to]) => to!),
        needs: [...text.matchAll(/(?:from|import)"\.\/([^"/]+\.js)"/g)]
          .map(([, to]) => to!),
      });
    }
    return scripts;
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(sources, { recursive: true });
  }
}

/**
 * Copies the sources beside themselves, and lets each file that is loaded later
 * import what the entry has loaded already. The bundler makes one chunk for each
 * set of files that need the same modules; without this the entry would be
 * scattered over dozens of small ones, which compress badly.
 *
 * @returns Path of the copy.
 */
async function copySources(): Promise<string> {
  const copy = new URL(`.build-${Deno.pid}/`, SOURCES.href.replace("src/", ""));
  const texts = await readSources(SOURCES);
  await readSources(LIBRARY, "lib/", texts);
  await leaveOutNames(texts);
  loadTogether(texts);
  const base = new Set<string>();
  const reach = (file: string) => {
    if (base.has(file) || !texts.has(file) || !/\.tsx?$/.test(file)) return;
    base.add(file);
    neededBy(file, texts).forEach(reach);
  };
  reach("main.tsx");
  const later = new Set<string>();
  for (const [file, text] of texts) {
    for (const [, to] of text.matchAll(LOADED)) later.add(resolve(file, to!));
  }
  base.delete("main.tsx");
  const groups = groupShared(texts, base, later);
  texts.set("base.ts", importing(base));
  texts.set("main.tsx", `import "./base.ts";\n${texts.get("main.tsx")}`);
  for (const [name, { files, users }] of groups) {
    texts.set(`${name}.ts`, importing(files));
    for (const file of users) {
      const up = "../".repeat(file.split("/").length - 1) || "./";
      texts.set(file, `import "${up}${name}.ts";\n${texts.get(file)}`);
    }
  }
  for (const file of later) {
    const up = "../".repeat(file.split("/").length - 1) || "./";
    texts.set(file, `import "${up}main.tsx";\n${texts.get(file)}`);
  }
  for (const [file, text] of texts) {
    if (file.startsWith("lib/")) continue;
    const to = new URL(file, copy);
    await Deno.mkdir(new URL(".", to), { recursive: true });
    await Deno.writeTextFile(to, text);
  }
  return copy.pathname.replace(/\/$/, "");
}

/** Leaves the names out of the Chinese texts: they stand in the order of the English ones. */
async function leaveOutNames(texts: Map<string, string>): Promise<void> {
  for (const file of [...texts.keys()]) {
    if (!/^texts\/zh\/\w+\.ts$/.test(file)) continue;
    const { ZH } = await import(new URL(file, SOURCES).href);
    if (ZH === undefined) continue;
    const { EN } = await import(
      new URL(file.replace("/zh/", "/en/"), SOURCES).href
    );
    const list = Object.keys(EN).map((name) => ZH[name]);
    texts.set(file, `export const ZH = ${JSON.stringify(list)};\n`);
  }
}

/** Lets small files that are loaded later come in one. */
function loadTogether(texts: Map<string, string>): void {
  const places = new Map<string, string>();
  for (const [to, files] of Object.entries(TOGETHER)) {
    for (const file of files) places.set(file, to);
    texts.set(to, files.map((one) => `export * from "./${one}";\n`).join(""));
  }
  for (const [file, text] of texts) {
    if (file.startsWith("lib/")) continue;
    const up = "../".repeat(file.split("/").length - 1) || "./";
    texts.set(
      file,
      text.replace(LOADED, (all, to: string) => {
        const place = places.get(resolve(file, to));
        return place === undefined ? all : `import("${up}${place}"`;
      }),
    );
  }
}

/** Files that are loaded together, and the files loaded later that need one of them. */
interface Group {
  files: Set<string>;
  users: Set<string>;
}

/** Groups what several of the files that are loaded later need: one chunk for each group compresses better than one for each set of users. */
function groupShared(
  texts: ReadonlyMap<string, string>,
  base: ReadonlySet<string>,
  later: ReadonlySet<string>,
): Map<string, Group> {
  const usersOf = new Map<string, Set<string>>();
  const reach = (user: string, file: string) => {
    if (base.has(file) || !texts.has(file) || !/\.tsx?$/.test(file)) return;
    const users = usersOf.get(file) ?? new Set();
    if (users.has(user)) return;
    usersOf.set(file, users.add(user));
    for (const needed of neededBy(file, texts)) reach(user, needed);
  };
  for (const user of later) reach(user, user);
  const groups = new Map<string, Group>();
  for (const [file, users] of usersOf) {
    if (users.size < 2 || later.has(file)) continue;
    const [name] = GROUPS.find(([, ...all]) =>
      all.every((one) => users.has(one))
    ) ?? ["shared_operate"];
    const group = groups.get(name) ?? { files: new Set(), users: new Set() };
    groups.set(name, group);
    group.files.add(file);
    for (const user of users) group.users.add(user);
  }
  // Who loads a group loads those that its files need.
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const { files, users } of groups.values()) {
      for (const file of files) {
        const needed = neededBy(file, texts);
        for (const other of groups.values()) {
          if (!needed.some((one) => other.files.has(one))) continue;
          for (const user of users) {
            isDone &&= other.users.has(user);
            other.users.add(user);
          }
        }
      }
    }
  }
  // In an order that does not depend on that of the folder's files.
  return new Map([...groups].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Texts of all files, by their paths below the folder. */
async function readSources(
  folder: URL,
  under = "",
  found = new Map<string, string>(),
): Promise<Map<string, string>> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      await readSources(new URL(`${name}/`, folder), `${under}${name}/`, found);
    } else {
      found.set(under + name, await Deno.readTextFile(new URL(name, folder)));
    }
  }
  return found;
}

/** The text of a file that imports others, of the sources or of the library. */
function importing(files: ReadonlySet<string>): string {
  return [...files].sort().map((file) =>
    `import "${file.startsWith("lib/") ? "../../../" : "./"}${file}";\n`
  ).join("");
}

/** Files that a file imports at once, other than for their types. */
function neededBy(
  file: string,
  texts: ReadonlyMap<string, string>,
): string[] {
  const text = texts.get(file)!.replace(TYPES_OF, "");
  return [...text.matchAll(NEEDED)].map(([, to]) => resolve(file, to!));
}

/** Path of an imported file below the sources. */
function resolve(from: string, to: string): string {
  return new URL(to, `file:///${from}`).pathname.slice(1);
}

/** Names of all scripts. A hash covers a script and all that it can reach, so a name stands for one content for good. */
async function hashedNames(
  scripts: ReadonlyMap<string, Script>,
): Promise<Map<string, string>> {
  const stems = new Map([...scripts].map(([name, { stem }]) => [name, stem]));
  const own = new Map<string, string>();
  for (const [name, { text }] of scripts) {
    own.set(name, await hash(rename(text, stems)));
  }
  const names = new Map<string, string>();
  for (const [name, { stem }] of scripts) {
    const reached = [...reach(scripts, name, "imports")]
      .map((one) => own.get(one)!).sort();
    const whole = await hash([own.get(name)!, ...reached].join());
    names.set(name, `${stem}-${whole}.js`);
  }
  return names;
}

/** The script and all that it imports, directly or not. */
function reach(
  scripts: ReadonlyMap<string, Script>,
  from: string,
  by: "imports" | "needs" = "needs",
  found = new Set<string>(),
): Set<string> {
  if (found.has(from)) return found;
  found.add(from);
  for (const name of scripts.get(from)?.[by] ?? []) {
    reach(scripts, name, by, found);
  }
  return found;
}

/** Replaces the names of scripts in import specifiers. */
function rename(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(
    /"\.\/([^"/]+\.js)"/g,
    (all, name: string) => names.has(name) ? `"./${names.get(name)}"` : all,
  );
}

/** Minifies the style sheets that come with scripts, which the bundler keeps as they are. */
function minifyStyles(script: string): string {
  return script.replace(
    STYLE,
    (_, text: string) => `\`${minifyStyle(text)}\``,
  );
}

/** Removes comments, line ends and indentation. Our style sheets have none of them in strings. */
function minifyStyle(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, "").replace(/,\n\s*/g, ",")
    .replace(/\s*\n\s*/g, "").replace(/([:{,;]) /g, "$1")
    .replace(/ \{/g, "{").replaceAll(";}", "}");
}

/** Writes Chinese characters as themselves: the bundler escapes them, which takes twice the bytes. Scripts of modules are UTF-8. */
function writeHan(script: string): string {
  return script.replace(
    /(?<!\\)((?:\\\\)*)\\u([\da-f]{4})/gi,
    (all, before: string, digits: string) => {
      const code = parseInt(digits, 16);
      const isHan = code >= 0x3000 && code <= 0x9fff ||
        code >= 0xff00 && code <= 0xffef;
      return isHan ? before + String.fromCharCode(code) : all;
    },
  );
}

async function hash(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("")
    .slice(0, HASH_LENGTH);
}

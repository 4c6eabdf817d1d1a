/**
 * Builds the console into a folder: `deno run -A bridge/console/build.ts FOLDER`.
 * The page, its scripts and its style sheet get names with a hash of their
 * content, so that browsers may keep them for good; only `index.html` keeps its
 * name. `files.json` lists what there is.
 * @module
 */

const SOURCES = new URL("src/", import.meta.url);

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
    const scripts = new Map<string, Script>();
    for await (const { name } of Deno.readDir(folder)) {
      const text = writeHan(minifyStyles(
        await Deno.readTextFile(`${folder}/${name}`),
      ));
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
  const base = new Set<string>();
  const reach = (file: string) => {
    if (base.has(file) || !texts.has(file) || !/\.tsx?$/.test(file)) return;
    base.add(file);
    for (const [, to] of texts.get(file)!.matchAll(NEEDED)) {
      reach(resolve(file, to!));
    }
  };
  reach("main.tsx");
  const later = new Set<string>();
  for (const [file, text] of texts) {
    for (const [, to] of text.matchAll(LOADED)) later.add(resolve(file, to!));
  }
  base.delete("main.tsx");
  const imports = [...base].sort().map((file) => `import "./${file}";\n`);
  texts.set("base.ts", imports.join(""));
  texts.set("main.tsx", `import "./base.ts";\n${texts.get("main.tsx")}`);
  for (const file of later) {
    const up = "../".repeat(file.split("/").length - 1) || "./";
    texts.set(file, `import "${up}base.ts";\n${texts.get(file)}`);
  }
  for (const [file, text] of texts) {
    const to = new URL(file, copy);
    await Deno.mkdir(new URL(".", to), { recursive: true });
    await Deno.writeTextFile(to, text);
  }
  return copy.pathname.replace(/\/$/, "");
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

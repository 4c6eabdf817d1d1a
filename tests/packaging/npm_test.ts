import { assert, assertEquals, assertRejects } from "@std/assert";
import { blocksOf, linksOf } from "../docs/markdown.ts";
import { CHROMIUM, ChromiumPage } from "../support/chromium.ts";
import { DEMO_TOKEN, DemoBridge } from "../support/demo_bridge.ts";

Deno.test("npm: the package has its own page and works in a browser without a bundler", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
    const home = `${folder}/node_modules/@tqq/tqq`;
    await deno("build.ts", home);
    await Deno.stat(`${home}/lib/bridge_client/bridge_client.d.ts`);
    for (const left of ["lib/server/server.js", "bridge/mod.js"]) {
      await assertRejects(
        () => Deno.stat(`${home}/${left}`),
        Deno.errors.NotFound,
      );
    }
    for (const file of ["cloudflare.js", "assets/index.html"]) {
      await Deno.stat(`${home}/${file}`);
    }
    const page = await Deno.readTextFile(`${home}/README.md`);
    assert(page.split("\n").length <= 61);
    // A registry shows the page without the files beside it.
    assertEquals(linksOf(page).filter((link) => !/^https:/.test(link)), []);
    await t.step("its examples run", () => runExamples(page, folder));
    await t.step({
      name: "run in a browser",
      ignore: CHROMIUM === undefined,
      fn: () => runInBrowser(folder),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Runs one of the build's scripts; returns what it prints. */
async function deno(script: string, arg: string): Promise<string> {
  const folder = new URL("npm/", import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      `--config=${folder}deno.json`,
      folder + script,
      arg,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(text(stderr));
  return text(stdout);
}

/** Runs the blocks of the page with a bridge and a QQ server of our own. */
async function runExamples(page: string, folder: string): Promise<void> {
  await using demo = await DemoBridge.start();
  const { port } = demo.qq.listen({ port: 0 });
  const printed: string[] = [];
  for (
    const { text } of blocksOf(page).filter((one) => one.language === "js")
  ) {
    const file = `${folder}/${crypto.randomUUID()}.js`;
    await Deno.writeTextFile(
      file,
      text.replace("ws://127.0.0.1:8080/ws", demo.ws)
        .replace("YOUR-TOKEN", DEMO_TOKEN)
        .replace(":8000/", `:${port}/`),
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--allow-all", file],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    printed.push(out === "" ? err! : out!);
  }
  assertEquals(printed, [
    "hello\n",
    "你好\n",
    "VER=1.1&CMD=Login&SEQ=1&UIN=10010&PS=fe01ce2a7fbac8fafaed7c982a04e229&M5=1&LC=9326B87B234E7235\n",
  ]);
}

/** A page that imports the package by its name. */
const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<script type="importmap">
{"imports": {"@tqq/tqq": "/node_modules/@tqq/tqq/mod.js"}}
</script>
<script>
const tell = (why) => document.title = why;
addEventListener("error", ({ message }) => tell(message ?? "not loaded"), true);
addEventListener("unhandledrejection", ({ reason }) => tell(String(reason)));
</script>
<script type="module">
import { BridgeClient, decodeReply } from "@tqq/tqq";
const query = new URLSearchParams(location.search);
const [url, token] = [query.get("url"), query.get("token")];
const reply = "VER=1.1&CMD=Logout&SEQ=1&UIN=10001&RES=0";
const lines = [decodeReply(reply).cmd];
const bridge = new BridgeClient({ url, token });
await bridge.accounts();
const sent = bridge.send("10001", "10000", "from a browser");
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  lines.push(frame.data.text);
  break;
}
await sent;
await bridge.close();
tell(lines.join(" "));
</script>`;

async function runInBrowser(folder: string): Promise<void> {
  const files = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const isPage = pathname === "/";
      const type = isPage ? "text/html" : "text/javascript";
      return new Response(
        isPage ? PAGE : await Deno.readTextFile(folder + pathname),
        { headers: { "content-type": type } },
      );
    },
  );
  try {
    const origin = `http://127.0.0.1:${files.addr.port}`;
    await using demo = await DemoBridge.start({ allowOrigins: [origin] });
    const query = new URLSearchParams({ url: demo.ws, token: DEMO_TOKEN });
    await using page = await ChromiumPage.open(`${origin}/?${query}`);
    await page.until('document.title !== ""');
    assertEquals(
      await page.evaluate("document.title"),
      "Logout from a browser",
    );
  } finally {
    await files.shutdown();
  }
}

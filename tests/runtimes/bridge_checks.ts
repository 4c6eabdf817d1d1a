/** The bridge without files in each Deno that it supports. @module */

import type { PackageCheck } from "./package_checks.ts";

const root = new URL("../../", import.meta.url);

/** Starts a bridge over an embedded server, and prints what it answers when its account is online. */
const PROGRAM = `
import { createBridge } from "${new URL("bridge/mod.ts", root)}";
import { addDemo, createServer } from "${new URL("lib/server/mod.ts", root)}";
const server = createServer();
await addDemo(server);
const bridge = createBridge({
  accounts: [{ uin: "10001", password: "demo" }],
  endpoint: server.answer,
  token: "the-token-of-this-check",
});
bridge.start();
const get = (path) => bridge.fetch(new Request("http://127.0.0.1" + path));
for (let left = 500; left > 0 && !(await get("/readyz")).ok; left--) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const served = [(await get("/readyz")).status];
for (const path of ["/", "/mod.js", "/mod.ts"]) served.push((await get(path)).status);
await bridge.stop();
await server.close();
console.log(served.join());
`;

/** How long a check may take, in milliseconds. */
const CHECK_MS = 120_000;

function serves(version: string, name: string): PackageCheck {
  return {
    name: `Deno ${version}, bridge/mod.ts loads and serves`,
    async run({ folder, modules }) {
      const script = `${folder}/bridge_${name}.ts`;
      await Deno.writeTextFile(script, PROGRAM);
      const { stdout, stderr } = await new Deno.Command(
        `${modules}/${name}/deno`,
        {
          args: [
            "run",
            "--no-config",
            "--no-lock",
            "--no-check",
            "--node-modules-dir=none",
            "--allow-read",
            script,
          ],
          cwd: folder,
          env: { NO_COLOR: "1" },
          signal: AbortSignal.timeout(CHECK_MS),
        },
      ).output();
      const text = new TextDecoder().decode(stdout).trim();
      if (text === "200,200,200,200") return undefined;
      return `${text}${new TextDecoder().decode(stderr)}`;
    },
  };
}

/** The bridge in the oldest Deno that it supports, and in one between. */
export const BRIDGE_CHECKS: readonly PackageCheck[] = [
  serves("2.5.6", "deno-2.5"),
  serves("2.8.2", "deno-2.8"),
];

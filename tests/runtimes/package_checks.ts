/** What published packages are checked with: the npm package as it is packed and installed. @module */

import type { Artefacts } from "./runtimes.ts";

/** A check that is no runtime's. */
export interface PackageCheck {
  name: string;
  /** Returns what was wrong; undefined if nothing was. */
  run(artefacts: Artefacts): Promise<string | undefined>;
}

/** A program that uses the types of the package. */
const TYPED = `
import { BridgeClient, type EventFrame, QqClient } from "@tqq/tqq";
import { BridgeObject, bridgeWorker } from "@tqq/tqq/cloudflare";
import { md5Hex } from "@tqq/tqq/mod.min.js";
const bridge = new BridgeClient({ url: "ws://127.0.0.1/ws", token: md5Hex("t") });
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
export class Bridge extends BridgeObject<{ QQ_URL: string }> {
  override options(env: { QQ_URL: string }) {
    // @ts-expect-error: it is a text
    const wrong: number = env.QQ_URL;
    console.log(wrong);
    return { accounts: [], endpoint: env.QQ_URL, token: "t" };
  }
}
export default bridgeWorker("BRIDGE");
`;

/** How long a check may take, in milliseconds. */
const CHECK_MS = 120_000;

/** Runs a script of a package with a Node; returns its output if it fails. */
async function failure(
  { modules, project }: Artefacts,
  node: string,
  args: readonly string[],
): Promise<string | undefined> {
  const [script, ...rest] = args;
  const { stdout, stderr, success } = await new Deno.Command(
    `${modules}/${node}/bin/node`,
    {
      args: [`${modules}/${script}`, ...rest],
      cwd: project,
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(CHECK_MS),
    },
  ).output();
  if (success) return undefined;
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes))
    .join("");
}

function typeCheck(node: string, resolution: "node16" | "bundler") {
  return {
    name: `tsc --strict, ${resolution}, on ${node.replace("-", " ")}`,
    async run(artefacts: Artefacts) {
      const file = `${artefacts.project}/use_${node}_${resolution}.ts`;
      await Deno.writeTextFile(file, TYPED);
      return await failure(artefacts, node, [
        "typescript/bin/tsc",
        "--strict",
        "--noEmit",
        "--target",
        "es2022",
        "--lib",
        "esnext,dom,dom.iterable",
        "--module",
        resolution === "bundler" ? "esnext" : "node16",
        "--moduleResolution",
        resolution,
        file,
      ]);
    },
  };
}

/** Every check of the package. */
export const PACKAGE_CHECKS: readonly PackageCheck[] = [
  {
    name: "publint --strict",
    run: (artefacts) =>
      failure(artefacts, "node-22", [
        "publint/src/cli.js",
        "run",
        artefacts.npm,
        "--strict",
      ]),
  },
  {
    // There is no CommonJS, and TypeScript 4 is not supported.
    name: "attw --pack, ECMAScript modules",
    run: (artefacts) =>
      failure(artefacts, "node-22", [
        "@arethetypeswrong/cli/dist/index.js",
        "--pack",
        artefacts.npm,
        "--profile",
        "esm-only",
      ]),
  },
  ...["node-20.20", "node-22", "node-24"].flatMap((node) => [
    typeCheck(node, "node16"),
    typeCheck(node, "bundler"),
  ]),
];

/**
 * What the library weighs where it is sent over a wire: bundled, minified, and
 * compressed by gzip. `deno run -A tests/bench/size.bench.ts [--json]`
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { type Figure, table } from "./harness.ts";

const json = Deno.args.includes("--json");
const MOD = new URL("../../mod.ts", import.meta.url).href;

/** Maximum size of the core, in bytes. */
const GOAL = 8000;

const CODEC = "md5Hex, encodeCommand, decodeCommand, encodeReply, decodeReply";

/** Imports from `mod.ts`, and the maximum size of their bundle. */
const parts: [name: string, names: string, goal: number | null][] = [
  ["codec", `{ ${CODEC} }`, GOAL],
  ["codec and QqClient", `{ ${CODEC}, QqClient }`, GOAL],
  ["BridgeClient", "{ BridgeClient }", null],
  [
    "codec, QqClient and BridgeClient",
    `{ ${CODEC}, QqClient, BridgeClient }`,
    null,
  ],
  ["all of mod.ts", "*", null],
];

/** The minified bundle of an entry. */
async function bundle(entry: string): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    const source = `${folder}/entry.ts`;
    const output = `${folder}/bundle.js`;
    await Deno.writeTextFile(source, entry);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--no-lock", "--minify", "--output", output, source],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const rows: string[][] = [];
for (const [name, names, goal] of parts) {
  const bytes = await bundle(`export ${names} from "${MOD}";\n`);
  const weight = gzipSync(bytes, { level: 9 }).length;
  const figure: Figure = {
    name: `size, ${name}, gzip`,
    unit: "bytes",
    ours: weight,
    peer: goal,
    peerName: goal === null ? null : "goal",
    ratio: goal === null ? null : weight / goal,
    runs: { ours: [weight], peer: goal === null ? [] : [goal] },
  };
  if (json) console.log(JSON.stringify(figure));
  rows.push([
    name,
    String(bytes.length),
    String(weight),
    goal === null ? "" : String(goal),
  ]);
}
if (!json) {
  console.log(table(["bundle", "minified", "gzip", "goal"], rows));
}

/**
 * What the library weighs where it is sent over a wire: bundled, minified, and
 * compressed by gzip. `deno run -A tests/bench/size.bench.ts [--json]`
 *
 * @module
 */

import {
  bundleOf,
  gzipBytes,
  mostBytes,
  SIZE_BOUNDS,
} from "../packaging/sizes.ts";
import { type Figure, table } from "./harness.ts";

const json = Deno.args.includes("--json");

const rows: string[][] = [];
for (const [name, bound] of Object.entries(SIZE_BOUNDS)) {
  const bytes = await bundleOf(bound.names);
  const weight = gzipBytes(bytes);
  const most = mostBytes(bound);
  const figure: Figure = {
    name: `size, ${name}, gzip`,
    unit: "bytes",
    ours: weight,
    peer: most,
    peerName: "bound",
    ratio: weight / most,
    runs: { ours: [weight], peer: [most] },
  };
  if (json) console.log(JSON.stringify(figure));
  rows.push([name, String(bytes.length), String(weight), String(most)]);
}
if (!json) {
  console.log(table(["bundle", "minified", "gzip", "bound"], rows));
}

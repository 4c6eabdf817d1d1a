/**
 * A warm start: from starting the process to its ready line, on a data folder
 * that was used before.
 *
 * deno task bench:start [--json] [--rounds=7]
 *
 * @module
 */

import { Program } from "../support/program.ts";
import { argument, figureOf, plain, printFigures } from "./harness.ts";

const rounds = Number(argument("rounds", "7"));
const folder = Deno.makeTempDirSync();
Deno.chmodSync(folder, 0o700);
const startsMs: number[] = [];
try {
  // The first makes the folder, and warms the cache of modules.
  for (let round = -1; round < rounds; round++) {
    const startedAt = performance.now();
    await using program = new Program({
      args: [
        "serve",
        `--data=${folder}`,
        "--listen=127.0.0.1:0",
        "--qq-listen=127.0.0.1:0",
        "--log-format=json",
      ],
    });
    await program.ready();
    if (round >= 0) startsMs.push(performance.now() - startedAt);
    program.kill("SIGTERM");
    await program.output();
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}
const figure = figureOf("start, warm, to the ready line", "ms", startsMs);
if (Deno.args.includes("--json")) printFigures([figure]);
else {
  const [least, most] = [Math.min(...startsMs), Math.max(...startsMs)];
  console.log(
    `${figure.name}: ${plain(figure.ours)} ms (${plain(least)}-${plain(most)})`,
  );
}

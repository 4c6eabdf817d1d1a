/** `deno task soak:edge [SEED]`: 50 kills of workerd, 10 aborts and 10 deployments under 1,000 messages. @module */

import { crashWorker, type End } from "./crash_stage.ts";

const KILLS = 50;

const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
const ends = Array.from({ length: KILLS }, (_, index): End[] => {
  if (index % 5 === 1) return ["kill", "abort"];
  return index % 5 === 3 ? ["kill", "deployment"] : ["kill"];
}).flat();
const startedAt = performance.now();
const report = await crashWorker({ ends, messages: 1000, seed });
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(JSON.stringify({ seed, ends: ends.length, seconds, ...report }));
const { consumer, subscriber, epochs, lostCommands, doubledCommands } = report;
const faults = [
  ...Object.values(consumer),
  ...Object.values(subscriber),
  epochs - 1,
  lostCommands,
  doubledCommands,
];
Deno.exit(faults.every((count) => count === 0) ? 0 : 1);

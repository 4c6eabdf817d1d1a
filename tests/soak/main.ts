/** `deno task soak [SEED]`: what the tests run small, at full size. It takes hours. @module */

import { commandCrashes } from "./command_crashes.ts";
import { clusterCrashes } from "./cluster.ts";
import { manyConnects } from "./connects.ts";
import { crashes } from "./crashes.ts";
import { folders } from "./folders.ts";
import { manyInputs } from "./fuzz.ts";
import { hostile } from "./hostile.ts";
import { manyAccounts } from "./many_accounts.ts";
import { manySlowReaders } from "./slow_readers.ts";

const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
console.log(`seed ${seed}`);
const held = [
  await manyConnects(),
  await manySlowReaders(),
  await manyAccounts(),
  await crashes(seed),
  await commandCrashes(seed),
  await folders(seed),
  await clusterCrashes(seed),
  await manyInputs(seed),
  await hostile(),
];
Deno.exit(held.every((one) => one) ? 0 : 1);

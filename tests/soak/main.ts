/** `deno task soak [SEED]`: what the gate runs small, at full size. @module */

import { commandCrashes } from "./command_crashes.ts";
import { manyConnects } from "./connects.ts";
import { crashes } from "./crashes.ts";
import { folders } from "./folders.ts";
import { manyInputs } from "./fuzz.ts";
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
  await manyInputs(seed),
];
Deno.exit(held.every((one) => one) ? 0 : 1);

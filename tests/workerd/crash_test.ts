import { assert, assertEquals } from "@std/assert";
import { crashWorker } from "./crash_stage.ts";

// `deno task soak:edge` does the same with fifty kills and a thousand messages.
Deno.test("BridgeObject: delivers all messages once and in order through kills of workerd, an abort and a deployment", async () => {
  const whole = { missing: 0, doubled: 0, misplaced: 0, backward: 0, gaps: 0 };
  const { commands, ...report } = await crashWorker({
    ends: ["kill", "abort", "kill", "deployment", "kill", "kill"],
    messages: 80,
    seed: 2005,
  });
  assertEquals(report, {
    sent: 80,
    consumer: whole,
    subscriber: whole,
    epochs: 1,
    lostCommands: 0,
    doubledCommands: 0,
  });
  assert(commands > 0, "no command was done");
});

import { CommandError } from "../../../bridge/errors/command_error.ts";
import { COMMAND_NAMES, COMMANDS } from "../../../bridge/commands/table.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { CommandStage } from "../../support/command_stage.ts";
import { grantOf } from "../../support/fake_bridge.ts";

Deno.test("commands: the outcome of each command is reported once", async () => {
  const outcomes: string[] = [];
  const stage = await new CommandStage().start({
    onCommand: (name, code) => outcomes.push(`${name} ${code}`),
  });
  await stage.frames.state("10001", "online");
  const run = (command: BridgeCommandName, params: object, account?: string) =>
    stage.bridge.run(grantOf(), {
      command,
      params,
      ...(account === undefined ? {} : { account }),
    });
  const hi = { to: "10002", text: "hi" };
  await run("ping", {});
  await run("friends", {}, "10001");
  await run("send", hi, "10001");
  for (const account of [undefined, "77777"]) {
    await assertRejects(() => run("send", hi, account), CommandError);
  }
  await assertRejects(
    () => run("raw", { cmd: "GetMsgEx" }, "10001"),
    CommandError,
    "take the events instead",
  );
  assertEquals(outcomes, [
    "ping ok",
    "friends ok",
    "send ok",
    "send bad_params",
    "send unknown_account",
    "raw bad_params",
  ]);
  await stage.end();
});

Deno.test("commands: every row is of one kind, and has a summary", () => {
  const kinds = new Set(COMMAND_NAMES.map((name) => COMMANDS[name].kind));
  assertEquals([...kinds].sort(), ["local", "query", "session", "write"]);
  for (const name of COMMAND_NAMES) {
    assertEquals(/^[A-Z].*\.$/.test(COMMANDS[name].summary), true, name);
  }
});

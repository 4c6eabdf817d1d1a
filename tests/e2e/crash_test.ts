import { assert, assertEquals } from "@std/assert";
import { crashBridge, type CrashReport } from "../support/crash_stage.ts";
import { crashSubscriber } from "../support/crashed_subscriber.ts";

// `deno task soak` does the same fifty times and with two thousand messages.
const FEW = { ends: 5, messages: 200, accounts: 5, seed: 2005 } as const;

function assertWhole(report: CrashReport, least: number): void {
  const { sent, missing, doubled, misplaced, backward, gaps, replaced } =
    report;
  assertEquals(
    { missing, doubled, misplaced, backward, gaps, replaced },
    { missing: 0, doubled: 0, misplaced: 0, backward: 0, gaps: 0, replaced: 0 },
  );
  assert(sent >= least, `${sent} messages were sent`);
}

Deno.test("kill -9 of the bridge: delivers all messages once and in order, with the QQ server elsewhere", async () => {
  const report = await crashBridge({
    ...FEW,
    signal: "SIGKILL",
    server: "outer",
  });
  assertWhole(report, FEW.messages);
});

Deno.test("kill -9 of the bridge: delivers all messages once and in order, with the embedded server", async () => {
  const report = await crashBridge({
    ...FEW,
    signal: "SIGKILL",
    server: "embedded",
  });
  assertWhole(report, FEW.messages);
});

for (const victim of ["subscriber", "both"] as const) {
  const who = victim === "both" ? "of the bridge and " : "";
  Deno.test(`kill -9 ${who}of a subscriber that names itself: all arrive, once, in order, and acknowledgements are kept`, async () => {
    const report = await crashSubscriber({ ...FEW, victim });
    assertWhole(report, FEW.messages);
    assert(report.checkedStored > 0, "no acknowledgement was stored");
    // The soak counts from when they were sent, too: a loaded machine may take
    // longer to store them.
    assertEquals(report.forgottenStored, 0);
  });
}

Deno.test("SIGTERM: loses nothing and exits with 0, at a server without keys", async () => {
  const report = await crashBridge({
    ...FEW,
    ends: 3,
    signal: "SIGTERM",
    server: "outer",
    keys: false,
  });
  assertWhole(report, FEW.messages);
  assertEquals(report.codes, [0, 0, 0, 0]);
});

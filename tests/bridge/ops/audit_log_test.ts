import type { AuditEntry } from "../../../bridge/access/audit.ts";
import { AuditLog, MAX_REFUSALS } from "../../../bridge/ops/audit_log.ts";
import type { LogFields } from "../../../bridge/ops/log.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

function refusal(id: string, reason = "forbidden"): AuditEntry {
  return { message: "command refused", actor: { id, name: "n" }, reason };
}

class Stage {
  readonly clock = new FakeClock();
  readonly lines: unknown[][] = [];
  readonly audit = new AuditLog({
    info: (message: string, fields: LogFields = {}) => {
      const { actor, reason, count } = fields;
      this.lines.push([message, actor, reason, count]);
    },
  }, this.clock);
}

Deno.test("AuditLog.addRefusal() logs the first at once, and the count of the rest after a minute", async () => {
  const { audit, clock, lines } = new Stage();
  for (let n = 0; n < 5; n++) audit.addRefusal(refusal("a"));
  audit.addRefusal(refusal("a", "unknown_account"));
  audit.addRefusal(refusal("b"));
  assertEquals(lines.splice(0), [
    ["command refused", "a", "forbidden", undefined],
    ["command refused", "a", "unknown_account", undefined],
    ["command refused", "b", "forbidden", undefined],
  ]);
  await clock.advance(60_000);
  assertEquals(lines.splice(0), [["command refused", "a", "forbidden", 4]]);
  audit.addRefusal(refusal("a"));
  audit.addRefusal(refusal("a"));
  assertEquals(lines.length, 1);
  audit.close();
  assertEquals([lines.length, clock.pending], [2, 0]);
});

Deno.test("AuditLog.addRefusal() counts 10,000 actors at once", () => {
  const { audit, lines } = new Stage();
  for (let n = 0; n < MAX_REFUSALS + 5; n++) audit.addRefusal(refusal(`${n}`));
  assertEquals(lines.length, MAX_REFUSALS);
  audit.close();
});

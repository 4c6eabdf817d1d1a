import { checkCopies } from "../../../bridge/cli/commands/doctor.ts";
import { assertEquals } from "../../deps.ts";

Deno.test("doctor: says where copies made by hand are not recognised", () => {
  assertEquals(checkCopies("journal.db", () => "1 2"), []);
  const [finding] = checkCopies("journal.db", () => undefined);
  assertEquals([finding!.outcome, finding!.about], [
    "skipped",
    "restored copies",
  ]);
});

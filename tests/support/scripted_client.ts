import { QqClient, type QqClientOptions } from "../../mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { ScriptedTransport } from "./scripted_transport.ts";

/** A client over a script, with a fake clock and no jitter: `random` gives 0. */
export function scripted(
  script: ConstructorParameters<typeof ScriptedTransport>[1],
  options: Partial<QqClientOptions> = {},
): { client: QqClient; clock: FakeClock; transport: ScriptedTransport } {
  const clock = new FakeClock();
  const transport = new ScriptedTransport(clock, script);
  const client = new QqClient({
    uin: "10001",
    passwordMd5: "fe01ce2a7fbac8fafaed7c982a04e229",
    transport,
    clock,
    random: () => 0,
    ...options,
  });
  return { client, clock, transport };
}

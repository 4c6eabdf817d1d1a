import { type Gateway, openGateway } from "../../bridge/cli/program/gateway.ts";
import { MemoryTokenStore } from "../../bridge/access/token_store.ts";
import { parseConfig } from "../../bridge/config/config.ts";
import { createLog } from "../../bridge/ops/log.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { ListedAccounts } from "./bridge_fixture.ts";
import type { FakeBridge } from "./fake_bridge.ts";

/** Opens the program's gateway on a free port, before a bridge that logs nobody in. */
export function openFakeGateway(
  { journal }: FakeBridge,
  { log = createLog({ write: () => {} }), tokens = new MemoryTokenStore() } =
    {},
): Promise<Gateway> {
  const config = parseConfig("serve", {
    args: ["--listen=127.0.0.1:0", "--memory"],
    env: () => undefined,
    readFile: () => "",
  });
  if ("asked" in config) throw new TypeError("nothing was asked");
  return openGateway({
    config,
    log,
    bridge: {
      journal,
      accounts: new ListedAccounts(),
      transport: () => {
        throw new Error("no account logs in here");
      },
    },
    metrics: new Metrics("0"),
    tokens,
    localToken: undefined,
  });
}

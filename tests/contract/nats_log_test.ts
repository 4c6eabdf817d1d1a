import { delay } from "@std/async";
import { NatsServers, natsTest, natsVersion } from "../support/nats_servers.ts";
import { NatsStage, until } from "../support/nats_stage.ts";
import { testReplicatedLog } from "./replicated_log_suite.ts";

let servers: NatsServers;

Deno.test.beforeAll(async () => {
  if (natsVersion !== undefined) servers = await NatsServers.start();
});
Deno.test.afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
});

testReplicatedLog("NatsLog", async () => {
  const stage = await NatsStage.open(servers);
  const [direct] = stage.logs;
  return {
    connect: () => stage.connect(),
    run: (promise) => promise,
    until: (isDone) => until(isDone),
    pass: () => delay(100),
    setCut: (isCut) => stage.setCut(isCut),
    setFull: (isFull) => direct!.setMaxBytes(isFull ? 2000 : 100_000_000),
    close: () => stage.close(),
  };
}, natsTest);

import { assert, assertEquals } from "@std/assert";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { FencedTransport } from "../../../bridge/cluster/members/fenced_transport.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import { QqClient, type Transport, TransportError } from "../../../mod.ts";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../support/bridge_fixture.ts";

/** Two nodes with one journal and one QQ server, of which one drives 10001. */
async function stage(honoursKeys = true) {
  const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const commands: string[] = [];
  const answers = new AnswerTransport(server.answer);
  const transport: Transport = {
    async post(request) {
      commands.push(/CMD=(\w+)/.exec(request.body)?.[1] ?? "");
      if (honoursKeys) return await answers.post(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) =>
          name.toLowerCase() !== "idempotency-key"
        ),
      );
      return await answers.post({ ...request, headers });
    },
  };
  const journal = new MemoryJournal();
  const accounts = new ListedAccounts(demoAccount("10001"));
  let driver = "a";
  const nodes = Object.fromEntries(
    ["a", "b"].map((name) => {
      const bridge = new Bridge({
        journal,
        accounts,
        transport: () => new FencedTransport(transport, () => driver === name),
        drives: () => driver === name,
      });
      bridge.start();
      return [name, bridge];
    }),
  ) as Record<"a" | "b", Bridge>;
  const frames = new Frames(journal);
  await frames.state("10001", "online");
  const friend = new QqClient({
    uin: "10002",
    password: "demo",
    transport: new AnswerTransport(server.answer),
  });
  await friend.login();
  return {
    ...nodes,
    commands,
    frames,
    friend,
    accounts,
    drive: (name: string) => driver = name,
    async close() {
      await friend.close();
      await nodes.a!.stop();
      await nodes.b!.stop();
      await server.close();
    },
  };
}

for (const honoursKeys of [true, false]) {
  Deno.test(`UpstreamSupervisor.release: hands an account over without logging out when the server ${honoursKeys ? "honours" : "ignores"} keys`, async () => {
    const on = await stage(honoursKeys);
    await on.friend.send("10001", "1");
    await on.frames.first("message", ({ data }) => data.text === "1");
    const sent = on.commands.length;
    const released = on.a.upstreams.release(["10001"]);
    await on.friend.send("10001", "2");
    await released;
    assertEquals(on.a.upstreams.find("10001"), undefined);
    on.drive("b");
    on.b.upstreams.acquire(["10001"]);
    await on.friend.send("10001", "3");
    await on.frames.first("message", ({ data }) => data.text === "3");
    assertEquals(
      on.frames.all("message").map(({ data }) => data.text),
      ["1", "2", "3"],
    );
    assert(!on.commands.slice(sent).includes("Logout"), "it logged out");
    const states = on.frames.all("account.state").map(({ data }) => data.state);
    assert(
      !states.includes("offline") && !states.includes("replaced"),
      `${states}`,
    );
    await on.close();
  });
}

Deno.test("UpstreamSupervisor.acquire: opens no account that another node drives", async () => {
  const on = await stage();
  on.b.upstreams.acquire(["10001"]);
  await on.friend.send("10001", "1");
  await on.frames.first("message", ({ data }) => data.text === "1");
  assertEquals(on.b.upstreams.find("10001"), undefined);
  await on.close();
});

Deno.test("UpstreamSupervisor.refresh: opens, reopens and closes an account as another node changed it", async () => {
  const on = await stage();
  const first = on.a.upstreams.find("10001");
  on.a.upstreams.refresh("10001");
  await on.friend.send("10001", "1");
  await on.frames.first("message", ({ data }) => data.text === "1");
  assert(on.a.upstreams.find("10001") === first, "it was reopened");
  on.accounts.put(demoAccount("10001", "other"));
  on.a.upstreams.refresh("10001");
  await on.frames.state("10001", "refused");
  on.accounts.remove("10001");
  on.a.upstreams.refresh("10001");
  while (on.a.upstreams.find("10001") !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  on.accounts.put(demoAccount("10001"));
  on.a.upstreams.refresh("10001");
  await on.friend.send("10001", "2");
  await on.frames.first("message", ({ data }) => data.text === "2");
  await on.close();
});

Deno.test("FencedTransport.post: sends nothing without a lease, and says that it was not sent", async () => {
  let mayAct = true;
  let sent = 0;
  const transport = new FencedTransport({
    post: () => Promise.resolve(void sent++ as never),
  }, () => mayAct);
  const request = {} as Parameters<Transport["post"]>[0];
  await transport.post(request);
  mayAct = false;
  const error = await transport.post(request).catch((error) => error);
  assert(error instanceof TransportError);
  assertEquals([error.kind, error.cause !== undefined, sent], [
    "unreachable",
    true,
    1,
  ]);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { nkeys } from "../../../../bridge/cluster/nats/deps.ts";
import { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../../../bridge/cluster/nats/nats_log.ts";
import { NatsRpc } from "../../../../bridge/cluster/nats/nats_rpc.ts";
import { collect } from "../../../contract/replicated_log_suite.ts";
import { NatsServers, natsTest } from "../../../support/nats_servers.ts";
import { until } from "../../../support/nats_stage.ts";

const conf = await Deno.readTextFile(
  new URL("../../../../bridge/cluster/nats.conf", import.meta.url),
);

natsTest(
  "nats.conf: its permissions suffice for a node, and refuse others",
  async () => {
    const user = nkeys.createUser();
    const accounts = conf.slice(conf.indexOf("accounts {"))
      .replace(
        "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4",
        user.getPublicKey(),
      );
    await using servers = await NatsServers.start({
      count: 1,
      settings: accounts,
    });
    const credentials = user.getSeed();
    let link: NatsLink | undefined;
    await until(async () => {
      link = await NatsLink.connect({ servers: servers.urls, credentials })
        .catch(() => undefined);
      return link !== undefined;
    }, "the server");
    await assertRejects(() => NatsLink.connect({ servers: servers.urls }));
    const log = new NatsLog(link!, "tqq");
    await until(
      () =>
        log.create({ replicas: 1, maxBytes: 200_000_000 }).then(
          () => true,
          () => false,
        ),
      "the stream",
    );
    assert(await log.found(new Uint8Array([1])));
    // More than the server sends without an answer to its flow control.
    const count = 120;
    for (let number = 1; number <= count; number++) {
      await log.append(new Uint8Array(200_000), `a.${number}`);
    }
    const follower = await collect(log);
    await until(() => follower.records.length === count + 1, "all records");
    const rpc = new NatsRpc(link!, "tqq");
    const stop = rpc.serve("b", (request) => Promise.resolve(request));
    assertEquals(
      await rpc.call("b", new Uint8Array([7]), 1000),
      new Uint8Array([7]),
    );
    stop();
    await log.purge(follower.records[5]!.index);
    assertEquals(await log.first(), follower.records[6]!.index);
    await assertRejects(() =>
      new NatsLog(link!, "other").append(new Uint8Array([1]), "x")
    );
    await log.close();
  },
);

type Key = ReturnType<typeof nkeys.createUser>;

/** Signs claims as `nsc` does. */
function jwtOf(issuer: Key, subject: Key, claims: object): string {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const encode = (part: Uint8Array) =>
    part.toBase64({ alphabet: "base64url", omitPadding: true });
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, {
    jti: "1",
    iat: 1,
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "tqq",
    nats: { version: 2, ...claims },
  }].map((part) => encode(bytes(JSON.stringify(part)))).join(".");
  return `${text}.${encode(issuer.sign(bytes(text)))}`;
}

natsTest("NatsLink.connect: takes a credentials file of nsc", async () => {
  const operator = nkeys.createOperator();
  const [system, account] = [nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const all = { subs: -1, data: -1, payload: -1 };
  const limits = {
    ...all,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
    wildcards: true,
  };
  const stored = { mem_storage: -1, disk_storage: -1, streams: -1 };
  const accounts = [
    [system, limits],
    [account, { ...limits, ...stored, consumer: -1 }],
  ] as const;
  await using servers = await NatsServers.start({
    count: 1,
    settings: `operator: ${jwtOf(operator, operator, { type: "operator" })}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: { ${
      accounts.map(([key, limits]) =>
        `${key.getPublicKey()}: ${
          jwtOf(operator, key, { type: "account", limits })
        }`
      ).join(", ")
    } }`,
  });
  const text = `-----BEGIN NATS USER JWT-----
${jwtOf(account, user, { type: "user", ...all })}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------
`;
  const credentials = new TextEncoder().encode(text);
  const log = new NatsLog(
    await NatsLink.connect({ servers: servers.urls, credentials }),
    "tqq",
  );
  await log.create({ replicas: 1, maxBytes: 1_000_000 });
  assert(await log.found(new Uint8Array([1])));
  await log.close();
  await assertRejects(() => NatsLink.connect({ servers: servers.urls }));
});

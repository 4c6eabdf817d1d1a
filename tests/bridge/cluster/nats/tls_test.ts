import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { nkeys } from "../../../../bridge/cluster/nats/deps.ts";
import { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import {
  CLUSTER_PROGRAM,
  ClusterStage,
} from "../../../support/cluster_stage.ts";
import { natsTest } from "../../../support/nats_servers.ts";
import { until } from "../../../support/nats_stage.ts";
import { Program } from "../../../support/program.ts";
import { Relay } from "../../../support/relay.ts";
import { TLS } from "../../../support/tls.ts";

const conf = await Deno.readTextFile(
  new URL("../../../../bridge/cluster/nats.conf", import.meta.url),
);

Deno.test("NatsLink.connect: sends nothing to a server without TLS when a URL is tls:", async () => {
  const received: number[] = [];
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using client = await listener.accept();
    const info = { server_id: "x", version: "2.10.27", proto: 1 };
    await client.write(
      new TextEncoder().encode(
        `INFO ${JSON.stringify({ ...info, max_payload: 1048576 })}\r\n`,
      ),
    );
    const buffer = new Uint8Array(1000);
    for (let count; (count = await client.read(buffer)) !== null;) {
      received.push(count);
      await client.write(new TextEncoder().encode("PONG\r\n"));
    }
  })();
  await assertRejects(
    () =>
      NatsLink.connect({ servers: [`tls://127.0.0.1:${listener.addr.port}`] })
        .then((link) => link.close()),
    Error,
    "tls",
  );
  await serving;
  assertEquals(received, []);
});

natsTest(
  "tqq serve --cluster tls://: with an nkey of nats.conf, nothing is readable on the wire or in the files of NATS, and only the right certificate is accepted",
  async () => {
    const folder = await Deno.makeTempDir();
    const file = (name: string) => `${folder}/${name}`;
    const user = nkeys.createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    for (
      const [name, text] of [
        ["ca.pem", TLS.ca],
        ["cert.pem", TLS.cert],
        ["key.pem", TLS.key],
        ["creds", `${seed}\n`],
      ] as const
    ) await Deno.writeTextFile(file(name), text);
    const accounts = conf.slice(conf.indexOf("accounts {")).replace(
      "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4",
      user.getPublicKey(),
    );
    let wire = "";
    const latin = new TextDecoder("latin1");
    try {
      await using stage = await ClusterStage.start({
        nodes: ["a"],
        scheme: "tls",
        natsSettings: `tls { cert_file: "${file("cert.pem")}", key_file: "${
          file("key.pem")
        }" }\n${accounts}`,
        hasRelays: true,
        onChunk: (chunk) => wire += latin.decode(chunk),
        settings: {
          NODE_EXTRA_CA_CERTS: file("ca.pem"),
          TQQ_CLUSTER_CREDS_FILE: file("creds"),
        },
      });
      await stage.addAccount("a", "10001");
      await until(() => stage.ownerOf("10001") !== undefined, "online");
      const text = "a text that nobody must read";
      await stage.command("a", "send", { account: "10001", to: "10002", text });
      assert(wire.length > 10_000, `${wire.length} bytes`);
      const [server] = stage.servers.names;
      const files = await textOf(stage.servers.storeDirOf(server!));
      for (const secret of [text, seed, stage.token, "demo"]) {
        assert(!wire.includes(secret), `${secret} is on the wire`);
        assert(!files.includes(secret), `${secret} is in the files of NATS`);
      }
      // The greeting of the server is all that precedes TLS.
      assertEquals(wire.match(/CONNECT|tqq\.tqq|\$JS/g), null);

      using other = new Relay(stage.servers.portOf(server!), {
        hostname: "127.0.0.2",
      });
      const { NODE_EXTRA_CA_CERTS: _, ...withoutCa } = stage.env;
      const { port: ownPort } = new URL(stage.servers.urls[0]!);
      const cases: [string, Record<string, string>, RegExp][] = [
        [`127.0.0.1:${ownPort}`, withoutCa, /unable to verify/],
        [`127.0.0.2:${other.port}`, stage.env, /IP: 127\.0\.0\.2 is not/],
      ];
      for (const [url, env, error] of cases) {
        await using program = new Program({
          command: CLUSTER_PROGRAM,
          args: [
            "cluster",
            "status",
            `--cluster=tls://${url}`,
            `--data=${stage.folder}/a`,
          ],
          env,
        });
        const { code, stderr } = await program.output();
        assertEquals([code, stderr.trim().split("\n").length], [2, 1], stderr);
        assertMatch(stderr, error);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** Content of all files of a folder. */
async function textOf(folder: string): Promise<string> {
  let text = "";
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    text += entry.isDirectory
      ? await textOf(path)
      : new TextDecoder("latin1").decode(await Deno.readFile(path));
  }
  return text;
}

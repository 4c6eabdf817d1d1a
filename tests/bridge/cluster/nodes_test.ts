import { DatabaseSync } from "node:sqlite";
import { NatsLink } from "../../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../../bridge/cluster/nats/nats_log.ts";
import { assert, assertEquals } from "@std/assert";
import { ClusterStage } from "../../support/cluster_stage.ts";
import { natsTest } from "../../support/nats_servers.ts";
import { until } from "../../support/nats_stage.ts";
import type { BridgeClient, EventFrame, GapFrame } from "../../../mod.ts";

const UINS = ["10001", "10002"] as const;

/** Texts of all messages that a client at a node receives. */
function listen(client: BridgeClient) {
  const texts: string[] = [];
  const gaps: GapFrame[] = [];
  const seqs: number[] = [];
  const done = (async () => {
    for await (const frame of client as AsyncIterable<EventFrame | GapFrame>) {
      if (frame.type === "gap") gaps.push(frame);
      else if (frame.event === "message") {
        seqs.push(frame.seq);
        texts.push(frame.data.text);
      }
    }
  })();
  done.catch(() => {});
  return { texts, gaps, seqs, done };
}

/** Sends a text with its own key through a node, again until a node did it. */
async function sendKeyed(
  stage: ClusterStage,
  names: readonly string[],
  from: string,
  to: string,
  text: string,
): Promise<number> {
  for (let nth = 0;; nth++) {
    try {
      const { seq } = await stage.command<{ seq: number }>(
        names[nth % names.length]!,
        "send",
        { account: from, to, text },
        { "idempotency-key": text },
      );
      return seq;
    } catch (error) {
      if (nth > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

natsTest(
  "tqq serve --cluster: every node serves every account, also after the node that drove it was killed",
  async () => {
    await using stage = await ClusterStage.start();
    for (const uin of UINS) await stage.addAccount("a", uin);
    await until(
      () => UINS.every((uin) => stage.ownerOf(uin) !== undefined),
      "the accounts are online",
    );
    const clients = ["a", "b"].map((name) => stage.client(name));
    const heard = clients.map(listen);
    await until(() => clients.every(({ status }) => status.state === "open"));
    const sent: string[] = [];
    const send = async (through: readonly string[]) => {
      const text = `message ${sent.length}`;
      const [from, to] = sent.length % 2 === 0 ? UINS : [UINS[1], UINS[0]];
      sent.push(text);
      return await sendKeyed(stage, through, from, to, text);
    };
    for (const name of ["a", "b", "a", "b"]) await send([name]);
    await until(
      () => heard.every(({ texts }) => texts.length === 4),
      "messages",
    );
    assertEquals(heard.map(({ texts }) => texts), [sent, sent]);
    assertEquals(heard[0]!.seqs, heard[1]!.seqs);

    const { token, id } = await stage.command<{ token: string; id: string }>(
      "a",
      "createToken",
      { name: "guest", scopes: ["read"] },
    );
    const guest = stage.client("b", { token });
    listen(guest);
    await until(() => guest.status.state === "open", "the guest");
    await stage.command("a", "revokeToken", { id });
    // On the other node its connection ends for good.
    assertEquals((await guest.closed())?.code, "forbidden");

    const readers = ["a", "b"].map((name) =>
      stage.client(name, { consumer: "reader" })
    ) as [BridgeClient, BridgeClient];
    listen(readers[0]);
    await until(() => readers[0].status.state === "open", "the first reader");
    listen(readers[1]);
    // The second one takes the name on the other node.
    assertEquals((await readers[0].closed())?.closeCode, 4009);
    await readers[1].close();

    const victim = stage.ownerOf("10001")!;
    const other = victim === "a" ? "b" : "a";
    const at = performance.now();
    await stage.end(victim, "SIGKILL");
    const seq = await send([other]);
    assert(performance.now() - at < 15_000, "taken over too late");
    assert(seq > 0);
    for (let nth = 0; nth < 4; nth++) await send([other]);
    const ear = heard[["a", "b"].indexOf(other)]!;
    await until(() => ear.texts.length === sent.length, "messages afterwards");
    assertEquals(ear.texts, sent);
    assertEquals(ear.gaps, []);

    await stage.startNode(victim);
    await until(() => stage.ownerOf("10001") !== undefined);
    const handedAt = performance.now();
    await stage.end(other, "SIGTERM");
    await send([victim]);
    assert(performance.now() - handedAt < 15_000, "handed over too late");
    const expected = sent.filter((_, nth) => nth % 2 === 1);
    let history: string[] = [];
    // The last message can be on its way to the account still.
    await until(async () => {
      const { events } = await stage.command<{ events: EventFrame[] }>(
        victim,
        "history",
        { account: "10001", limit: 100 },
      );
      history = events.flatMap((event) =>
        event.event === "message" ? [event.data.text] : []
      );
      return history.length >= expected.length;
    }, "the history");
    assertEquals(history, expected);
    for (const client of clients) await client.close();
  },
);

natsTest(
  "tqq serve --cluster: reports the cluster in metrics, that its log does not answer, and a takeover",
  async () => {
    await using stage = await ClusterStage.start();
    for (const uin of UINS) await stage.addAccount("a", uin);
    await until(() => UINS.every((uin) => stage.ownerOf(uin) !== undefined));
    for (const name of ["a", "b"]) {
      await stage.command(name, "friends", { account: UINS[0] });
    }
    const get = async (path: string, name = "a") => {
      const response = await fetch(stage.http(name) + path, {
        headers: { authorization: `Bearer ${stage.token}` },
      });
      return [response.status, await response.text()] as const;
    };
    const [, metrics] = await get("/metrics");
    const valueOf = (text: string, name: string) =>
      Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
    assertEquals(valueOf(metrics, "tqq_cluster_members"), 2);
    const shards = valueOf(metrics, "tqq_cluster_shards_owned");
    assert(shards > 50 && shards < 206, `${shards} shards`);
    assert(valueOf(metrics, "tqq_cluster_applied_index") > 5);
    // One of the two asked the other.
    const calls = 'tqq_cluster_calls_total\\{outcome="ok"\\}';
    const [, others] = await get("/metrics", "b");
    assertEquals(
      [metrics, others].map((text) => valueOf(text, calls) || 0).sort(),
      [0, 1],
    );
    await until(async () => (await get("/readyz"))[0] === 200, "ready");
    const [server] = stage.servers.names;
    await stage.servers.kill(server!);
    await until(async () => {
      const [status, text] = await get("/readyz");
      return status === 503 && text.includes("cluster_disconnected");
    }, "the lease ends");
    await until(
      async () =>
        valueOf((await get("/metrics"))[1], "tqq_cluster_lapses_total") > 0,
      "the lapse is counted",
    );
    stage.servers.start(server!);
    await until(async () => (await get("/readyz"))[0] === 200, "ready again");
    await stage.end("b", "SIGKILL");
    await until(
      async () =>
        valueOf((await get("/metrics"))[1], "tqq_cluster_takeovers_total") > 0,
      "the takeover is counted",
    );
    await until(
      async () =>
        valueOf((await get("/metrics"))[1], "tqq_cluster_lag_records") === 0,
      "everything is applied",
    );
    const [, last] = await get("/metrics");
    assert(valueOf(last, "tqq_cluster_renewals_total") > 0, last);
    assert(valueOf(last, "tqq_cluster_append_seconds_count") > 5, last);
  },
);

natsTest(
  "tqq serve --cluster: refuses what a node cannot have, in one line and with exit code 2",
  async () => {
    await using stage = await ClusterStage.start({ nodes: ["a"] });
    const serve = [
      "serve",
      "--listen=127.0.0.1:0",
      `--upstream=${stage.upstream}`,
    ];
    const cases: [
      args: string[],
      node: string,
      env: Record<string, string>,
      error: RegExp,
    ][] = [
      [serve, "b", {}, /needs TQQ_SECRET_KEY/],
      [
        serve,
        "b",
        { TQQ_SECRET_KEY: "another-secret-key-than-that" },
        /TQQ_SECRET_KEY is not the key/,
      ],
      [["serve", "--listen=127.0.0.1:0"], "c", stage.env, /needs --upstream/],
      [
        [...serve, "--cluster-name=other"],
        "c",
        stage.env,
        /not founded yet\. Run `tqq cluster init`/,
      ],
      [["cluster", "init", "--replicas=1"], "a", stage.env, /data folder/],
    ];
    for (const [args, name, env, error] of cases) {
      const { code, stderr } = await stage.run(args, name, { env });
      const lines = stderr.trim().split("\n");
      assertEquals(
        [code, lines.length, error.test(stderr)],
        [2, 1, true],
        stderr,
      );
    }
    const doctor = async (key: string) => {
      const { stdout, code } = await stage.run(
        ["doctor", "--json", ...serve.slice(1), ...stage.flagsOf("d")],
        "d",
        { env: { TQQ_SECRET_KEY: key } },
      );
      const findings = stdout.trim().split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
      const of = (about: string) =>
        findings.filter((finding) => finding["about"] === about)
          .map(({ outcome, found }) => `${outcome}: ${found}`).join();
      return { code, cluster: of("cluster"), log: of("cluster log") };
    };
    const right = await doctor(stage.env["TQQ_SECRET_KEY"]!);
    assertEquals(right.cluster, "wrong: one copy of each record");
    assert(/^ok: \d+ of 500000000 bytes$/.test(right.log), right.log);
    const wrong = await doctor("another-secret-key-than-that");
    assert(
      /^wrong: .*TQQ_SECRET_KEY is not/.test(wrong.cluster),
      wrong.cluster,
    );
    assertEquals([right.code, wrong.code], [1, 1]);
    await stage.end("a", "SIGTERM");
    const alone = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        new URL("../../../bridge/main.ts", import.meta.url).pathname,
        "--listen=127.0.0.1:0",
        "--qq-listen=off",
        `--data=${stage.folder}/a`,
      ],
      env: stage.env,
    }).output();
    assertEquals(alone.code, 2);
    assert(
      /belongs to cluster tqq, so --cluster must be set/.test(
        new TextDecoder().decode(alone.stderr),
      ),
    );
  },
);

natsTest(
  "tqq cluster: a single bridge's folder becomes a cluster's and back, with its tokens, accounts, events and positions",
  async () => {
    let token = "";
    await using stage = await ClusterStage.start({
      nodes: ["a"],
      async prepare(stage) {
        for (const uin of UINS) await stage.addAccount("a", uin);
        const made = await stage.run(["token", "add", "old"], "a");
        stage.token = token = made.stdout.trim();
        await stage.startAlone("a");
        await until(() => stage.ownerOf("10001") !== undefined);
        await sendKeyed(stage, ["a"], "10001", "10002", "alone");
        await stage.end("a", "SIGTERM");
      },
    });
    // The token of the folder opens the cluster, so `cluster init` made no other.
    assertEquals(stage.token, "");
    stage.token = token;
    const textsAt = async (name: string) => {
      const { events } = await stage.command<{ events: EventFrame[] }>(
        name,
        "history",
        { account: "10002", limit: 100 },
      );
      return events.flatMap((event) =>
        event.event === "message" ? [event.data.text] : []
      );
    };
    await until(() => stage.ownerOf("10001") !== undefined);
    await stage.startNode("b", ["--cluster-log-bytes=400MB"]);
    await sendKeyed(stage, ["b"], "10001", "10002", "in the cluster");
    await until(
      async () => (await textsAt("b")).length === 2,
      "b has what happened before",
    );
    assertEquals(await textsAt("b"), ["alone", "in the cluster"]);
    await stage.command("a", "setTarget", {
      kind: "hook",
      url: "http://127.0.0.1:9/hook",
      enabled: false,
    });
    const targetsAt = async (name: string) =>
      (await stage.command<{ targets: { url: string }[] }>(name, "targets", {}))
        .targets.map(({ url }) => url);
    await until(async () => (await targetsAt("b")).length === 1, "the target");
    const consumer = stage.client("a", { consumer: "reader" });
    const heard = listen(consumer);
    await until(() => consumer.status.state === "open");
    await sendKeyed(stage, ["a"], "10001", "10002", "to the reader");
    await until(() => heard.texts.includes("to the reader"));
    await consumer.close();
    const unreadAt = async (name: string) => {
      const { conversations } = await stage.command<
        { conversations: { unread: number }[] }
      >(name, "conversations", {});
      return conversations.reduce((sum, { unread }) => sum + unread, 0);
    };
    await until(async () => await unreadAt("b") === 3, "unread");
    const upTo = Number.MAX_SAFE_INTEGER;
    await stage.command("a", "markRead", { account: "10002", upTo });
    await until(async () => await unreadAt("b") === 0, "the mark");
    const status = await stage.run(["cluster", "status", "--json"], "a");
    const state = JSON.parse(status.stdout);
    assertEquals([status.code, state.unowned, state.members.length], [0, 0, 2]);
    assertEquals(state.log.maxBytes, 400_000_000);
    await stage.end("b", "SIGTERM");
    await stage.end("a", "SIGTERM");
    const left = await stage.run(["cluster", "leave", "--last"], "a");
    assertEquals(left.code, 0, left.stderr);
    using journal = new DatabaseSync(stage.journalPath("a"), {
      readOnly: true,
    });
    const kept = journal.prepare(
      "SELECT name FROM meta WHERE name IN ('applied', 'chain', 'log_created')",
    ).all();
    assertEquals(kept, []);
    await stage.startAlone("a");
    assertEquals(await targetsAt("a"), ["http://127.0.0.1:9/hook"]);
    assertEquals(await unreadAt("a"), 0);
    assertEquals(await textsAt("a"), [
      "alone",
      "in the cluster",
      "to the reader",
    ]);
    await until(async () => {
      const { consumers } = await stage.command<{ consumers: object[] }>(
        "a",
        "consumers",
        {},
      );
      return consumers.length === 1;
    }, "the consumer's position");
  },
);

natsTest(
  "tqq cluster rebuild: founds a log that lost everything anew, with the epoch of before if all members have no more",
  async () => {
    await using stage = await ClusterStage.start();
    for (const uin of UINS) await stage.addAccount("a", uin);
    await until(() => UINS.every((uin) => stage.ownerOf(uin) !== undefined));
    const texts: string[] = [];
    const send = async (name: string) => {
      const text = `message ${texts.length}`;
      texts.push(text);
      await sendKeyed(stage, [name], "10001", "10002", text);
    };
    const textsAt = async (name: string) => {
      const { events } = await stage.command<{ events: EventFrame[] }>(
        name,
        "history",
        { account: "10002", limit: 100 },
      );
      return events.flatMap((event) =>
        event.event === "message" ? [event.data.text] : []
      );
    };
    const hasAll = (name: string) =>
      until(
        async () => (await textsAt(name)).join() === texts.join(),
        `${name} has all messages`,
      );
    const link = await NatsLink.connect({ servers: stage.servers.urls });
    const log = new NatsLog(link, "tqq");
    const loseLog = async (...nodes: string[]) => {
      await log.delete();
      await log.create({ replicas: 1, maxBytes: 500_000_000 });
      for (const name of nodes) {
        await until(async () => {
          const response = await fetch(`${stage.http(name)}/readyz`);
          return (await response.text()).includes("cluster_log_lost");
        }, `${name} reports the loss`);
      }
      await log.delete();
    };
    const rebuild = (name: string, ...more: string[]) =>
      stage.run(
        ["cluster", "rebuild", "--log-bytes=500MB", ...more],
        name,
      );
    const epochOf = (name: string) => {
      using journal = new DatabaseSync(stage.journalPath(name), {
        readOnly: true,
      });
      return journal.prepare("SELECT value FROM meta WHERE name = 'epoch'")
        .get()!["value"];
    };
    await send("a");
    await hasAll("b");
    const epoch = epochOf("a");
    await loseLog("a", "b");
    await stage.end("a", "SIGTERM");
    const kept = await rebuild("a");
    assertEquals(kept.code, 0, kept.stderr);
    assert(/The epoch stays/.test(kept.stderr), kept.stderr);
    assert(/ (the same|behind)/.test(kept.stdout), kept.stdout);
    await stage.startNode("a");
    await send("a");
    await stage.end("b", "SIGTERM");
    const copied = await stage.startNode("b", ["--log-level=info"]);
    await copied.line(
      (line) => line.includes("replica is being copied"),
      "err",
    );
    await hasAll("b");
    assertEquals([epochOf("a"), epochOf("b")], [epoch, epoch]);

    const reader = stage.client("b", { consumer: "reader" });
    const heard = listen(reader);
    await until(() => reader.status.state === "open");
    await send("b");
    await until(() => heard.texts.length > 0, "the reader's message");
    await reader.close();
    await stage.end("a", "SIGKILL");
    // A record that the folder of `a` lacks.
    await stage.command("b", "createToken", { name: "later" });
    await loseLog("b");
    const isRefused = async (error: RegExp) => {
      const { code, stderr } = await rebuild("a");
      assertEquals([code, error.test(stderr)], [2, true], stderr);
    };
    await isRefused(/no member may have more than this folder.* got \d+ at/);
    await stage.end("b", "SIGTERM");
    const renewed = await rebuild("b");
    assertEquals(renewed.code, 0, renewed.stderr);
    assert(/The epoch is new/.test(renewed.stderr), renewed.stderr);
    assert(/ does not answer/.test(renewed.stdout), renewed.stdout);
    const again = await rebuild("b");
    assertEquals([again.code, /must have lost records/.test(again.stderr)], [
      2,
      true,
    ]);
    await isRefused(/got one that was founded since.*--force deletes/);
    await stage.startNode("b");
    const late = stage.client("b", { consumer: "reader" });
    const lateHeard = listen(late);
    await until(() => lateHeard.gaps.length > 0, "the gap");
    await send("b");
    await hasAll("b");
    assert(epochOf("b") !== epoch, "the epoch stayed");
    await late.close();
    await stage.end("b", "SIGTERM");
    const forced = await rebuild("a", "--force");
    assertEquals(forced.code, 0, forced.stderr);
    assert(/The epoch is new/.test(forced.stderr), forced.stderr);
    await stage.startNode("a");
    await stage.end("a", "SIGTERM");
    const epochs = new Set([epoch, epochOf("a"), epochOf("b")]);
    assertEquals(epochs.size, 3);
    await log.close();
    await stage.servers.kill(stage.servers.names[0]!);
    const left = await stage.run(["cluster", "leave"], "b");
    assertEquals(left.code, 0, left.stderr);
    assert(/with a new epoch/.test(left.stderr), left.stderr);
  },
);

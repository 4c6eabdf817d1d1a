/**
 * A rolling upgrade: both nodes of a cluster run an older version, and are
 * replaced one after the other while messages go on. Prints what each node has.
 *
 * deno run --config tests/deno.json --allow-all tests/cluster/upgrade.ts FOLDER
 *
 * FOLDER holds the older version, such as `git worktree add FOLDER COMMIT` makes it.
 *
 * @module
 */

import { QqClient } from "../../mod.ts";
import { countDifferences, textsOf } from "../support/cluster_comparison.ts";
import { ClusterStage } from "../support/cluster_stage.ts";
import { until } from "../support/nats_stage.ts";

const SEND_EVERY_MS = 100;
/** How long both versions, and each alone, are beside each other. */
const STEP_MS = 5000;
const UIN = "10001";
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs it; returns whether both nodes have every message once, in order, and no row differs. */
async function upgrade(older: string): Promise<boolean> {
  const upgraded = new Set<string>();
  await using stage = await ClusterStage.start({
    natsServers: 3,
    treeOf: (node) => upgraded.has(node) ? undefined : older,
  });
  await stage.addAccount("a", UIN);
  await until(() => stage.ownerOf(UIN) !== undefined, "the account is online");
  const friend = new QqClient({
    uin: "10002",
    password: "demo",
    endpoint: stage.upstream,
  });
  await friend.login();
  const texts: string[] = [];
  const ending = new AbortController();
  const sending = (async () => {
    while (!ending.signal.aborted) {
      const text = `message ${texts.length + 1}`;
      await friend.send(UIN, text);
      texts.push(text);
      await wait(SEND_EVERY_MS);
    }
  })();
  for (const node of ["b", "a"]) {
    await wait(STEP_MS);
    await stage.end(node, "SIGTERM");
    upgraded.add(node);
    await stage.startNode(node);
    console.log(`node ${node} runs this version, ${texts.length} messages`);
  }
  await wait(STEP_MS);
  ending.abort();
  await sending;
  await friend.close();
  const nodes = ["a", "b"];
  for (const node of nodes) {
    await until(async () => {
      const { events } = await stage.command<
        { events: { data: { text?: string } }[] }
      >(node, "history", { account: UIN });
      return events.some(({ data }) => data.text === texts.at(-1));
    }, `${node} has the last message`).catch((error) =>
      console.log(String(error))
    );
  }
  // At once: a node that ends in order would add to the journal of the other.
  await Promise.all(nodes.map((node) => stage.end(node, "SIGKILL")));
  let isWhole = true;
  for (const node of nodes) {
    const has = [...textsOf(stage.journalPath(node))];
    const isSame = has.join("\n") === texts.join("\n");
    isWhole &&= isSame;
    console.log(
      `node ${node} has ${has.length} of ${texts.length} messages${
        isSame ? ", each once, in order" : ", NOT as they were sent"
      }`,
    );
  }
  const paths = nodes.map((node) => stage.journalPath(node));
  const differing = countDifferences(paths[0]!, paths[1]!);
  console.log(`${differing} rows differ`);
  return isWhole && differing === 0;
}

const [older] = Deno.args;
if (older === undefined) {
  console.error(
    "Cannot upgrade: the folder of an older version must be named, got nothing",
  );
  Deno.exit(2);
}
Deno.exit(await upgrade(older) ? 0 : 1);

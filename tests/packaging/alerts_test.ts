import { ACCOUNT_STATES, TARGET_STATES } from "../../mod.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { assert, assertEquals } from "@std/assert";
import { blocksOf } from "../docs/markdown.ts";
import { readPage } from "../docs/pages.ts";
import { isInstalled } from "../support/installed_program.ts";

const path = new URL("../../bridge/deploy/alerts.yml", import.meta.url);
const rules = await Deno.readTextFile(path);
const expressions = [...rules.matchAll(/^ +expr: (.*)$/gm)]
  .map(([, expression]) => expression!);

Deno.test("alerts: every metric and state that a rule names exists", async () => {
  const text = await new Metrics("0").text();
  const known = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name!);
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/tqq_\w+/g)) {
      assert(known.includes(name), `${name} in ${expression}`);
    }
    const [, target] = /tqq_targets\{state="(.*?)"/.exec(expression) ?? [];
    assert(
      target === undefined ||
        (TARGET_STATES as readonly string[]).includes(target),
      target,
    );
    const [, states] = /tqq_accounts\{state=~"(.*?)"/.exec(expression) ?? [];
    for (const state of states?.split("|") ?? []) {
      assert((ACCOUNT_STATES as readonly string[]).includes(state), state);
    }
  }
});

Deno.test("alerts: there is a rule for each thing that an operator must learn of", () => {
  const named = expressions.join("\n");
  for (
    const metric of [
      "up{",
      "tqq_start_time_seconds",
      "tqq_journal_writable",
      "tqq_journal_append_failures_total",
      "tqq_disk_free_bytes",
      "tqq_accounts{",
      "tqq_targets{",
      "tqq_consumer_lag_events",
      "tqq_auth_failures_total",
      "tqq_cluster_log_lost",
      "tqq_cluster_lag_records",
      "tqq_cluster_lapses_total",
    ]
  ) assert(named.includes(metric), metric);
  const count = (pattern: RegExp) => [...rules.matchAll(pattern)].length;
  const alerts = count(/^ +- alert: Tqq[A-Z]\w+$/gm);
  assertEquals(alerts, expressions.length);
  assertEquals(count(/^ +labels: \{ severity: (page|ticket) \}$/gm), alerts);
  assertEquals(count(/^ +summary: \S/gm), alerts);
  assertEquals(count(/^ +action: \S/gm), alerts);
});

const hasPromtool = await isInstalled("promtool");

async function promtool(what: string, text: string): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    await Deno.writeTextFile(file, text);
    const { success, stdout, stderr } = await new Deno.Command("promtool", {
      args: ["check", what, file],
    }).output();
    const said = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert(success, said.join("\n"));
  } finally {
    await Deno.remove(file);
  }
}

Deno.test({
  name: "alerts: promtool accepts the rules",
  ignore: !hasPromtool,
  fn: () => promtool("rules", rules),
});

Deno.test({
  name: "scrape configuration: promtool accepts the page's block",
  ignore: !hasPromtool,
  async fn() {
    const block = blocksOf(await readPage("bridge/README.md"))
      .find(({ words }) => words.includes("prometheus"))!;
    // The files that it names are on the operator's machine.
    const text = block.text.replace(
      /^rule_files: .*/m,
      `rule_files: [${path.pathname}]`,
    )
      .replace(/credentials_file: .*/, "credentials: token");
    await promtool("config", text);
  },
});

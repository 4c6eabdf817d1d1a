import { assert, assertEquals } from "@std/assert";
import { NarrowStart } from "../support/narrow_start.ts";
import { parseYaml } from "./deps.ts";

const root = new URL("../../", import.meta.url);
const dockerfile = await Deno.readTextFile(new URL("Dockerfile", root));

interface Service {
  build?: string;
  image: string;
  environment: Record<string, string>;
  healthcheck: { test: string[] } & Record<string, string | string[]>;
  [setting: string]: unknown;
}

const compose = parseYaml(
  await Deno.readTextFile(new URL("bridge/deploy/compose.yaml", root)),
) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
};
const bridge = compose.services.bridge!;
const PLACES = { project: "/tqq", data: "/data", secrets: "/run/secrets" };

/** The command of an instruction that is written as a JSON list. */
function listOf(instruction: string): string[] {
  const [, list] = new RegExp(`^${instruction}.*?(\\[.*\\])$`, "m")
    .exec(dockerfile)!;
  return JSON.parse(list!);
}

Deno.test("compose file: the bridge has a volume, secrets as files, a read-only root and no privileges", () => {
  assertEquals({
    read_only: bridge.read_only,
    cap_drop: bridge.cap_drop,
    security_opt: bridge.security_opt,
    volumes: bridge.volumes,
    secrets: bridge.secrets,
  }, {
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    volumes: ["data:/data", "backups:/backups"],
    secrets: Object.keys(compose.secrets),
  });
  assertEquals(new URL(bridge.build!, new URL("bridge/deploy/", root)), root);
  for (const [name, { logging, volumes }] of Object.entries(compose.services)) {
    assert(JSON.stringify(logging).includes("max-size"), name);
    for (const volume of volumes as string[]) {
      assert(volume.split(":")[0]! in compose.volumes, volume);
    }
  }
  // No secret is in the environment, where every inspection shows it.
  assertEquals(Object.keys(bridge.environment), [
    "TQQ_ALLOW_ORIGIN",
    "TQQ_SECRET_KEY_FILE",
  ]);
});

Deno.test("compose file: checks health as the image does", () => {
  const { test, ...times } = bridge.healthcheck;
  assertEquals(test.slice(1), listOf("HEALTHCHECK"));
  const [, options] = /^HEALTHCHECK (.*?) CMD/m.exec(dockerfile)!;
  assertEquals(
    options!.split(" ").map((option) => option.slice(2).replace("-", "_")),
    Object.entries(times).map(([name, value]) => `${name}=${value}`),
  );
});

Deno.test("compose file: the bridge starts with its settings and the image's permissions, and its health check agrees", async () => {
  await using start = await NarrowStart.make(PLACES);
  const [, pairs] = /^ENV (.*)$/m.exec(dockerfile)!;
  const env = {
    ...Object.fromEntries(pairs!.split(" ").map((pair) => pair.split("="))),
    ...bridge.environment,
    TQQ_ALLOW_ORIGIN: "https://qq.example.org",
    TQQ_QQ_LISTEN: "127.0.0.1:8000",
    TQQ_LOG_FORMAT: "json",
  };
  const [, ...entrypoint] = listOf("ENTRYPOINT");
  const [, ...check] = listOf("HEALTHCHECK");
  await using down = start.run(check);
  assertEquals(await down.end(), 1);
  await using program = start.run(entrypoint, env);
  await program.ready();
  await using up = start.run(check);
  assertEquals(await up.output(), { code: 0, stdout: "ready\n", stderr: "" });
  program.kill("SIGTERM");
  assertEquals(await program.end(), 0, program.err.join("\n"));
});

Deno.test("alerts: the file is YAML whose every rule has a name, an expression and labels", async () => {
  const { groups } = parseYaml(
    await Deno.readTextFile(new URL("bridge/deploy/alerts.yml", root)),
  ) as { groups: { rules: Record<string, unknown>[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  assert(rules.length > 0);
  for (const rule of rules) {
    for (const key of ["alert", "expr", "labels", "annotations"]) {
      assert(rule[key] !== undefined, `${rule.alert} has no ${key}`);
    }
  }
});

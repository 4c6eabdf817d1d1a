import { assertEquals, assertMatch } from "@std/assert";
import { moduleGraph } from "../support/module_graph.ts";
import { NarrowStart } from "../support/narrow_start.ts";

const root = new URL("../../", import.meta.url);
const dockerfile = await Deno.readTextFile(new URL("Dockerfile", root));

/** The arguments of an instruction. */
function instruction(name: string): string {
  return new RegExp(`^${name} (.*)$`, "m").exec(dockerfile)?.[1] ?? "";
}

const PLACES = { project: "/tqq", data: "/data", secrets: "/run/secrets" };

/** The variables that the image sets. */
const imageEnv = Object.fromEntries(
  instruction("ENV").split(" ").map((pair) => pair.split("=")),
);

Deno.test("Dockerfile: its command runs with exactly its permissions, and prints the ready line", async () => {
  const [deno, ...words] = JSON.parse(instruction("ENTRYPOINT"));
  assertEquals(deno, "deno");
  await using start = await NarrowStart.make(PLACES);
  const env = {
    ...imageEnv,
    TQQ_QQ_LISTEN: "127.0.0.1:8000",
    TQQ_LOG_FORMAT: "json",
  };
  assertEquals(env.TQQ_LISTEN, "0.0.0.0:8080");
  await using program = start.run(words, env);
  await program.ready();
  const port = start.replace(":8080");
  const answer = await fetch(`http://127.0.0.1${port}/healthz`);
  assertEquals(await answer.json(), { status: "ok" });
  program.kill("SIGTERM");
  assertEquals(await program.end(), 0, program.err.join("\n"));
});

Deno.test("Dockerfile: has the Deno of the README's commands, and copies every module that the program imports", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const version = /deno@(\d+\.\d+\.\d+) task test/.exec(readme)?.[1];
  const [image, digest] = instruction("ARG").split("@");
  assertEquals(image, `DENO=denoland/deno:${version}`);
  assertMatch(digest!, /^sha256:[0-9a-f]{64}$/);
  assertEquals(instruction("FROM"), "${DENO}");
  // Each is named, so that a data folder beside them stays out of the image.
  const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)]
    .flatMap(([, names]) => names!.split(" "));
  assertEquals(copied, ["deno.json", "deno.lock", "mod.ts", "lib", "bridge"]);
  const { imports } = await moduleGraph(root, "bridge/main.ts");
  const left = [...imports.keys()].filter((module) =>
    !copied.some((name) => module === name || module.startsWith(`${name}/`))
  );
  assertEquals(left, []);
});

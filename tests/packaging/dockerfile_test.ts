import config from "../../deno.json" with { type: "json" };
import { assertEquals } from "../deps.ts";
import { moduleGraph } from "../support/module_graph.ts";
import { Program } from "../support/program.ts";

const root = new URL("../../", import.meta.url);
const dockerfile = await Deno.readTextFile(new URL("Dockerfile", root));

/** The arguments of an instruction. */
function instruction(name: string): string {
  return new RegExp(`^${name} (.*)$`, "m").exec(dockerfile)?.[1] ?? "";
}

Deno.test("Dockerfile: its command starts as `deno task start` does, and prints the ready line", async () => {
  const [program, ...args] = JSON.parse(instruction("ENTRYPOINT"));
  assertEquals(program, "deno");
  assertEquals(
    args.filter((arg: string) => arg !== "--cached-only"),
    config.tasks.start.split(" ").slice(1),
  );
  const folder = await Deno.makeTempDir();
  try {
    const env = Object.fromEntries(
      instruction("ENV").split(" ").map((pair) => pair.split("=")),
    );
    assertEquals(env.TQQ_LISTEN, "0.0.0.0:8080");
    await using script = Program.run([Deno.execPath(), ...args], {
      cwd: root.pathname,
      env: {
        ...env,
        TQQ_DATA: `${folder}/data`,
        TQQ_LISTEN: "0.0.0.0:0",
        TQQ_QQ_LISTEN: "127.0.0.1:0",
        TQQ_LOG_FORMAT: "json",
      },
    });
    const line = await script.line((line) => line.includes('"ready"'));
    const { port } = new URL(JSON.parse(line).http);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    assertEquals(await answer.json(), { status: "ok" });
    script.kill("SIGTERM");
    assertEquals(await script.end(), 0, script.err.join("\n"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Dockerfile: the Deno that the README's commands name, and all that the program needs", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const version = /deno@(\d+\.\d+\.\d+) task test/.exec(readme)?.[1];
  assertEquals(instruction("FROM"), `denoland/deno:${version}`);
  // By name: a data folder beside them stays out of the image.
  const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)]
    .flatMap(([, names]) => names!.split(" "));
  assertEquals(copied, ["deno.json", "deno.lock", "mod.ts", "lib", "bridge"]);
  const { imports } = await moduleGraph(root, "bridge/main.ts");
  const left = [...imports.keys()].filter((module) =>
    !copied.some((name) => module === name || module.startsWith(`${name}/`))
  );
  assertEquals(left, []);
});

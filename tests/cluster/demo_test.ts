import { assert, assertEquals } from "@std/assert";
import { natsTest } from "../support/nats_servers.ts";

natsTest(
  "deno task cluster:demo: shows that every message arrives once, in order, although a node is killed",
  async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--config",
        new URL("../deno.json", import.meta.url).pathname,
        "--allow-all",
        "--no-check",
        new URL("demo.ts", import.meta.url).pathname,
        "1",
      ],
    }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0, text);
    assert(
      /arrived: each once, in order\. A node was killed 1 times/.test(text),
      text,
    );
    assert(/kill -9 of node a/.test(text) && /at node b: message/.test(text));
  },
);

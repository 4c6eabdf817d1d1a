import {
  type StartFront,
  testEdgeFront,
  testFront,
} from "../contract/front_cases.ts";
import { assertEquals } from "@std/assert";
import { bundleWorker, Workerd } from "./workerd.ts";

const folder = await Deno.makeTempDir();
let worker: Workerd;
let stages = 0;

Deno.test.beforeAll(async () => {
  const script = `${folder}/worker.js`;
  await bundleWorker(new URL("front_worker.ts", import.meta.url), script);
  worker = await Workerd.start({
    script,
    folder: `${folder}/objects`,
    port: 0,
    bindings: {},
  });
});

Deno.test.afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

async function ask(path: string, body?: string): Promise<string> {
  const response = await fetch(`${worker.url}test/${path}`, {
    method: "POST",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  assertEquals(response.status, 200, text);
  return text;
}

/** A bridge in an object of its own, which is new. */
const start: StartFront = async ({ limits = {} } = {}) => {
  await ask("start", JSON.stringify({ id: stages++, limits }));
  // The first request logs the account in.
  const response = await fetch(`${worker.url}healthz`);
  await response.body?.cancel();
  return {
    port: worker.port,
    deliver: async (text) => void await ask("deliver", text),
    stop: async () => void await ask("stop"),
    async [Symbol.asyncDispose]() {
      assertEquals(await ask("stop"), "[]");
    },
  };
};

testFront("in workerd", start);

// workerd replaces what is no UTF-8, and answers long pings.
testEdgeFront("in workerd", start, ["that is no UTF-8", "that is a long ping"]);

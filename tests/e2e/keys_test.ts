/** Keys of the bridge's own commands, over HTTP and frames of the real program. @module */

import {
  BridgeClient,
  type BridgeCommandName,
  BridgeError,
} from "../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";

type Outcome = Record<string, unknown> | string;
type Ask = (
  command: BridgeCommandName,
  params: object,
  key: string,
) => Promise<Outcome>;

/** Asks over HTTP: the data, or status and code. */
function overHttp(http: string): Ask {
  return async (command, params, key) => {
    const response = await fetch(`${http}/api/${command}`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify(params),
    });
    const body = await response.json();
    if (response.ok) return body;
    return `${response.status} ${body.code} ${body.retriable}`;
  };
}

/** Asks over a WebSocket: the data, or the code. */
function overFrames(client: BridgeClient): Ask {
  return async (command, { account, ...params }: { account?: string }, key) => {
    try {
      return await client.command(command, params as never, {
        key,
        ...(account === undefined ? {} : { account }),
      }) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      return `${error.code}`;
    }
  };
}

async function bytesOf(folder: string): Promise<string> {
  const decoder = new TextDecoder("latin1");
  let all = "";
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) all += decoder.decode(await Deno.readFile(`${folder}/${name}`));
  }
  return all;
}

Deno.test("commands: the bridge executes its own commands once per key, and writes a new token to no file", async () => {
  const folder = await Deno.makeTempDir();
  const start = () =>
    new Program({ args: serveArgs(folder), env: { TQQ_TOKEN: TOKEN } });
  try {
    const tokens: string[] = [];
    {
      await using program = start();
      const { http } = await program.ready();
      await using client = new BridgeClient({
        url: `${http!.replace("http", "ws")}/ws`,
        token: TOKEN,
      });
      const ways = { http: overHttp(http!), ws: overFrames(client) };
      for (const [way, ask] of Object.entries(ways)) {
        const uin = way === "http" ? "10008" : "10009";
        const commands: [BridgeCommandName, object, string][] = [
          ["createToken", { name: way }, "t"],
          ["addAccount", { uin, password: "a password" }, "a"],
          ["login", { account: uin }, "in"],
          ["logout", { account: uin }, "out"],
          ["removeAccount", { uin }, "r"],
          ["revokeToken", { name: way }, "v"],
        ];
        for (const [command, params, name] of commands) {
          const key = `${way} ${name}`;
          const first = await ask(command, params, key);
          assert(typeof first === "object", `${way} ${command}: ${first}`);
          assertEquals(await ask(command, params, key), first);
          if (command === "createToken") tokens.push(first["token"] as string);
        }
        const other = await ask("revokeToken", { name: "x" }, `${way} t`);
        assertMatch(String(other), /bad_params/);
      }
      program.kill("SIGTERM");
      assertEquals((await program.output()).code, 0);
    }
    await using program = start();
    const { http } = await program.ready();
    assertEquals(
      await overHttp(http!)("createToken", { name: "http" }, "http t"),
      "409 already_exists false",
    );
    const files = await bytesOf(folder);
    for (const token of tokens) assert(!files.includes(token));
    assertEquals(tokens.length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertMatch } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";

const TOKEN = "unwritable-0123456789abcdef0123456789abcdef01";

Deno.test("a data folder that cannot be written: tokens are refused as overloaded, and made once it can", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(`${folder}/d`),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http } = await program.ready();
    const ask = async () => {
      const response = await fetch(`${http}/api/createToken`, {
        method: "POST",
        headers: {
          "authorization": `Bearer ${TOKEN}`,
          "content-type": "application/json",
        },
        body: `{"name":"bot"}`,
      });
      return { status: response.status, body: await response.json() };
    };
    const other = new DatabaseSync(`${folder}/d/bridge.db`);
    other.exec("BEGIN IMMEDIATE");
    const { status, body } = await ask();
    other.close();
    assertEquals([status, body.code, body.retriable], [
      429,
      "overloaded",
      true,
    ]);
    assertMatch(body.detail, /^Cannot write the data folder: /);
    assertEquals((await ask()).status, 200);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

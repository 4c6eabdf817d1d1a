/** Sessions of the console at the program in a process of its own. @module */

import { assert, assertEquals } from "@std/assert";
import { stopwatch } from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const TOKEN = "administrators-token-of-this-test";

interface Halves {
  cookie?: string;
  proof?: string;
}

async function withProgram(
  folder: string,
  use: (http: string, pid: number) => Promise<void>,
  ...args: string[]
): Promise<void> {
  await using program = new Program({
    args: [...serveArgs(folder), ...args],
    env: { TQQ_TOKEN: TOKEN },
  });
  await use((await program.ready()).http!, program.pid);
  program.kill("SIGTERM");
  await program.output();
}

async function signIn(http: string): Promise<Required<Halves>> {
  const response = await fetch(`${http}/console/session`, {
    method: "POST",
    headers: { origin: http, "content-type": "application/json" },
    body: JSON.stringify({ token: TOKEN }),
  });
  const text = await response.text();
  assert(!`${text}${JSON.stringify([...response.headers])}`.includes(TOKEN));
  const [cookie] = response.headers.getSetCookie().at(-1)!.split(";");
  return { cookie: cookie!, proof: JSON.parse(text).proof };
}

async function ask(
  http: string,
  { cookie, proof }: Halves,
  path = "/api/ping",
  method = "POST",
): Promise<number> {
  const response = await fetch(`${http}${path}`, {
    method,
    headers: {
      origin: http,
      "content-type": "application/json",
      ...(cookie === undefined ? {} : { cookie }),
      ...(proof === undefined ? {} : { "tqq-proof": proof }),
    },
    ...(method === "POST" ? { body: "{}" } : {}),
  });
  await response.body?.cancel();
  return response.status;
}

/** Opens a WebSocket with the cookie of a session, and says hello with its proof. */
async function hello(
  http: string,
  { cookie, proof }: Halves,
): Promise<RawSocket> {
  const port = Number(new URL(http).port);
  const socket = await RawSocket.connect(port);
  const headers = { origin: http, ...(cookie === undefined ? {} : { cookie }) };
  await socket.write(upgradeHead(port, "/ws?events=unknown", headers));
  assertEquals((await socket.head()).status, 101);
  await socket.send({ type: "hello", proof });
  return socket;
}

Deno.test("console session: both halves open HTTP and WebSocket until the sign-out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await withProgram(folder, async (http, pid) => {
      const session = await signIn(http);
      const other = await signIn(http);
      const { cookie, proof } = session;
      assertEquals(await ask(http, session), 200);
      assertEquals(await ask(http, { cookie }), 401);
      assertEquals(await ask(http, { proof }), 401);
      const wrong: Halves[] = [{ proof }, { cookie, proof: other.proof }];
      for (const halves of wrong) {
        using refused = await hello(http, halves);
        assertEquals(await refused.closeCode(), 1008);
      }
      using socket = await hello(http, session);
      assertEquals((await socket.json()).type, "welcome");
      const extended = await fetch(`${http}/console/session?extend`, {
        headers: { cookie: session.cookie, "tqq-proof": session.proof },
      });
      assert((await extended.json()).expiresAt > new Date().toISOString());
      // The browser keeps the cookie as long as the session.
      assert(
        extended.headers.getSetCookie().at(-1)!
          .startsWith(`${session.cookie};`),
      );
      const elapsed = stopwatch(pid);
      assertEquals(
        await ask(http, session, "/console/session", "DELETE"),
        204,
      );
      assertEquals(await ask(http, session), 401, "a copy of the cookie");
      assertEquals(await ask(http, session, "/console/session", "GET"), 401);
      assertEquals(await socket.closeCode(), 4003);
      const endedMs = elapsed();
      assert(endedMs < 5000, `the socket has ended after ${endedMs} ms`);
      assertEquals(await ask(http, other), 200);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("console session: it lasts beyond a restart, and opens nothing on another port", async () => {
  const folders = [await Deno.makeTempDir(), await Deno.makeTempDir()] as const;
  try {
    let session: Required<Halves> | undefined;
    let listen = "";
    await withProgram(folders[0], async (http) => {
      session = await signIn(http);
      listen = `--listen=${new URL(http).host}`;
    });
    await withProgram(folders[0], async (http) => {
      assertEquals(await ask(http, session!), 200);
      await withProgram(folders[1], async (elsewhere) => {
        const port = new URL(elsewhere).port;
        const cookie = session!.cookie.replace(/_\d+=/, `_${port}=`);
        assertEquals(await ask(elsewhere, session!), 401);
        assertEquals(await ask(elsewhere, { ...session, cookie }), 401);
      });
    }, listen);
  } finally {
    for (const one of folders) await Deno.remove(one, { recursive: true });
  }
});

Deno.test("console session: a restored folder opens none of its copy", async () => {
  const root = await Deno.makeTempDir();
  const [folder, copy, restored] = ["data", "copy", "restored"].map((name) =>
    `${root}/${name}`
  ) as [string, string, string];
  try {
    let session: Required<Halves> | undefined;
    let listen = "";
    await withProgram(folder, async (http) => {
      session = await signIn(http);
      listen = `--listen=${new URL(http).host}`;
      const made = await runMain(["backup", copy, `--data=${folder}`]);
      assertEquals(made.code, 0, made.err.join());
      await ask(http, session, "/console/session", "DELETE");
    });
    const done = await runMain(["restore", copy, `--data=${restored}`]);
    assertEquals(done.code, 0, done.err.join());
    await withProgram(restored, async (http) => {
      assertEquals(await ask(http, session!), 401);
      assertEquals(await ask(http, await signIn(http)), 200);
    }, listen);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

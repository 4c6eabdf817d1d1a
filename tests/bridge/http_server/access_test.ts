import { assertEquals } from "@std/assert";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket } from "../../support/raw_socket.ts";

/** Sends a request as it is written, and returns the status of its answer and its body. */
async function ask(
  port: number,
  text: string,
): Promise<{ status: number; body: string }> {
  using socket = await RawSocket.connect(port);
  await socket.write(text);
  const { status } = await socket.head();
  return { status, body: await socket.rest() };
}

type Host = readonly [what: string, host: (port: number) => string | undefined];

const HOSTS: readonly Host[] = [
  ["own", (port) => `127.0.0.1:${port}`],
  ["localhost without a port", () => "localhost"],
  ["an address", () => "10.0.0.5"],
  ["a public name", () => "bridge.example"],
  ["an invalid one", () => "a/../b"],
  ["none", () => undefined],
];

for (const basePath of ["", "/tqq"]) {
  for (const [what, hostOf] of HOSTS) {
    for (const version of ["1.0", "1.1"]) {
      Deno.test(`access: Host ${what}, HTTP/${version}, base path "${basePath}"`, async () => {
        await using stage = await Stage.open({ basePath });
        const { port } = stage;
        const host = hostOf(port);
        const head = (method: string, path: string, origin?: string) =>
          `${method} ${path} HTTP/${version}\r\nConnection: close\r\n` +
          (host === undefined ? "" : `Host: ${host}\r\n`) +
          (origin === undefined ? "" : `Origin: ${origin}\r\n`) + "\r\n";
        const statusOf = async (...of: Parameters<typeof head>) =>
          (await ask(port, head(...of))).status;
        const isOwn = what === "own";
        const isUnreadable = host === undefined || host.includes("/");
        const refused = isUnreadable ? 400 : 403;

        // Health checks are answered under any Host, with and without the base path.
        for (const base of new Set(["", basePath])) {
          for (const path of ["/healthz", "/readyz", "/healthz?from=probe"]) {
            const full = `${base}${path}`;
            const { status, body } = await ask(port, head("GET", full));
            assertEquals([full, status], [full, 200]);
            assertEquals(body.includes("10001"), false);
            assertEquals(await statusOf("HEAD", full), 200);
            const foreign = "https://evil.example";
            assertEquals(await statusOf("GET", full, foreign), 403);
            const own = `http://${host}`;
            assertEquals(await statusOf("GET", full, own), isOwn ? 200 : 403);
          }
        }
        const rows: [method: string, path: string, own: number][] = [
          ["GET", "/", 200],
          ["GET", "/mod.ts", 200],
          ["POST", "/mod.ts", 405],
          ["POST", "/healthz", 405],
          ["GET", "/healthz/", 404],
          ["GET", "/readyz/x", 404],
          ["GET", "/metrics", 401],
          ["GET", "/ws", 426],
          ["POST", "/api/ping", 401],
          ["DELETE", "/api/ping", 405],
        ];
        for (const [method, path, own] of rows) {
          const full = `${basePath}${path}`;
          const status = await statusOf(method, full);
          assertEquals(
            [method, full, status],
            [method, full, isOwn ? own : refused],
          );
          if (basePath === "") continue;
          // Outside the base path there is nothing.
          assertEquals(
            [method, path, await statusOf(method, path)],
            [method, path, isUnreadable ? 400 : 404],
          );
        }
      });
    }
  }
}

import { assertEquals } from "../../deps.ts";
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

for (const [what, hostOf] of HOSTS) {
  for (const version of ["1.0", "1.1"]) {
    Deno.test(`health checks: are answered under any Host: ${what}, HTTP/${version}`, async () => {
      await using stage = await Stage.open();
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

      for (const path of ["/healthz", "/readyz", "/healthz?from=probe"]) {
        const { status, body } = await ask(port, head("GET", path));
        assertEquals([path, status], [path, 200]);
        assertEquals(body.includes("10001"), false);
        assertEquals(await statusOf("HEAD", path), 200);
        const foreign = "https://evil.example";
        assertEquals(await statusOf("GET", path, foreign), 403);
        assertEquals(
          await statusOf("GET", path, `http://${host}`),
          isOwn ? 200 : 403,
        );
        assertEquals(await statusOf("POST", path), isOwn ? 405 : refused);
      }
      for (const path of ["/mod.ts", "/healthz/", "/", "/readyz/x"]) {
        const { status } = await ask(port, head("GET", path));
        const own = path === "/mod.ts" || path === "/" ? 200 : 404;
        assertEquals([path, status], [path, isOwn ? own : refused]);
      }
    });
  }
}

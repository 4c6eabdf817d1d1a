import { CONSOLE_FILES } from "../../../bridge/console/files.ts";
import { assertEquals } from "@std/assert";
import { DemoBridge } from "../../support/demo_bridge.ts";
import { Stage } from "../../support/front_fixture.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";
import { TLS } from "../../support/tls.ts";

const SCRIPT = Object.keys(CONSOLE_FILES)
  .find((path) => path.includes("/main-"))!;

const request = (path: string, host: string, method = "GET", more = "") =>
  `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`;

/** What is sent, and the status of the answer on both servers, or on the program's alone. */
const REQUESTS: [
  text: (host: string) => string,
  program: number,
  edge?: number,
][] = [
  [(host) => request("/healthz", host), 200, 200],
  [(host) => request(SCRIPT, host), 200, 200],
  [(host) => request("/nothing", host), 404, 404],
  [(host) => request("/api/ping", host, "POST"), 401, 401],
  [(host) => request("/ws", host), 426, 426],
  [(host) => request("/satori/v1/login.get", host, "POST"), 401, 401],
  [(host) => request("/satori/v1/nothing", host, "POST"), 401, 401],
  [(host) => request("/onebot/v11/get_status", host, "POST"), 401],
  [
    (host) => request("/ws", host, "GET", "Origin: https://evil.example\r\n"),
    403,
    403,
  ],
  [() => request("/mod.ts", "evil.example"), 403],
  [() => request("/mod.ts", "a/../b"), 400],
  [
    (host) =>
      upgradeHead(Number(host.split(":")[1]), "/ws?after=x&access_token=no"),
    400,
  ],
  [(host) => upgradeHead(Number(host.split(":")[1]), "/nothing"), 404, 404],
  [() => "no request\r\n\r\n", 400],
  [(host) => request("/", host, "GET", `X: ${"x".repeat(20_000)}\r\n`), 431],
  [(host) => request("/", host).slice(0, -2), 408],
];

/** Sends a text, and returns the status and the headers that keep browsers in check. */
async function ask(
  port: number,
  text: string,
): Promise<{ status: number; found: string[] }> {
  using socket = await RawSocket.connect(port);
  await socket.write(text);
  const { status, head } = await socket.head();
  return { status, found: findHeaders(head) };
}

function findHeaders(head: string): string[] {
  return [
    ...head.matchAll(
      /^(x-content-type-options: nosniff|x-frame-options: DENY|content-security-policy: default-src 'none'|referrer-policy: no-referrer|strict-transport-security: max-age=31536000$)/gim,
    ),
  ].map(([line]) => line.toLowerCase()).sort();
}

const HEADERS = [
  "content-security-policy: default-src 'none'",
  "referrer-policy: no-referrer",
  "x-content-type-options: nosniff",
  "x-frame-options: deny",
];

Deno.test("headers: the program sends those that keep browsers in check with every answer", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--no-demo"),
      env: { TQQ_HEAD_MS: "500" },
    });
    const { http } = await program.ready();
    const { host, port } = new URL(http!);
    for (const [text, status] of REQUESTS) {
      const sent = text(host);
      const answer = await ask(Number(port), sent);
      const what = sent.split("\r\n", 2).join();
      assertEquals([what, answer], [what, { status, found: HEADERS }]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("headers: the edge sends those that keep browsers in check with every answer", async () => {
  await using bridge = await DemoBridge.start();
  const { host, port } = new URL(bridge.http);
  for (const [text, , status] of REQUESTS) {
    if (status === undefined) continue;
    const sent = text(host);
    const answer = await ask(Number(port), sent);
    const what = sent.split("\r\n", 2).join();
    assertEquals([what, answer], [what, { status, found: HEADERS }]);
  }
});

Deno.test("headers: under TLS the Host decides whether browsers shall use HTTPS alone", async () => {
  await using stage = await Stage.open({ tls: TLS });
  await using plain = await Stage.open();
  for (
    const [host, isName] of [
      ["qq.example.org", true],
      ["QQ.example.org:8443", true],
      ["127.0.0.1", false],
      [`127.0.0.1:${stage.port}`, false],
      ["[::1]:8443", false],
      ["[2001:db8::a]", false],
      ["localhost", false],
      ["a.localhost:8443", false],
    ] as const
  ) {
    using connection = await Deno.connectTls({
      hostname: "127.0.0.1",
      port: stage.port,
      caCerts: [TLS.ca],
    });
    const text = request("/healthz", host);
    await connection.write(new TextEncoder().encode(text));
    const head = await new Response(connection.readable).text();
    const found = findHeaders(head);
    assertEquals(
      [host, found.some((line) => line.startsWith("strict"))],
      [host, isName],
    );
    assertEquals((await ask(plain.port, text)).found, HEADERS);
  }
});

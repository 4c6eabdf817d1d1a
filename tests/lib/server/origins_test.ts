import { assertEquals, assertThrows } from "@std/assert";
import { createServer, type QqServer } from "../../../lib/server/mod.ts";
import { LOGIN, PASSWORD_MD5 } from "./stage.ts";
import { RawClient, request } from "./raw_client.ts";

const PAGE = "https://page.example";
const OTHER = "https://other.example";
const LOGGING_IN = `VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`;
const LOGGED_IN = "VER=1.1&CMD=Login&SEQ=1&UIN=10001&RES=0&RS=0&HI=60&LI=300";

interface Answered {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends a request; undefined is a bare close. */
type WayIn = (
  server: QqServer,
  method: string,
  body: string,
  headers: Record<string, string>,
) => Promise<Answered | undefined>;

const WAYS_IN: Readonly<Record<"fetch" | "listen", WayIn>> = {
  async fetch(server, method, body, headers) {
    const response = await server.fetch(
      new Request("http://qq/", {
        method,
        headers,
        ...(method === "POST" ? { body } : {}),
      }),
    );
    const { status } = response;
    return { status, headers: response.headers, body: await response.text() };
  },
  async listen(server, method, body, headers) {
    const listener = server.listen({ port: 0 });
    using client = await RawClient.to(listener.port);
    await client.send(request(body, {
      line: `${method} / HTTP/1.1`,
      headers: Object.entries({ ...headers, Connection: "close" })
        .map(([name, value]) => `${name}: ${value}\r\n`).join(""),
    }));
    const text = await client.rest();
    await client.closed();
    await listener.close();
    if (text === "") return undefined;
    const [head, ...rest] = text.split("\r\n\r\n");
    const [first, ...lines] = head!.split("\r\n");
    return {
      status: Number(first!.split(" ")[1]),
      headers: new Headers(
        lines.map((line) => line.split(": ") as [string, string]),
      ),
      body: rest.join("\r\n\r\n"),
    };
  },
};

/** What a page learns: `null` is NULL, an empty 200 or a bare close. */
const CASES: readonly [
  name: string,
  method: string,
  origin: string | undefined,
  expected: { status: number; body: string; headers?: string[][] } | null,
][] = [
  ["POST without an Origin", "POST", undefined, {
    status: 200,
    body: LOGGED_IN,
    headers: [],
  }],
  ["POST from a listed page", "POST", PAGE, {
    status: 200,
    body: LOGGED_IN,
    headers: [
      ["access-control-allow-origin", PAGE],
      [
        "access-control-expose-headers",
        "Idempotency-Key, Preference-Applied, Tqq-Session",
      ],
      ["vary", "Origin"],
    ],
  }],
  ["POST from another page", "POST", OTHER, null],
  ["POST from a page without a name", "POST", "null", null],
  ["POST from a longer origin", "POST", `${PAGE}.evil.example`, null],
  ["POST from a longer port", "POST", `${PAGE}:4430`, null],
  ["OPTIONS from a listed page", "OPTIONS", PAGE, {
    status: 204,
    body: "",
    headers: [
      [
        "access-control-allow-headers",
        "content-type, idempotency-key, prefer, tqq-session",
      ],
      ["access-control-allow-methods", "POST"],
      ["access-control-allow-origin", PAGE],
      ["access-control-max-age", "600"],
      ["vary", "Origin"],
    ],
  }],
  ["OPTIONS from another page", "OPTIONS", OTHER, null],
  ["OPTIONS from a page without a name", "OPTIONS", "null", null],
  ["OPTIONS without an Origin", "OPTIONS", undefined, null],
];

async function serve(run: (server: QqServer) => Promise<void>): Promise<void> {
  const server = createServer({ allowOrigins: [PAGE] });
  await server.createAccount({ uin: "10001", passwordMd5: PASSWORD_MD5 });
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

for (const [front, ask] of Object.entries(WAYS_IN)) {
  for (const [name, method, origin, expected] of CASES) {
    Deno.test(`origins, ${front}: ${name} gets ${expected?.status ?? "NULL"}`, () =>
      serve(async (server) => {
        const answered = await ask(
          server,
          method,
          method === "POST" ? LOGGING_IN : "",
          origin === undefined ? {} : { Origin: origin },
        );
        const readable = [...answered?.headers ?? []].filter(([header]) =>
          /^access-control|^vary/.test(header)
        );
        if (expected === null) {
          assertEquals(answered?.body ?? "", "");
          assertEquals(answered?.status ?? 200, 200);
          assertEquals(readable, []);
        } else {
          assertEquals(answered?.status, expected.status);
          assertEquals(answered?.body, expected.body);
          assertEquals(readable, expected.headers);
        }
        assertEquals(
          server.isOnline("10001"),
          method === "POST" && expected !== null,
        );
      }));
  }
}

for (
  const origin of [
    "*",
    "null",
    "https://page.example/",
    "https://page.example:443",
    "https://*.example",
    "HTTPS://page.example",
    "file://page",
    "page.example",
    "",
  ]
) {
  Deno.test(`createServer() refuses ${JSON.stringify(origin)} in allowOrigins`, () => {
    assertThrows(
      () => createServer({ allowOrigins: [origin] }),
      TypeError,
      `Cannot make a server: allowOrigins must hold origins such as https://example.org, without a path, got ${
        JSON.stringify(origin)
      }`,
    );
  });
}

import {
  FetchTransport,
  TransportError,
  type TransportErrorKind,
} from "../../../lib/client/transport.ts";
import { RESPONSE_BYTES } from "../../../lib/reply_body.ts";
import { MalformedError } from "../../../lib/protocol/errors.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { RawServer, response } from "../../support/raw_server.ts";

function request(body = "VER=1.1&CMD=List&SEQ=1&UIN=10001") {
  return { body, headers: {}, signal: new AbortController().signal };
}

async function kindOf(run: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(run, TransportError);
  assertInstanceOf(error.cause, Error);
  return error.kind;
}

Deno.test("FetchTransport posts the body as text, without other encodings", async () => {
  await using server = new RawServer(async ({ write }) => {
    await write(response("VER=1.1&中文", "X-Given: 1\r\n"));
    return true;
  });
  const transport = new FetchTransport(server.url);
  const answer = await transport.post({
    ...request("A=1"),
    headers: { "Idempotency-Key": "k1" },
  });
  assertEquals([answer.status, answer.body], [200, "VER=1.1&中文"]);
  assertEquals(answer.headers.get("x-given"), "1");
  const { body, head } = server.requests[0]!;
  assertEquals(body, "A=1");
  const lines = head.toLowerCase().split("\r\n");
  assertEquals(lines[0], "post / http/1.1");
  for (
    const line of [
      "content-type: text/plain; charset=utf-8",
      "idempotency-key: k1",
      "content-length: 3",
    ]
  ) assertEquals(lines.includes(line), true, line);
  transport.close();
});

const ENDS: [string, string, TransportErrorKind][] = [
  ["a bare close", "", "closed"],
  ["a body that breaks off", response("abc").slice(0, -1), "cut"],
  [
    "a chunk that breaks off",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "cut",
  ],
  ["what is no HTTP", "VER=1.1&CMD=LIST\r\n\r\n", "cut"],
];
for (const [name, bytes, kind] of ENDS) {
  Deno.test(`FetchTransport takes ${name} for ${kind}`, async () => {
    await using server = new RawServer(async ({ write }) => {
      await write(bytes);
      return false;
    });
    const transport = new FetchTransport(server.url);
    assertEquals(await kindOf(() => transport.post(request())), kind);
    assertEquals(server.requests.length, 1);
    transport.close();
  });
}

Deno.test("FetchTransport takes a refused connection and an unknown host for unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const host of [`127.0.0.1:${port}`, "nowhere.invalid"]) {
    const transport = new FetchTransport(`http://${host}/`);
    assertEquals(await kindOf(() => transport.post(request())), "unreachable");
    transport.close();
  }
});

Deno.test("FetchTransport gives an empty body as it is", async () => {
  await using server = new RawServer(async ({ write }) => {
    await write(response(""));
    return true;
  });
  const transport = new FetchTransport(server.url);
  assertEquals((await transport.post(request())).body, "");
  transport.close();
});

Deno.test("FetchTransport asks once, also where the server answered the connection before", async () => {
  await using server = new RawServer(async ({ nth, write }) => {
    if (nth !== 1) return false;
    await write(response("first"));
    return true;
  });
  const transport = new FetchTransport(server.url);
  assertEquals((await transport.post(request())).body, "first");
  assertEquals(await kindOf(() => transport.post(request())), "closed");
  assertEquals(server.requests.length, 2);
  transport.close();
});

for (const late of [false, true]) {
  Deno.test(`FetchTransport uses the first of two responses and never the second${late ? ", however late" : ""}`, async () => {
    const owed = new Map<number, string>();
    await using server = new RawServer(async ({ connection, nth, write }) => {
      // Late: a second response goes out when the connection is used again.
      const before = owed.get(connection) ?? "";
      const second = response(`second ${nth}`);
      owed.set(connection, late ? second : "");
      await write(before + response(`first ${nth}`) + (late ? "" : second));
      return true;
    });
    const transport = new FetchTransport(server.url);
    for (let nth = 1; nth <= 5; nth++) {
      assertEquals((await transport.post(request())).body, `first ${nth}`);
    }
    assertEquals(server.connections, 5);
    transport.close();
  });
}

Deno.test("FetchTransport sends again where a server closes after each answer", async () => {
  await using server = new RawServer(async ({ write }) => {
    await write(response("one"));
    return false;
  });
  const transport = new FetchTransport(server.url);
  for (let nth = 0; nth < 5; nth++) {
    assertEquals((await transport.post(request())).body, "one");
  }
  assertEquals(server.requests.length, 5);
  transport.close();
});

Deno.test("FetchTransport rejects with the signal's reason, before and within an answer", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  await using server = new RawServer(async ({ write }) => {
    await write(response("abc").slice(0, -1));
    controller.abort(reason);
    return true;
  });
  const transport = new FetchTransport(server.url);
  for (let nth = 0; nth < 2; nth++) {
    const error = await assertRejects(() =>
      transport.post({ ...request(), signal: controller.signal })
    );
    assertEquals(error === reason, true);
  }
  assertEquals(server.requests.length, 1);
  transport.close();
});

Deno.test("FetchTransport reads up to its limit and no further", async () => {
  const answers = [RESPONSE_BYTES, RESPONSE_BYTES + 1].map((bytes) =>
    new Response(new Uint8Array(bytes).fill(65))
  );
  const transport = new FetchTransport("http://localhost/", {
    fetch: () => Promise.resolve(answers.shift()!),
  });
  assertEquals((await transport.post(request())).body.length, RESPONSE_BYTES);
  await assertRejects(
    () => transport.post(request()),
    MalformedError,
    "Cannot decode a reply: it must have at most 4194304 bytes, got more",
  );
});

Deno.test("FetchTransport does not follow a redirect", async () => {
  await using server = new RawServer(async ({ nth, write }) => {
    await write(
      nth === 1
        ? "HTTP/1.1 307 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
        : response("followed"),
    );
    return true;
  });
  const transport = new FetchTransport(server.url);
  const { status } = await transport.post(request());
  assertEquals([status, server.requests.length], [307, 1]);
  transport.close();
});

/** Errors as other runtimes throw them: texts and codes, from the outside in. */
const FOREIGN: [string, [string, string?][], TransportErrorKind][] = [
  ["undici, a close", [["fetch failed"], [
    "other side closed",
    "UND_ERR_SOCKET",
  ]], "closed"],
  [
    "undici, a reset",
    [["fetch failed"], ["read ECONNRESET", "ECONNRESET"]],
    "closed",
  ],
  ["undici, refused", [["fetch failed"], [
    "connect ECONNREFUSED 127.0.0.1:1",
    "ECONNREFUSED",
  ]], "unreachable"],
  ["undici, slow to connect", [["fetch failed"], [
    "Connect Timeout Error",
    "UND_ERR_CONNECT_TIMEOUT",
  ]], "unreachable"],
  ["undici, no HTTP", [["fetch failed"], [
    "Expected HTTP/",
    "HPE_INVALID_CONSTANT",
  ]], "cut"],
  ["Deno, a reset while connecting", [["fetch failed"], [
    "client error (Connect): tcp connect error: Connection reset by peer (os error 104)",
  ]], "unreachable"],
  ["Deno, a reset", [["fetch failed"], [
    "client error (SendRequest): connection error: Connection reset by peer (os error 104)",
  ]], "closed"],
  ["a cause that nobody knows", [["fetch failed"], ["odd"]], "cut"],
  ["a browser", [["Failed to fetch"]], "unreachable"],
];
for (const [name, chain, kind] of FOREIGN) {
  Deno.test(`FetchTransport reads the error of ${name} as ${kind}`, async () => {
    const error = chain.reduceRight<Error | undefined>(
      (cause, [message, code]) =>
        Object.assign(new TypeError(message, { cause }), code && { code }),
      undefined,
    );
    const transport = new FetchTransport("http://localhost/", {
      fetch: () => Promise.reject(error),
    });
    assertEquals(await kindOf(() => transport.post(request())), kind);
  });
}

for (const name of ["NotCapable", "SecurityError", "TypeError"]) {
  Deno.test(`FetchTransport: a ${name} is ${name === "TypeError" ? "not " : ""}permanent`, async () => {
    const cause = Object.assign(new Error("no"), { name });
    const transport = new FetchTransport("http://localhost/", {
      fetch: () => Promise.reject(cause),
    });
    const error = await transport.post(request()).catch((error) => error);
    assertEquals(
      [error.kind, error.permanent, error.cause],
      ["unreachable", name !== "TypeError", cause],
    );
  });
}

Deno.test("FetchTransport refuses a URL that is not http", () => {
  assertThrows(
    () => new FetchTransport("ftp://localhost/"),
    TypeError,
    "Cannot reach a server: endpoint must be an http: or https: URL, got ftp:",
  );
});

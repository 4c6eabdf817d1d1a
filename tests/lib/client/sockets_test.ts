import { QqClient, QqError } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type RawRequest,
  RawServer,
  response,
} from "../../support/raw_server.ts";

/** A reply to a request, with what follows its head. */
function replyTo({ body }: RawRequest, rest: string): string {
  const [, cmd, seq] = /CMD=(\w+)&SEQ=(\d+)/.exec(body)!;
  return `VER=1.1&CMD=${cmd}&SEQ=${seq}&UIN=10001&RES=${rest}`;
}

function clientOf(endpoint: string, timeoutMs = 5000): QqClient {
  return new QqClient({ uin: "10001", password: "demo", endpoint, timeoutMs });
}

/** `[what the server does, bytes or null for none, code for a read, code for an act]`. */
const ENDS: [
  string,
  (request: RawRequest) => string | null,
  string,
  string,
][] = [
  ["a bare close", () => "", "rejected", "outcome_unknown"],
  ["an empty body", () => response(""), "rejected", "outcome_unknown"],
  [
    "a body cut off",
    (request) => response(replyTo(request, "0&FN=1")).slice(0, -1),
    "unreachable",
    "outcome_unknown",
  ],
  ["no answer in time", () => null, "timeout", "outcome_unknown"],
  [
    "status 500",
    () => "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    "unreachable",
    "unreachable",
  ],
  [
    "RES=20",
    (request) => response(replyTo(request, "20")),
    "not_logged_in",
    "not_logged_in",
  ],
];
for (const [name, answer, reads, acts] of ENDS) {
  Deno.test(`over a socket, ${name} is ${reads} for a read and ${acts} for an act, asked once`, async () => {
    await using server = new RawServer(async (request) => {
      const bytes = answer(request);
      if (bytes === null) return true;
      await request.write(bytes);
      return false;
    });
    await using client = clientOf(
      server.url,
      name.includes("time") ? 50 : 5000,
    );
    const read = await assertRejects(() => client.friends(), QqError);
    assertEquals(read.code as string, reads);
    const act = await assertRejects(() => client.send("10002", "hi"), QqError);
    assertEquals(act.code as string, acts);
    assertEquals(server.requests.length, 2);
  });
}

Deno.test("over a socket, a refused connection is unreachable for all", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using client = clientOf(`http://127.0.0.1:${port}/`);
  for (const call of [() => client.friends(), () => client.send("1", "hi")]) {
    assertEquals((await assertRejects(call, QqError)).code, "unreachable");
  }
});

Deno.test("over a socket, a NULL after good answers is one request, whose outcome is unknown", async () => {
  await using server = new RawServer(async (request) => {
    if (request.nth === 3) return false;
    await request.write(response(replyTo(request, "0&")));
    return true;
  });
  await using client = clientOf(server.url);
  await client.send("10002", "one");
  await client.send("10002", "two");
  const error = await assertRejects(() => client.send("10002", "3"), QqError);
  assertEquals([error.code, server.requests.length], ["outcome_unknown", 3]);
});

Deno.test("over a socket, the second reply to Query_Stat is nobody's answer", async () => {
  await using server = new RawServer(async (request) => {
    if (!request.body.includes("CMD=Query_Stat")) {
      await request.write(response(replyTo(request, "0&")));
      return true;
    }
    const second = replyTo(request, "0&FC=&FN=1&SN=0&ST=&UN=&NK=");
    await request.write(
      response(replyTo(request, "0&FN=7")) + response(second),
    );
    return true;
  });
  await using client = clientOf(server.url);
  for (let nth = 0; nth < 3; nth++) {
    assertEquals((await client.raw("Query_Stat")).FN, "7");
    await client.setStatus("busy");
  }
});

Deno.test("over a socket, mail() reads, and the signal ends a poll that is held", async () => {
  const held = Promise.withResolvers<void>();
  await using server = new RawServer(async (request) => {
    const rest = request.body.includes("CMD=Login")
      ? "0&RS=0&HI=60&LI=300"
      : request.body.includes("CMD=Logout")
      ? "0"
      : "0&MN=1&MT=9,&UN=10002,&MG=hi ,";
    if (request.nth === 3) {
      held.resolve();
      return true;
    }
    await request.write(
      response(replyTo(request, rest), "Preference-Applied: wait=25\r\n"),
    );
    return true;
  });
  await using client = clientOf(server.url);
  const controller = new AbortController();
  held.promise.then(() => controller.abort());
  const items: unknown[] = [];
  for await (const item of client.mail({ signal: controller.signal })) {
    items.push(item);
  }
  assertEquals(items, [{ type: "message", from: "10002", text: "hi" }]);
  const [, first, second] = server.requests;
  assert(/^prefer: wait=25$/im.test(first!.head));
  const keys = [first, second].map((request) =>
    /^idempotency-key: (\S+)$/im.exec(request!.head)![1]
  );
  assertEquals(new Set(keys).size, 2);
});

Deno.test("over a socket, an answer that is too long is malformed", async () => {
  await using server = new RawServer(async ({ write }) => {
    await write(
      "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" +
        "A".repeat(5_000_000),
    );
    return false;
  });
  await using client = clientOf(server.url);
  const error = await assertRejects(() => client.friends(), QqError);
  assertEquals(error.code, "malformed_reply");
});

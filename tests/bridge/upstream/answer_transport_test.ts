import {
  AnswerTransport,
  BRIDGE_ADDRESS,
} from "../../../bridge/upstream/answer_transport.ts";
import {
  createServer,
  Faults,
  type QqAnswer,
  type QqRequest,
} from "../../../lib/server/mod.ts";
import {
  md5Hex,
  TransportError,
  type TransportErrorKind,
  type TransportResponse,
} from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const LOGOUT = "VER=1.1&CMD=Logout&SEQ=1&UIN=10001";

function post(
  transport: AnswerTransport,
  {
    body = LOGOUT,
    headers = {},
    signal = new AbortController().signal,
  }: {
    body?: string;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  } = {},
): Promise<TransportResponse> {
  return transport.post({ body, headers, signal });
}

/** A transport to a server that always answers the same. */
function answering(answer: QqAnswer): AnswerTransport {
  return new AnswerTransport(() => Promise.resolve(answer));
}

const RESPONSES: [what: string, answer: QqAnswer, [number, string]][] = [
  [
    "a reply",
    { type: "reply", bodies: ["RES=0"], headers: {} },
    [200, "RES=0"],
  ],
  [
    "the first of two replies",
    { type: "reply", bodies: ["FN=1", "FN=2"], headers: {} },
    [200, "FN=1"],
  ],
  [
    "no reply at all as an empty one",
    { type: "reply", bodies: [], headers: {} },
    [200, ""],
  ],
  [
    "another status",
    { type: "http", status: 503, body: "busy" },
    [503, "busy"],
  ],
];

for (const [what, answer, expected] of RESPONSES) {
  Deno.test(`AnswerTransport.post() returns ${what}`, async () => {
    const { status, body } = await post(answering(answer));
    assertEquals([status, body], expected);
  });
}

const FAILURES: [
  what: string,
  answer: QqAnswer,
  kind: TransportErrorKind,
  message: string,
][] = [
  [
    "NULL",
    { type: "null" },
    "closed",
    "Cannot read an answer: the connection ended before its first byte",
  ],
  [
    "a cut answer",
    { type: "cut", body: "VER=1.1&CMD=LOGOUT", bytes: 4 },
    "cut",
    "Cannot read an answer: it broke off",
  ],
];

for (const [what, answer, kind, message] of FAILURES) {
  Deno.test(`AnswerTransport.post() rejects with ${kind} if the answer is ${what}`, async () => {
    const error = await assertRejects(
      () => post(answering(answer)),
      TransportError,
    );
    assertEquals([error.kind, error.message], [kind, message]);
  });
}

Deno.test("AnswerTransport.post() passes the request on, with headers by name in any case", async () => {
  const asked: QqRequest[] = [];
  const transport = new AnswerTransport((request) => {
    asked.push(request);
    return Promise.resolve({ type: "reply", bodies: [""], headers: {} });
  });
  const { signal } = new AbortController();
  const headers = {
    "content-type": "text/plain",
    "IDEMPOTENCY-KEY": "键",
    "Prefer": "wait=5",
    "Tqq-Session": "session-of-the-bridge",
  };
  await post(transport, { body: "MG=你好", headers, signal });
  await post(transport, { body: "", signal });
  const fixed = { method: "POST", address: BRIDGE_ADDRESS, signal };
  assertEquals(asked, [
    {
      ...fixed,
      body: new TextEncoder().encode("MG=你好"),
      contentType: "text/plain",
      idempotencyKey: "键",
      prefer: "wait=5",
      session: "session-of-the-bridge",
    },
    {
      ...fixed,
      body: new Uint8Array(),
      contentType: null,
      idempotencyKey: null,
      prefer: null,
      session: null,
    },
  ]);
});

Deno.test("AnswerTransport.post() returns the headers by name in any case", async () => {
  const { headers } = await post(answering({
    type: "reply",
    bodies: [""],
    headers: { "Idempotency-Key": "k1" },
  }));
  assertEquals(
    ["Idempotency-Key", "idempotency-key", "Prefer"]
      .map((name) => headers.get(name)),
    ["k1", "k1", null],
  );
});

Deno.test("AnswerTransport.post() asks nothing if the caller has given up", async () => {
  let asked = 0;
  const transport = new AnswerTransport(() => {
    asked++;
    return Promise.resolve({ type: "null" });
  });
  const reason = new Error("gone");
  const error = await assertRejects(() =>
    post(transport, { signal: AbortSignal.abort(reason) })
  );
  assert(error === reason);
  assertEquals(asked, 0);
});

const ENDED_BY_ABORT: [what: string, answer: QqAnswer][] = [
  ["NULL", { type: "null" }],
  ["a reply", { type: "reply", bodies: ["RES=0"], headers: {} }],
  ["a cut answer", { type: "cut", body: "", bytes: 0 }],
  ["silence", { type: "silent" }],
];

for (const [what, answer] of ENDED_BY_ABORT) {
  Deno.test(`AnswerTransport rejects with the reason when aborted before ${what}`, async () => {
    const reason = new Error("gone");
    const caller = new AbortController();
    // As the server does it: it answers at once where nobody waits any more.
    const transport = new AnswerTransport(({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve(answer))
      )
    );
    const answered = post(transport, { signal: caller.signal });
    caller.abort(reason);
    assert(await assertRejects(() => answered) === reason);
  });
}

Deno.test("AnswerTransport.post() stays pending until the caller gives up", async () => {
  const reason = new Error("enough");
  const caller = new AbortController();
  let settled = false;
  const answered = post(answering({ type: "silent" }), {
    signal: caller.signal,
  }).finally(() => settled = true);
  const refused = assertRejects(() => answered);
  await new Promise<void>((resolve) => setTimeout(resolve));
  assertEquals(settled, false);
  caller.abort(reason);
  assert(await refused === reason);
});

Deno.test("AnswerTransport.post() waits for a late answer, but no longer than the caller", async () => {
  const clock = new FakeClock();
  const faults = new Faults();
  await using stack = new AsyncDisposableStack();
  const server = createServer({ clock, faults });
  stack.defer(() => server.close());
  const passwordMd5 = md5Hex("secret");
  await server.createAccount({ uin: "10001", passwordMd5 });
  const transport = new AnswerTransport(server.answer);
  const how = { type: "late", lateMs: 20_000 } as const;
  faults.add({ cmd: "Logout", how, times: 2 });

  let answeredAt: number | undefined;
  const late = post(transport);
  late.then(() => answeredAt = clock.now());
  const startAt = clock.now();
  await clock.advance(19_999);
  assertEquals(answeredAt, undefined);
  await clock.advance(1);
  assertEquals(
    (await late).body,
    "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0",
  );
  assertEquals(answeredAt, startAt + 20_000);

  const reason = new Error("gone");
  const caller = new AbortController();
  const given = post(transport, { signal: caller.signal });
  const refused = assertRejects(() => given);
  await clock.advance(10_000);
  caller.abort(reason);
  assert(await refused === reason);
  assertEquals(clock.pending, 0);
});

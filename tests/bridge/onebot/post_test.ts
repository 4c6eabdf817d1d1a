import { createHmac } from "node:crypto";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { assertKind, EVENTS } from "./field_lists.ts";
import { answered, Receiver, tick, until, untilLater } from "./receiver.ts";
import { type Frame, realStage, Stage } from "./stage.ts";

function posting(url: string, more: Frame = {}): Stage {
  return realStage({ uins: ["10001"], post: [{ url }], ...more });
}

Deno.test("post: enable, events in order, disable; signed, with X-Self-ID", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url, { secret: "kärlek" });
  stage.onebot.start();
  await receiver.until(() => receiver.posted.length === 1);
  for (const text of ["a", "你", "c"]) {
    await stage.bridge.push("10001", "message", { from: "10002", text });
  }
  await receiver.until(() => receiver.events.length === 3);
  await stage.onebot.stop();
  assertEquals(
    receiver.posted.map(({ body }) => body.sub_type),
    ["enable", "friend", "friend", "friend", "disable"],
  );
  assertEquals(receiver.events.map(({ seq }) => seq), [1, 2, 3]);
  for (const { headers, text, body } of receiver.posted) {
    assertEquals(headers.get("x-self-id"), "10001");
    assertEquals(headers.get("content-type"), "application/json");
    assertEquals(headers.get("user-agent"), "OneBot/11");
    const hmac = createHmac("sha1", "kärlek").update(text).digest("hex");
    assertEquals(headers.get("x-signature"), `sha1=${hmac}`);
    assertKind(body, {
      fields: body.seq === undefined ? EVENTS.lifecycle : EVENTS.message,
    });
  }
  assertEquals(stage.failures, []);
});

Deno.test("post: without a secret there is no signature", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url);
  stage.onebot.start();
  await receiver.until(() => receiver.posted.length === 1);
  await stage.onebot.stop();
  assertEquals(receiver.posted[0]!.headers.get("x-signature"), null);
});

const OPERATIONS: [
  what: string,
  event: "message" | "friend.request",
  operation: unknown,
  ran: Frame[],
][] = [
  ["a reply", "message", { reply: "a &amp; b" }, [
    ["send", { to: "10002", text: "a & b" }],
  ]],
  ["a plain reply", "message", { reply: "&amp;", auto_escape: true }, [
    ["send", { to: "10002", text: "&amp;" }],
  ]],
  ["an approval", "friend.request", { approve: true, remark: "r" }, [
    ["answerRequest", { uin: "10002", answer: "accept" }],
  ]],
  ["a refusal", "friend.request", { approve: false, reason: "no" }, [
    ["answerRequest", { uin: "10002", answer: "refuse", reason: "no" }],
  ]],
  ["an approval of a message", "message", { approve: true }, []],
  ["nothing", "message", {}, []],
  ["null", "message", null, []],
  ["a list", "message", [{ reply: "x" }], []],
  ["an image", "message", { reply: "[CQ:image,file=x]" }, [
    ["send", { to: "10002", text: "[图片]" }],
  ]],
  ["a text that is no switch", "message", { reply: "x", auto_escape: "?" }, []],
];

for (const [what, event, operation, ran] of OPERATIONS) {
  Deno.test(`post: ${what} in the answer is done before the next event`, async () => {
    await using receiver = new Receiver();
    const stage = posting(receiver.url);
    stage.bridge.script("send", () => ({ seq: 7 }));
    stage.bridge.script("answerRequest", () => ({}));
    stage.onebot.start();
    await receiver.until(() => receiver.posted.length === 1);
    receiver.answers.push(Response.json(operation));
    await stage.bridge.push("10001", event, { from: "10002", text: "hi" });
    await stage.bridge.push("10001", "presence", { from: "1", status: "busy" });
    await receiver.until(() => receiver.events.length === 2);
    const acts = stage.bridge.ran.filter(({ request }) =>
      request.command !== "profile"
    );
    assertEquals(
      acts.map(({ request }) => [request.command, request.params]),
      ran,
    );
    for (const { request } of acts) assert(request.key?.endsWith("/1"));
    await stage.onebot.stop();
    assertEquals(stage.failures, []);
  });
}

const ANSWERS: [what: string, answer: () => Response, posts: number][] = [
  ["200 with text", () => new Response("thanks"), 1],
  ["404", () => new Response(null, { status: 404 }), 1],
  ["401", () => new Response("{}", { status: 401 }), 1],
  ["302", () => Response.redirect("http://127.0.0.1:1/", 302), 1],
  ["500", () => new Response(null, { status: 500 }), 5],
  ["503", () => new Response(null, { status: 503 }), 8],
  ["429", () => new Response(null, { status: 429 }), 8],
];

for (const [what, answer, posts] of ANSWERS) {
  Deno.test(`post: ${what}, again and again, is posted ${posts} times of 8`, async () => {
    await using receiver = new Receiver();
    const clock = new FakeClock();
    const stage = new Stage({
      clock,
      uins: ["10001"],
      post: [{ url: receiver.url }],
    });
    stage.onebot.start();
    await until(stage, () => receiver.posted.length === 1);
    for (let n = 1; n < 8; n++) receiver.answers.push(answer());
    if (posts === 1) receiver.answers.splice(1);
    if (posts === 5) receiver.answers.splice(5);
    await stage.bridge.push("10001", "presence", { from: "1", status: "busy" });
    await stage.bridge.push("10001", "presence", { from: "2", status: "busy" });
    for (let n = 1; n <= posts; n++) {
      await until(stage, () => receiver.events.length >= n);
      await answered();
      await clock.advance(Math.min(1000 * 2 ** (n - 1), 30_000) - 1);
      if (n < posts) assertEquals(receiver.events.length, n);
      await clock.advance(1);
    }
    await until(stage, () => receiver.events.length === posts + 1);
    assertEquals(receiver.events.map(({ user_id }) => user_id), [
      ...Array(posts).fill(1),
      2,
    ]);
    assert(stage.news.every((one) => !one.includes("s3cret")));
    await stage.onebot.stop();
  });
}

for (const [status, posts] of [[500, 18], [404, 10], [403, 10]] as const) {
  Deno.test(`post: who answers ${status} to all, having taken before, is posted to until it takes again`, async () => {
    await using receiver = new Receiver();
    const clock = new FakeClock();
    const stage = new Stage({
      clock,
      uins: ["10001"],
      post: [{ url: receiver.url }],
    });
    stage.onebot.start();
    await until(stage, () => receiver.posted.length === 1);
    receiver.status = status;
    await stage.bridge.push("10001");
    await stage.bridge.push("10001");
    await untilLater(stage, () => receiver.events.length === posts);
    assertEquals(new Set(receiver.events.map(({ seq }) => seq)), new Set([1]));
    receiver.status = undefined;
    await untilLater(stage, () => receiver.events.length === posts + 2);
    assertEquals(receiver.events.map(({ seq }) => seq).slice(-2), [1, 2]);
    await stage.onebot.stop();
    assertEquals(stage.failures, []);
  });
}

Deno.test("post: who refuses all for long is taken at its word, and each event posted once", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    post: [{ url: receiver.url }],
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  receiver.status = 404;
  const from = clock.now();
  for (let n = 0; n < 3; n++) await stage.bridge.push("10001");
  await untilLater(stage, () => receiver.events.at(-1)?.seq === 3);
  assertEquals(receiver.events.map(({ seq }) => seq).slice(-3), [1, 2, 3]);
  assert(clock.now() - from >= 300_000);
  await stage.onebot.stop();
});

Deno.test("post: who never says that it took anything is posted each event once", async () => {
  await using receiver = new Receiver();
  receiver.status = 404;
  const stage = posting(receiver.url);
  stage.onebot.start();
  for (let n = 0; n < 3; n++) await stage.bridge.push("10001");
  await receiver.until(() => receiver.events.length === 3);
  assertEquals(receiver.events.map(({ seq }) => seq), [1, 2, 3]);
  await stage.onebot.stop();
});

Deno.test("post: nobody there loses nothing; the position outlives a restart", async () => {
  const first = new Receiver();
  const { url, port } = first;
  const stage = posting(url);
  stage.onebot.start();
  await first.until(() => first.posted.length === 1);
  await stage.bridge.push("10001");
  await first.until(() => first.events.length === 1);
  while (stage.bridge.journal.kept()[0] !== 1) await tick();
  // It was the event that moved it, not the heartbeat that comes later.
  assertEquals(first.posted.length, 2);
  await first[Symbol.asyncDispose]();
  await stage.bridge.push("10001");
  await stage.bridge.push("10001");
  while (stage.news.length === 0) await tick();
  await stage.onebot.stop();
  assertEquals(stage.bridge.journal.kept(), [1]);
  await stage.bridge.push("10001");
  await using second = new Receiver(port);
  const again = stage.restart({ post: [{ url }] });
  again.start();
  await second.until(() => second.events.length === 3);
  assertEquals(second.events.map(({ seq }) => seq), [2, 3, 4]);
  await again.stop();
});

Deno.test("post: a receiver that does not answer is asked again, a reply is not done twice", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    post: [{ url: receiver.url }],
  });
  stage.bridge.script("send", () => {
    throw new CommandError("rejected", "pause");
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  const { promise, resolve } = Promise.withResolvers<Response>();
  receiver.answers.push(promise, Response.json({ reply: "x" }));
  await stage.bridge.push("10001");
  await until(stage, () => receiver.events.length === 1);
  await clock.advance(15_000);
  await until(stage, () => stage.news.length === 1);
  await clock.advance(1000);
  await until(stage, () => stage.news.length === 2);
  assertEquals(receiver.events.map(({ message_id }) => message_id), [1, 1]);
  assert(stage.news[1]!.includes("operation not done: pause"), stage.news[1]);
  const sends = stage.bridge.ran.filter(({ request }) =>
    request.command === "send"
  );
  assertEquals(sends.length, 1);
  resolve(new Response());
  await stage.onebot.stop();
});

Deno.test("post: a heartbeat each 15 s", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    post: [{ url: receiver.url }],
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  const from = clock.now();
  await untilLater(stage, () => receiver.posted.length === 2);
  assertEquals(clock.now() - from, 15_000);
  assertKind(receiver.posted[1]!.body, { fields: EVENTS.heartbeat });
  // The next heartbeat stores the position after another account's event, so that it is not read again.
  await stage.bridge.push("10002");
  await untilLater(stage, () => stage.bridge.journal.kept()[0] === 1);
  assertEquals(clock.now() - from, 30_000);
  await stage.onebot.stop();
});

Deno.test("post: the end of a pause is no return", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url);
  stage.onebot.start();
  await receiver.until(() => receiver.posted.length === 1);
  const states = ["online", "penalised", "online", "replaced", "online"];
  for (const state of states) {
    const data = { state, since: "2005-11-24T00:00:00.000Z" };
    await stage.bridge.push("10001", "account.state", data as Frame);
  }
  await receiver.until(() => receiver.events.length === 2);
  await stage.onebot.stop();
  assertEquals(
    receiver.events.map(({ notice_type }) => notice_type),
    ["bot_offline", "bot_online"],
  );
});

Deno.test("post: of an account that comes later nothing is passed over", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url, { uins: [] });
  await stage.bridge.push("10001");
  const onebot = stage.restart({ post: [{ url: receiver.url }] });
  onebot.start();
  stage.bridge.all.push({
    uin: "10001",
    nickname: "",
    state: "online",
    since: "",
    wanted: true,
  });
  await stage.bridge.push("10001");
  await receiver.until(() => receiver.events.length === 1);
  assertEquals(receiver.events[0].seq, 2);
  await onebot.stop();
});

Deno.test("post: what was trimmed meanwhile is reported first", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url);
  stage.onebot.start();
  await receiver.until(() => receiver.posted.length === 1);
  await stage.onebot.stop();
  for (let n = 0; n < 4; n++) await stage.bridge.push("10001");
  stage.bridge.journal.trimTo(3);
  const again = stage.restart({ post: [{ url: receiver.url }] });
  again.start();
  await receiver.until(() => receiver.events.length === 2);
  await again.stop();
  const [gap] = receiver.posted.map(({ body }) => body)
    .filter(({ meta_event_type }) => meta_event_type === "gap");
  assertKind(gap, { fields: EVENTS.gap });
  assertEquals([gap.from, gap.to], [1, 2]);
  assertEquals(receiver.events.map(({ seq }) => seq), [3, 4]);
});

Deno.test("post: a response too long is not read, and holds nothing up", async () => {
  await using receiver = new Receiver();
  const stage = posting(receiver.url);
  stage.onebot.start();
  await receiver.until(() => receiver.posted.length === 1);
  receiver.answers.push(new Response("x".repeat(70_000)));
  await stage.bridge.push("10001");
  await stage.bridge.push("10001");
  await receiver.until(() => receiver.events.length === 2);
  await stage.onebot.stop();
});

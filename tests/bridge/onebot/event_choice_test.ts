import { assert, assertEquals } from "@std/assert";
import { EVENT_ROWS } from "../../support/event_examples.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { assertKind, EVENTS } from "./field_lists.ts";
import { Receiver, until } from "./receiver.ts";
import { Stage } from "./stage.ts";

const PATH = "/onebot/v11/10001";
/** One event of every kind, in this order. */
const ALL = EVENT_ROWS.map(([name, { data }]) => [name, data[0]] as const);

async function pushAll({ bridge }: Stage): Promise<void> {
  for (const [name, data] of ALL) {
    await bridge.push("10001", name, data);
  }
}

/** Positions of the events whose names fit. */
function seqsOf(fits: (name: string) => boolean): number[] {
  return ALL.flatMap(([name], index) => fits(name) ? [index + 1] : []);
}

const isOwn = (name: string) => name === "message.sent";

const CHOICES: [query: string, seqs: number[]][] = [
  ["", seqsOf((name) => !isOwn(name))],
  ["self=false", seqsOf((name) => !isOwn(name))],
  ["self=true", seqsOf(() => true)],
  ["events=message", [1, 2]],
  ["events=message&self=true", [1, 2, 3]],
  ["events=message.sent", []],
  [
    "events=message.stranger,friend",
    seqsOf((name) => name === "message.stranger" || name.startsWith("friend.")),
  ],
  ...ALL.map(([name], index): [string, number[]] => [
    `self=true&events=${name}`,
    name === "message" ? [1, 2, 3] : [index + 1],
  ]),
];

for (const [query, seqs] of CHOICES) {
  Deno.test(`events: ?${query} lets ${seqs} through, live and in a replay, and the position moves over the rest`, async () => {
    const stage = new Stage({ uins: ["10001"] });
    const path = `${PATH}?consumer=bot&${query}`;
    const client = await stage.client(path);
    await pushAll(stage);
    assertEquals(await client.seqs(), seqs);
    await stage.pass(32_000, client);
    const meta = (await client.frames()).map((one) => one.meta_event_type);
    assert(meta.includes("heartbeat"));
    assertEquals(stage.bridge.journal.kept(), [ALL.length]);
    const replayed = await stage.client(`${PATH}?since=0&${query}`);
    const [first, ...others] = await replayed.frames();
    assertEquals(first.meta_event_type, "lifecycle");
    assertEquals(others.map(({ seq }) => seq), seqs);
  });
}

for (
  const query of [
    "events=",
    "events=messages",
    "events=message,",
    "events=message.*",
    "self=",
    "self=yes",
  ]
) {
  Deno.test(`events: ?${query} is refused with 400`, async () => {
    const answer = await new Stage().dial(`${PATH}?${query}`);
    assert(answer instanceof Response);
    await answer.body?.cancel();
    assertEquals(answer.status, 400);
  });
}

Deno.test("events: what another client sent comes with self=true, with the message_id of its answer", async () => {
  const stage = new Stage();
  stage.bridge.script("send", async (_, { params }) => {
    const { to, text } = params as { to: string; text: string };
    const sent = { to, text };
    return {
      seq: (await stage.bridge.push("10001", "message.sent", sent)).seq,
    };
  });
  const [sender, other] = [
    await stage.client(PATH),
    await stage.client(`${PATH}?self=true`),
  ];
  await other.frames();
  const { data } = await sender.call("send_private_msg", {
    user_id: 10002,
    message: "hi",
  });
  const [event, ...more] = await other.frames();
  assertKind(event, { fields: EVENTS.messageSent });
  assertEquals([event.message_id, event.user_id, event.target_id, more], [
    data.message_id,
    10001,
    10002,
    [],
  ]);
  const replay = await stage.client(`${PATH}?self=true&since=0`);
  assertEquals((await replay.frames())[1], event);
});

Deno.test("events: a target has its own choice", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    post: [{ url: receiver.url, events: ["message"], self: true }],
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  await pushAll(stage);
  await until(stage, () => receiver.events.length === 3);
  await until(stage, () => stage.bridge.journal.kept()[0] === 3);
  await clock.advance(15_000);
  await until(stage, () => stage.bridge.journal.kept()[0] === ALL.length);
  await stage.onebot.stop();
  assertEquals(
    receiver.events.map(({ post_type }) => post_type),
    ["message", "message", "message_sent"],
  );
});

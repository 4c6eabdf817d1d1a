import { assert, assertEquals } from "@std/assert";
import {
  ANSWER_LIMITS,
  AnswerPace,
} from "../../../bridge/http_server/answer_pace.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { until } from "../../support/nats_stage.ts";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const { burstBytes, bytesPerSecond, maxWaitMs, addresses } = ANSWER_LIMITS;

Deno.test("AnswerPace: an address waits once its burst is used, and no other", async () => {
  const clock = new FakeClock();
  const pace = new AnswerPace(clock);
  let sent = 0;
  const take = (bytes: number) => {
    const wait = pace.take("10.0.0.1", bytes);
    wait?.then(() => sent++);
    return wait === undefined;
  };
  assert(take(burstBytes));
  assertEquals(take(bytesPerSecond), false);
  assertEquals(take(bytesPerSecond), false);
  assertEquals(pace.take("10.0.0.2", burstBytes), undefined);
  await clock.advance(999);
  assertEquals(sent, 0);
  await clock.advance(1);
  assertEquals(sent, 1);
  await clock.advance(1000);
  assertEquals(sent, 2);
  // The burst comes back at the same pace.
  await clock.advance(1000 * burstBytes / bytesPerSecond);
  assert(take(burstBytes));
  assertEquals(take(1000), false);
});

Deno.test("AnswerPace: one network of IPv6 has one pace, and this machine none", () => {
  const pace = new AnswerPace(new FakeClock());
  pace.take("2001:db8::1", burstBytes);
  assert(pace.take("2001:db8::2", 1000) !== undefined);
  for (const shared of ["127.0.0.1", "::1", "::ffff:127.0.0.1", undefined]) {
    assertEquals(pace.take(shared, 100 * burstBytes), undefined);
  }
});

Deno.test("AnswerPace: however much was asked for, an answer waits for a bounded time", async () => {
  const clock = new FakeClock();
  const pace = new AnswerPace(clock);
  let isSent = false;
  pace.take("10.0.0.1", 100 * burstBytes);
  pace.take("10.0.0.1", 1)?.then(() => isSent = true);
  await clock.advance(maxWaitMs - 1);
  assertEquals(isSent, false);
  await clock.advance(1);
  assertEquals([isSent, clock.pending], [true, 0]);
});

Deno.test("AnswerPace: the number of remembered addresses is bounded", () => {
  const pace = new AnswerPace(new FakeClock());
  for (let nth = 0; nth < addresses + 5; nth++) pace.take(`a${nth}`, 1);
  assertEquals(pace.addresses, addresses);
});

Deno.test("an address that was answered much waits for its answers, and others do not", async () => {
  const clock = new FakeClock();
  const answerPace = new AnswerPace(clock);
  await using stage = await Stage.open({ answerPace });
  const { port } = stage;
  const get = async (address: string) => {
    const socket = await RawSocket.connectFrom(address, port);
    await socket.write(
      `GET /mod.js HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    );
    return socket;
  };
  answerPace.take("127.0.0.2", burstBytes);
  using waiting = await get("127.0.0.2");
  const text = waiting.rest();
  using other = await get("127.0.0.1");
  const whole = (await other.rest()).length;
  // The request waits, and each piece of its answer.
  assertEquals(clock.pending, 1);
  let received = 0;
  text.then(({ length }) => received = length);
  await until(async () => {
    await clock.advance(1000);
    return received > 0;
  });
  assertEquals(received, whole);
});

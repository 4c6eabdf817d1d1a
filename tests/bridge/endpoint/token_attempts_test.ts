/** Guessing tokens: how many are looked up, whatever waits. @module */

import {
  FAILURE_LIMITS,
  FailureDelay,
} from "../../../bridge/access/failure_delay.ts";
import { RateLimits } from "../../../bridge/access/rate_limit.ts";
import { Refusal } from "../../../bridge/endpoint/refusal.ts";
import { TokenGate } from "../../../bridge/endpoint/token_gate.ts";
import { assert, assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

class Stage {
  readonly clock = new FakeClock();
  readonly #delay = new FailureDelay(this.clock);
  lookups = 0;
  readonly gate = new TokenGate({
    authenticate: (token) => {
      this.lookups++;
      return token.startsWith("good") ? grantOf({ name: token }) : undefined;
    },
    slowDown: (address, signal) => this.#delay.delay(address ?? "", signal),
    attempts: this.#delay,
    rates: new RateLimits(this.clock, 1000),
  });

  /** How a request ends, by the name of its token or a code. */
  async ask(token: string, address = "192.0.2.1"): Promise<string> {
    const { signal } = new AbortController();
    const result = await this.gate.authenticate({ token, address, signal });
    return result instanceof Refusal ? result.code : result.name;
  }

  /** The same for the first frame of a WebSocket. */
  async hello(token: string): Promise<string> {
    const gate = this.gate.firstFrame({ address: "192.0.2.1" });
    const grant = gate.find(token);
    if (grant !== undefined) return grant.name;
    return (await gate.refuse(new AbortController().signal)).code;
  }
}

Deno.test("TokenGate: 24 clients with wrong tokens have at most 50 looked up a second, and a right one is not found among them", async () => {
  const stage = new Stage();
  const { clock } = stage;
  assertEquals(await stage.ask("good-known"), "good-known");
  let isOver = false;
  const guess = async (client: number) => {
    for (let n = 0; !isOver; n++) {
      const ask = client % 2 === 0 ? stage.ask : stage.hello;
      const code = await ask.call(stage, `wrong-${client}-${n}`);
      // A refused client soon tries again.
      if (code === "overloaded") {
        await new Promise<void>((resolve) => clock.after(10, resolve));
      }
    }
  };
  const clients = Array.from({ length: 24 }, (_, client) => guess(client));
  await clock.advance(100);
  for (let second = 0; second < 10; second++) {
    stage.lookups = 0;
    await clock.advance(1000);
    assert(stage.lookups <= 50, `${stage.lookups} in second ${second}`);
    const before = stage.lookups;
    assertEquals(await stage.ask("good-unknown"), "overloaded");
    assertEquals(await stage.hello("good-unknown"), "overloaded");
    assertEquals(stage.lookups, before, "it is not looked up");
    assertEquals(await stage.ask("good-known"), "good-known");
    assertEquals(await stage.hello("good-known"), "good-known");
    assertEquals(await stage.ask("good", "192.0.2.77"), "good");
  }
  isOver = true;
  await clock.advance(10_000);
  await Promise.all(clients);
  assertEquals(await stage.ask("good-unknown"), "good-unknown");
});

Deno.test("FailureDelay: a token is exempt for an hour after it was accepted, at its address", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  const block = () => {
    for (let n = 0; n < FAILURE_LIMITS.perSecond; n++) void delay.delay("a");
  };
  delay.onAccepted("a", "good");
  block();
  const tries = () => [
    delay.mayTry("a", "good"),
    delay.mayTry("a", "other"),
    delay.mayTry("b", "good"),
  ];
  assertEquals(tries(), [true, false, true]);
  await clock.advance(FAILURE_LIMITS.exemptMs);
  block();
  assertEquals(tries(), [false, false, true]);
  await clock.advance(60_000);
  assertEquals(tries(), [true, true, true]);
});

Deno.test("FailureDelay: the last 10,000 accepted tokens are exempt", () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  for (let n = 0; n <= FAILURE_LIMITS.exempt; n++) {
    delay.onAccepted("a", `t${n}`);
  }
  for (let n = 0; n < FAILURE_LIMITS.perSecond; n++) void delay.delay("a");
  assertEquals([delay.mayTry("a", "t0"), delay.mayTry("a", "t1")], [
    false,
    true,
  ]);
});

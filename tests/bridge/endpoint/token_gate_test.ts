import { RateLimits } from "../../../bridge/access/rate_limit.ts";
import { Refusal } from "../../../bridge/endpoint/refusal.ts";
import { TokenGate } from "../../../bridge/endpoint/token_gate.ts";
import { assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const TOKENS: [
  token: string | undefined,
  waits: boolean,
  code: string,
  failures: number,
][] = [
  ["good", true, "good", 0],
  ["past", true, "unknown_token", 1],
  ["wrong", true, "unknown_token", 1],
  ["wrong", false, "overloaded", 1],
  ["", true, "no_token", 1],
  [undefined, true, "no_token", 1],
];

for (const [token, waits, code, failures] of TOKENS) {
  Deno.test(`TokenGate.authenticate: ${token} is ${code}`, async () => {
    const past = grantOf({ name: "past" });
    past.revoke();
    const grants = new Map([["good", grantOf({ name: "good" })], [
      "past",
      past,
    ]]);
    let failed = 0;
    const gate = new TokenGate({
      authenticate: (token) => grants.get(token),
      slowDown: () => Promise.resolve(waits),
      authFailure: () => failed++,
      rates: new RateLimits(new FakeClock(), 1),
    });
    const { signal } = new AbortController();
    const result = await gate.authenticate({
      token,
      address: undefined,
      signal,
    });
    assertEquals(result instanceof Refusal ? result.code : result.name, code);
    assertEquals(failed, failures);
  });
}

Deno.test("TokenGate.takeCall: gates that share their rates count a token's calls together", () => {
  const rates = new RateLimits(new FakeClock(), 2);
  const [api, onebot, satori] = Array.from(
    { length: 3 },
    () => new TokenGate({ authenticate: () => undefined, rates }),
  );
  const grant = grantOf({ name: "one" });
  assertEquals(api!.takeCall(grant), undefined);
  assertEquals(onebot!.takeCall(grant), undefined);
  assertEquals(satori!.takeCall(grant)?.code, "too_many_calls");
  assertEquals(satori!.takeCall(grantOf({ name: "two" })), undefined);
});

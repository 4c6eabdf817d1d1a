import { CommandError } from "../../../bridge/errors/command_error.ts";
import { assert, assertEquals } from "@std/assert";
import { type EndpointRow, enter, expected, type Outcome } from "./row.ts";
import { SuiteStage } from "./stage.ts";

/** Calls of one connection under way. */
const PARALLEL = 64;

/** Calls beyond the limit, in a minute, that close a connection. */
const REFUSED = 120;

const MINUTE_MS = 60_000;

/** What calls may do, how many are taken, and how they fail. */
export function testCalls(rows: readonly EndpointRow[]): void {
  for (const row of rows) {
    if (row.calls === undefined) continue;
    testScopes(row);
    testRate(row);
    testFailures(row);
    if (row.kind === "socket") testParallel(row);
  }
}

function testScopes(row: EndpointRow): void {
  const { name } = row;
  const { names, table } = row.calls!;
  Deno.test(`${name}: the table has every call`, () => {
    assertEquals(Object.keys(table).sort(), names.toSorted());
  });

  // The other end of a reverse WebSocket has no token, and every scope.
  const tokens = row.path === undefined
    ? ["all"]
    : ["none", "read", "send", "manage", "all"];
  for (const token of tokens) {
    Deno.test(`${name}: a token with the scope ${token} does just what that allows`, async () => {
      await using stage = await SuiteStage.open({
        limits: { commandsPerMinute: 1000 },
      });
      await stage.push(1);
      // What is known already must not be returned to a token that may not read.
      const [profile, params] = row.calls!.profile;
      await using reader = await enter(row, stage);
      await reader.call(profile, params);
      const done: string[] = [];
      const wrong: string[] = [];
      stage.onCommand = (command) => done.push(command);
      await using client = row.path === undefined
        ? reader
        : await enter(row, stage, { token, opensCalls: true });
      done.length = 0;
      for (const [call, [params, scope]] of Object.entries(table)) {
        const { code, text } = await client.call(call, params);
        const isAllowed = scope === "none" || token === "all" ||
          scope === token;
        if (code !== (isAllowed ? "ok" : "forbidden")) {
          wrong.push(`${call}: ${code}`);
        }
        if (token !== "all" && token !== "read" && /n10001|Alice/.test(text)) {
          wrong.push(`${call} returns a name`);
        }
      }
      assertEquals(wrong, []);
      if (token === "none") assertEquals(done, []);
    });
  }

  Deno.test(`${name}: a call that it does not have is unknown_command`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    for (const call of ["fly", "constructor", "__proto__"]) {
      assertEquals((await client.call(call)).code, "unknown_command", call);
    }
    assertEquals((await client.call(row.calls!.ping)).code, "ok");
  });
}

function testRate(row: EndpointRow): void {
  const { name, kind } = row;
  const { ping } = row.calls!;
  const assertOverloaded = ({ code, status, retryAfterMs }: Outcome) => {
    assertEquals([code, retryAfterMs], ["overloaded", MINUTE_MS]);
    if (kind === "http") {
      assertEquals(status, expected(row, "overloadedStatus"));
    }
  };
  Deno.test(`${name}: a call beyond the limit is overloaded, until the minute is over`, async () => {
    await using stage = await SuiteStage.open({
      limits: { commandsPerMinute: 5 },
    });
    await using client = await enter(row, stage);
    // A request to see whether the token is taken was a call too.
    for (let n = kind === "http" ? 1 : 0; n < 5; n++) {
      assertEquals((await client.call(ping)).code, "ok");
    }
    assertOverloaded(await client.call(ping));
    if (kind === "http") {
      const options = { account: "10002", opensCalls: true };
      await using same = await enter(row, stage, options);
      assertOverloaded(await same.call(ping));
    }
    if (row.path !== undefined) {
      await using other = await enter(row, stage, { token: "one" });
      assertEquals((await other.call(ping)).code, "ok");
    }
    await client.stay(MINUTE_MS);
    assertEquals((await client.call(ping)).code, "ok");
  });

  if (kind !== "socket") return;
  Deno.test(`${name}: ${REFUSED} calls beyond the limit are answered, one more closes 4008`, async () => {
    await using stage = await SuiteStage.open({
      limits: { commandsPerMinute: 1 },
    });
    await using client = await enter(row, stage);
    assertEquals((await client.call(ping)).code, "ok");
    for (let n = 0; n < REFUSED; n++) assertOverloaded(await client.call(ping));
    await client.socket!.send(row.validFrame);
    assertEquals(await client.end(), 4008);
  });
}

function testParallel(row: EndpointRow): void {
  Deno.test(`${row.name}: a call beyond ${PARALLEL} under way is overloaded`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    stage.bridge.script("profile", () => promise);
    const [name, params] = row.calls!.profile;
    const calls = Array.from(
      { length: PARALLEL + 1 },
      () => client.call(name, params),
    );
    const { code, retryAfterMs } = await Promise.race(calls);
    assertEquals([code, retryAfterMs], ["overloaded", 1000]);
    resolve({ profile: { uin: "10002", nickname: "Alice" } });
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    assertEquals(codes.filter((code) => code === "ok").length, PARALLEL);
    assertEquals((await client.call(name, params)).code, "ok");
  });
}

function testFailures(row: EndpointRow): void {
  const { name, kind } = row;
  Deno.test(`${name}: the error of a command comes with its code and its wait`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    stage.bridge.script("profile", () => {
      throw new CommandError("penalised", "Too fast", { retryAfterMs: 1500 });
    });
    const outcome = await client.call(...row.calls!.profile);
    assertEquals([outcome.code, outcome.retryAfterMs], ["penalised", 1500]);
    if (kind === "http") {
      assertEquals(outcome.status, expected(row, "overloadedStatus"));
    }
  });

  Deno.test(`${name}: an error that nobody expects is internal, says nothing of its reason, and is reported`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    const error = new Error("the secret reason");
    stage.bridge.script("profile", () => {
      throw error;
    });
    const { code, status, text } = await client.call(...row.calls!.profile);
    assertEquals(code, "internal");
    assert(!text.includes("secret"), text);
    if (kind === "http") assertEquals(status, expected(row, "internalStatus"));
    assertEquals(stage.failures.splice(0), [error]);
  });
}

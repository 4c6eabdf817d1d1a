import { assert, assertEquals } from "@std/assert";
import { settle } from "../../support/fake_clock.ts";
import { LOGIN, Stage } from "./stage.ts";

const WRONG = LOGIN.replace(/PS=\w/, "PS=0").replace(/PS=0(\w)/, "PS=0f");

/** Logs in; returns after how many milliseconds it was answered, and how. */
async function logIn(
  stage: Stage,
  uin: string,
  fields: string,
  address = "192.0.2.1",
): Promise<[waitedMs: number, answer: string]> {
  const from = stage.clock.now();
  let answered: [number, string] | undefined;
  stage.post(`VER=1.1&CMD=Login&SEQ=1&UIN=${uin}&${fields}`, { address })
    .then((answer) => {
      answered = [
        stage.clock.now() - from,
        answer.type === "reply" ? answer.bodies[0]! : answer.type,
      ];
    });
  await settle();
  while (answered === undefined) await stage.clock.advance(50);
  return answered;
}

async function stageWith(
  options: ConstructorParameters<typeof Stage>[0] = {},
): Promise<Stage> {
  return await new Stage({ loginDelay: true, ...options })
    .accounts("10001", "10002");
}

Deno.test("loginDelay: replies to refused logins come 250 ms late, doubling to 5 s, and anew after 10 minutes", async () => {
  const stage = await stageWith();
  const waits: number[] = [];
  for (let n = 0; n < 7; n++) {
    const [waitedMs, answer] = await logIn(stage, "10001", WRONG);
    assert(answer.includes("&RS=1&"), answer);
    waits.push(waitedMs);
  }
  assertEquals(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
  await stage.clock.advance(10 * 60_000);
  assertEquals((await logIn(stage, "10001", WRONG))[0], 250);
  await stage.server.close();
});

Deno.test("loginDelay: by address and by number, and never for the right password", async () => {
  const stage = await stageWith();
  for (let n = 0; n < 4; n++) await logIn(stage, "10001", WRONG);
  // The same address with another number, the same number from elsewhere.
  assertEquals((await logIn(stage, "10002", WRONG))[0], 4000);
  assertEquals((await logIn(stage, "10001", WRONG, "192.0.2.9"))[0], 4000);
  assertEquals((await logIn(stage, "0010001", WRONG, "192.0.2.8"))[0], 5000);
  assertEquals((await logIn(stage, "10002", WRONG, "192.0.2.7"))[0], 500);
  const [waitedMs, answer] = await logIn(stage, "10001", LOGIN);
  assertEquals(waitedMs, 0);
  assert(answer.includes("&RS=0&"), answer);
  await stage.server.close();
});

Deno.test("loginDelay: 200 tries one after the other take at least 60 s", async () => {
  const stage = await stageWith();
  const from = stage.clock.now();
  for (let n = 0; n < 200; n++) await logIn(stage, "10001", WRONG);
  assert(stage.clock.now() - from >= 60_000);
  await stage.server.close();
});

Deno.test("loginDelay: more than 16 of an address that wait, and more than 1,000 in all, get NULL at once", async () => {
  const stage = await stageWith();
  const ends: string[] = [];
  const tryFrom = (address: string) =>
    void stage.post(`VER=1.1&CMD=Login&SEQ=1&UIN=10001&${WRONG}`, { address })
      .then(({ type }) => ends.push(type));
  for (let n = 0; n < 17; n++) tryFrom("192.0.2.1");
  await settle();
  assertEquals(ends, ["null"]);
  for (let n = 0; n < 984; n++) tryFrom(`198.51.${n >> 8}.${n & 255}`);
  await settle();
  assertEquals(ends, ["null"]);
  tryFrom("203.0.113.1");
  await settle();
  assertEquals(ends, ["null", "null"]);
  await stage.server.close();
});

Deno.test("loginDelay: exempt addresses are neither delayed nor reported, and nothing is delayed without the option", async () => {
  const refused: string[] = [];
  const onLoginRefused = ({ address, uin }: { address: string; uin: string }) =>
    refused.push(`${address} ${uin}`);
  const stage = await stageWith({
    loginDelay: { exempt: ["bridge"] },
    onLoginRefused,
  });
  assertEquals((await logIn(stage, "10001", WRONG, "bridge"))[0], 0);
  assertEquals(refused, []);
  await stage.server.close();
  const other = await stageWith({ loginDelay: false, onLoginRefused });
  assertEquals((await logIn(other, "10001", WRONG))[0], 0);
  assertEquals(refused, ["192.0.2.1 10001"]);
  await other.server.close();
});

import {
  type ClientStatus,
  type MailOptions,
  type QqClient,
  QqError,
} from "../../../mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { scripted } from "../../support/scripted_client.ts";
import {
  type Asked,
  LOGGED_IN,
  mailOf,
  ordinary,
  type Step,
} from "../../support/scripted_transport.ts";

/** Keys `1`, `2` and so on; the next comes after mail and after each key that was refused. */
function numbered(): MailOptions & { refused: string[] } {
  let number = 1;
  const refused: string[] = [];
  return {
    refused,
    pollKey: () => String(number),
    onOvertaken: async (key) => {
      await Promise.resolve();
      refused.push(key);
      number++;
    },
  };
}

/** Runs a loop beside the test. */
function follow(client: QqClient, options: MailOptions) {
  let ended: unknown;
  (async () => {
    for await (const _ of client.mailBatches(options));
  })().then(() => ended = "returned", (error) => ended = error);
  return () => ended;
}

/** The server honours keys: a RES=3 that carries the key. */
const honouring = (script: (asked: Asked, nth: number) => Step) =>
(
  asked: Asked,
  nth: number,
): Step => {
  const step = script(asked, nth);
  const headers = { "Idempotency-Key": asked.key };
  if (typeof step === "number") {
    return {
      headers,
      body: ({ command, seq }) =>
        `VER=1.1&CMD=${command.cmd}&SEQ=${seq}&UIN=10001&RES=${step}`,
    };
  }
  return typeof step === "object" && !(step instanceof Error)
    ? { ...step, headers: { ...headers, ...step.headers } }
    : step;
};

/** The polls of a script, as `key@ms`. */
const polls = (asked: readonly Asked[]) =>
  asked.filter(({ command }) => command.cmd === "GetMsgEx")
    .map(({ at, key }) => `${key}@${at}`);

Deno.test("mail(): a loop whose key was followed by another never repeats it, and comes back after growing waits", async () => {
  const seen: ClientStatus[] = [];
  let others = 0;
  const { client, clock, transport } = scripted(
    honouring((asked) => {
      if (asked.command.cmd !== "GetMsgEx") return ordinary(asked);
      // Another reader polls in between, twice.
      return (asked.at === 1000 || asked.at === 5000) && others++ < 2
        ? 3
        : mailOf(0);
    }),
    { onStatus: (status) => seen.push(status), pollMaxMs: 1000 },
  );
  const startAt = clock.now();
  const options = numbered();
  const ended = follow(client, options);
  await clock.advance(12_000);
  assertEquals(polls(transport.asked), [
    "1@0",
    "1@1000",
    "2@4000",
    "2@5000",
    "3@11000",
    "3@12000",
  ]);
  assertEquals(options.refused, ["1", "2"]);
  assertEquals(transport.times.filter((time) => time.startsWith("Login")), [
    "Login@0",
    "Login@4000",
    "Login@11000",
  ]);
  assertEquals(
    seen.filter(({ type }) => type === "replaced"),
    [
      { type: "replaced", overtaken: true, retryAt: startAt + 4000 },
      { type: "replaced", overtaken: true, retryAt: startAt + 11_000 },
    ],
  );
  assertEquals(ended(), undefined);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail(): a loop that begins with an old key takes the mailbox over at once", async () => {
  const seen: ClientStatus[] = [];
  const { client, clock, transport } = scripted(
    honouring((asked) =>
      asked.command.cmd === "GetMsgEx" && Number(asked.key) < 4
        ? 3
        : ordinary(asked)
    ),
    { onStatus: (status) => seen.push(status) },
  );
  follow(client, { ...numbered(), takesBack: false });
  await clock.advance(0);
  assertEquals(polls(transport.asked), ["1@0", "2@0", "3@0", "4@0"]);
  assertEquals(seen.map(({ type }) => type), ["connecting", "online"]);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail(): a server that refuses every key is not asked without end", async () => {
  const { client, clock, transport } = scripted(
    honouring((asked) =>
      asked.command.cmd === "GetMsgEx" ? 3 : ordinary(asked)
    ),
  );
  // Also one who gives the same key again does not make the loop repeat it.
  follow(client, { pollKey: () => "k" });
  for (let turn = 0; turn < 10; turn++) await clock.advance(0);
  const keys = transport.asked.filter(({ command }) =>
    command.cmd === "GetMsgEx"
  ).map(({ key }) => key);
  assertEquals(keys.length, 17);
  assertEquals(keys.filter((key) => key === "k").length <= 9, true);
  for (const [nth, key] of keys.slice(1).entries()) {
    assertEquals(key === keys[nth], false);
  }
  await client[Symbol.asyncDispose]();
});

Deno.test("mail({ takesBack: false }) ends when another reader has the mailbox", async () => {
  const seen: ClientStatus[] = [];
  const { client, clock, transport } = scripted(
    honouring((asked) =>
      asked.command.cmd === "GetMsgEx" && asked.at > 0 ? 3 : ordinary(asked)
    ),
    { onStatus: (status) => seen.push(status) },
  );
  const ended = follow(client, { ...numbered(), takesBack: false });
  await clock.advance(100_000);
  const error = ended();
  assertEquals(error instanceof QqError && error.overtaken, true);
  assertEquals(transport.times, ["Login@0", "GetMsgEx@0", "GetMsgEx@1000"]);
  assertEquals(seen.at(-1), { type: "replaced", overtaken: true });
  assertEquals(client.loggedIn, false);
  await client[Symbol.asyncDispose]();
});

/** What says RES=3 and not that a key was followed by another. */
const PENALTIES: [what: string, step: Step][] = [
  ["without the key", 3],
  ["late", {
    headers: { "Idempotency-Key": "1" },
    body: ({ seq }) => `VER=1.1&CMD=GETMSGEX&SEQ=${seq}&UIN=10001&RES=3`,
    afterMs: 1000,
  }],
];

for (const [what, step] of PENALTIES) {
  Deno.test(`fetchMail(): a RES=3 ${what} is a penalty`, async () => {
    const { client, clock } = scripted([LOGGED_IN, step]);
    await client.login();
    const failed = assertRejects(() => client.fetchMail({ key: "1" }), QqError);
    await clock.advance(1000);
    const { code, overtaken } = await failed;
    assertEquals([code, overtaken], ["penalised", undefined]);
    await client[Symbol.asyncDispose]();
  });
}

import { type Fault, Faults, type QqAnswer } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { Stage } from "./stage.ts";

const SENT = "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&UN=10001&MG=a";
const DONE = "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&RES=0&";

function replied(...bodies: string[]): QqAnswer {
  return { type: "reply", bodies, headers: {} };
}

/** A fault, what the sender sees, and whether the message arrived. */
const FAULTS: [
  name: string,
  fault: Omit<Fault, "cmd">,
  answer: QqAnswer,
  arrives: boolean,
][] = [
  [
    "dropped after acting",
    { how: { type: "null" } },
    { type: "null" },
    true,
  ],
  [
    "dropped before acting",
    { how: { type: "null" }, acts: false },
    { type: "null" },
    false,
  ],
  ["silent after acting", { how: { type: "silent" } }, {
    type: "silent",
  }, true],
  ["silent before acting", { how: { type: "silent" }, acts: false }, {
    type: "silent",
  }, false],
  ["cut", { how: { type: "cut", bytes: 9 } }, {
    type: "cut",
    body: DONE,
    bytes: 9,
  }, true],
  [
    "a RES of its own",
    { how: { type: "res", res: 3 } },
    replied("VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&RES=3"),
    false,
  ],
  [
    "garbage",
    { how: { type: "body", body: "<html>" } },
    replied("<html>"),
    true,
  ],
  [
    "garbage before acting",
    { how: { type: "body", body: "<html>" }, acts: false },
    replied("<html>"),
    false,
  ],
  [
    "a wrong CMD",
    { how: { type: "field", code: "CMD", value: "LIST" } },
    replied(DONE.replace("CLTMSG", "LIST")),
    true,
  ],
  [
    "a wrong SEQ",
    { how: { type: "field", code: "SEQ", value: "$1" } },
    replied(DONE.replace("SEQ=1", () => "SEQ=$1")),
    true,
  ],
  [
    "an HTTP status",
    { how: { type: "http", status: 503, body: "busy" } },
    { type: "http", status: 503, body: "busy" },
    true,
  ],
  ["two responses", { how: { type: "twice" } }, replied(DONE, DONE), true],
  [
    "two responses that differ",
    { how: { type: "twice", body: "x" } },
    replied(DONE, "x"),
    true,
  ],
];

for (const [name, fault, answer, arrives] of FAULTS) {
  Deno.test(`a fault: ${name}`, async () => {
    const faults = new Faults();
    const stage = new Stage({ faults });
    await stage.accounts("10001");
    await stage.login("10001");
    faults.add({ cmd: "CLTMSG", uin: "10001", ...fault });
    assertEquals(await stage.mail("10001"), "");
    assertEquals(faults.pending, 1);
    assertEquals(await stage.post(SENT), answer);
    assertEquals(faults.pending, 0);
    assertEquals(await stage.mail("10001"), arrives ? "9, 10001, a ," : "");
    await stage.clock.advance(800);
    assertEquals(await stage.post(SENT), replied(DONE));
    await stage.server.close();
  });
}

Deno.test("a fault: a RES of its own, late, by the clock", async () => {
  const faults = new Faults().add({
    how: { type: "res", res: 3, lateMs: 500 },
  });
  const stage = await new Stage({ faults }).accounts("10001");
  assertEquals(await stage.late(stage.ask("10001", "Logout")), [500, "RES=3"]);
  await stage.server.close();
});

Deno.test("a fault: late, by the clock", async () => {
  const faults = new Faults().add({ how: { type: "late", lateMs: 500 } });
  const stage = await new Stage({ faults }).accounts("10001");
  assertEquals(await stage.late(stage.ask("10001", "Logout")), [500, "RES=0"]);
  await stage.server.close();
});

Deno.test("Faults: each applies to its number and command, as often as it says, in order", async () => {
  const faults = new Faults()
    .add({ uin: "10002", how: { type: "res", res: 5 } })
    .add({ cmd: "List", times: 2, how: { type: "res", res: 7 } });
  const stage = await new Stage({ faults }).accounts("10001", "10002");
  await stage.login("10001");
  const answers = [];
  for (const cmd of ["Logout", "List", "List", "List"]) {
    answers.push(await stage.ask("10001", cmd));
  }
  assertEquals(answers, ["RES=0", "RES=7", "RES=7", "RES=20"]);
  assertEquals(await stage.ask("10002", "Logout"), "RES=5");
  faults.add({ how: { type: "null" }, times: 9 }).clear();
  assertEquals(await stage.ask("10002", "Logout"), "RES=0");
  await stage.server.close();
});

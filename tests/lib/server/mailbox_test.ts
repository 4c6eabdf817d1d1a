import { PollKeys } from "../../../lib/server/rules/poll_keys.ts";
import { MemoryStore } from "../../../lib/server/store/memory_store.ts";
import { decodeReply } from "../../../lib/protocol/reply.ts";
import type { GetMsgExReply } from "../../../lib/protocol/reply_types.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Chance } from "../../property/seeded.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { LOGIN, onStage, type Stage } from "./stage.ts";

async function people(stage: Stage): Promise<void> {
  await stage.accounts("10001", "10002");
  await stage.server.befriend("10001", "10002");
  await stage.login("10001");
}

const tell = (stage: Stage, text: string) =>
  stage.server.deliver("10001", { type: "message", from: "10002", text });
const said = (...texts: string[]) =>
  `${texts.map(() => "9,").join("")} ${texts.map(() => "10002,").join("")} ${
    texts.map((text) => `${text} ,`).join("")
  }`;

onStage("reading empties the mailbox", async (stage) => {
  await people(stage);
  await tell(stage, "a");
  await tell(stage, "b");
  assertEquals(await stage.mail("10001"), said("a", "b"));
  assertEquals(await stage.ask("10001", "GetMsgEx"), "RES=0&MN=0&MT=&UN=&MG=");
});

onStage(
  "with a key the same answer comes until another key asks",
  async (stage) => {
    await people(stage);
    const mail = (key?: string) =>
      stage.mail("10001", key === undefined ? {} : { key });
    await tell(stage, "a");
    assertEquals(await mail("k1"), said("a"));
    await tell(stage, "b");
    assertEquals(await mail("k1"), said("a"));
    assertEquals(await mail("k2"), said("b"));
    assertEquals(await mail("k2"), said("b"));
    assertEquals(await mail("k3"), "");
    await tell(stage, "c");
    assertEquals(await mail("k3"), said("c"));
    assertEquals(await mail(), said("c"));
    assertEquals(await mail("k3"), "");
  },
);

onStage(
  "a key that was followed by another is refused at once, and changes nothing",
  async (stage) => {
    await people(stage);
    const mail = (key?: string) =>
      stage.mail("10001", key === undefined ? {} : { key });
    await tell(stage, "a");
    assertEquals(await mail("k1"), said("a"));
    await tell(stage, "b");
    assertEquals(await mail("k2"), said("b"));
    const answer = await stage.post(WAIT, { key: "k1", prefer: "wait=25" });
    assertEquals(answer, {
      type: "reply",
      bodies: ["VER=1.1&CMD=GETMSGEX&SEQ=1&UIN=10001&RES=3"],
      headers: { "Idempotency-Key": "k1" },
    });
    assertEquals(await mail("k2"), said("b"));
    assertEquals(await mail("k3"), "");
  },
);

onStage(
  "a key without mail is followed too, also while it waits",
  async (stage) => {
    await people(stage);
    const waiting = stage.mail("10001", { key: "k1", prefer: "wait=25" });
    await settle();
    const next = stage.mail("10001", { key: "k2", prefer: "wait=25" });
    assertEquals(await waiting, "");
    assertEquals(await stage.mail("10001", { key: "k1" }), "RES=3");
    await tell(stage, "a");
    assertEquals(await next, said("a"));
    assertEquals(await stage.mail("10001", { key: "k1" }), "RES=3");
    assertEquals(await stage.mail("10001", { key: "k2" }), said("a"));
  },
);

onStage(
  "the last 16 keys are remembered, and those of the last 60 s",
  async (stage) => {
    await people(stage);
    for (const what of ["with mail", "without"]) {
      const keys = Array.from({ length: 18 }, (_, nth) => `${what}${nth}`);
      for (const key of keys) {
        if (what === "with mail") await tell(stage, key);
        await stage.mail("10001", { key });
      }
      // Of the 17 that were followed, the first is forgotten after 60 s: asked last, for it counts as new.
      await stage.clock.advance(59_000);
      assertEquals(await stage.mail("10001", { key: keys[0]! }), "RES=3");
      await stage.clock.advance(1000);
      for (const key of keys.slice(1, -1)) {
        assertEquals(await stage.mail("10001", { key }), "RES=3", key);
      }
      assertEquals(await stage.mail("10001", { key: keys[0]! }), "");
    }
    for (let nth = 0; nth < 1030; nth++) {
      await stage.mail("10001", { key: `many${nth}` });
    }
    // 1,029 were followed at once, and 1,024 are remembered.
    assertEquals(await stage.mail("10001", { key: "many5" }), "RES=3");
    assertEquals(await stage.mail("10001", { key: "many4" }), "");
  },
);

Deno.test("a use that is taken back leaves what was followed before as it was", () => {
  const clock = new FakeClock();
  const keys = new PollKeys(new MemoryStore(), clock);
  for (const key of ["a", "b"]) keys.use("10001", key, undefined);
  const followed = () =>
    ["a", "b", "c"].filter((key) => keys.isFollowed("10001", key));
  assertEquals(followed(), ["a"]);
  const undo = [
    keys.use("10001", "c", undefined),
    keys.use("10001", "b", undefined),
  ];
  assertEquals(followed(), ["a", "b", "c"]);
  for (const one of undo.reverse()) one();
  assertEquals(followed(), ["a"]);
  keys.use("10001", "c", undefined);
  assertEquals(followed(), ["a", "b"]);
});

onStage("keys of an account that is made anew are its own", async (stage) => {
  await people(stage);
  for (const key of ["k1", "k2"]) await stage.mail("10001", { key });
  await stage.server.removeAccount("10001");
  await stage.accounts("10001");
  await stage.login("10001");
  assertEquals(await stage.mail("10001", { key: "k1" }), "");
});

onStage(
  "a login elsewhere and a new session see what was marked",
  async (stage) => {
    await people(stage);
    await tell(stage, "a");
    assertEquals(await stage.mail("10001", { key: "k" }), said("a"));
    const elsewhere = { address: "10.0.0.9", key: "k" };
    await stage.late(stage.ask("10001", "Login", LOGIN, elsewhere));
    assertEquals(await stage.mail("10001", elsewhere), said("a"));
  },
);

onStage("the reply to a key carries it back", async (stage) => {
  await people(stage);
  for (
    const [key, back] of [
      ["k".repeat(64), true],
      ["k".repeat(65), false],
      ["", false],
    ] as const
  ) {
    const answer = await stage.post("VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001", {
      key,
    });
    assertEquals(
      answer.type === "reply" && answer.headers,
      back ? { "Idempotency-Key": key } : {},
    );
  }
});

onStage("a reply hands out so many items, oldest first", async (stage) => {
  await people(stage);
  for (const text of ["a", "b", "c", "d", "e"]) await tell(stage, text);
  assertEquals(await stage.mail("10001", { key: "k1" }), said("a", "b"));
  assertEquals(await stage.mail("10001", { key: "k2" }), said("c", "d"));
  assertEquals(await stage.mail("10001"), said("c", "d"));
  assertEquals(await stage.mail("10001"), said("e"));
}, { limits: { mailPerReply: 2 } });

const WAIT = "VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001";

/** Size of a reply without items in these tests, in bytes. */
const HEAD_BYTES =
  "VER=1.1&CMD=GETMSGEX&SEQ=1000&UIN=10001&RES=0&MN=1&MT=&UN=&MG=".length;

/** Texts of one to four bytes a character, and those that grow when they are sent. */
const WORST = [",", "%", "%2c", "%25", "&", "=", "\0", "a", "é", "你", "😀"];

for (
  const [what, most, asking] of [
    ["without a key", 8000, () => ({})],
    ["with keys", 2000, (nth: number) => ({ key: `k${nth}` })],
  ] as const
) {
  onStage(
    `replies ${what} keep to their bytes, and together are the mailbox`,
    async (stage) => {
      await people(stage);
      const chance = new Chance(20051124);
      for (let round = 0; round < 40; round++) {
        const texts = chance.some(60, () => {
          const length = chance.oneIn(20) ? 9000 : 300;
          return chance.some(length, () => chance.oneOf(WORST)).join("");
        });
        for (const text of texts) await tell(stage, text);
        const read: string[] = [];
        for (let nth = 0;; nth++) {
          const answer = await stage.post(WAIT, asking(1000 * round + nth));
          const body = answer.type === "reply" ? answer.bodies[0]! : "";
          const { items } = decodeReply(body) as GetMsgExReply;
          if (items.length === 0) break;
          const bytes = new TextEncoder().encode(body).length;
          assert(bytes <= most || items.length === 1, `${bytes} bytes`);
          read.push(...items.map((item) => (item as { text: string }).text));
        }
        assertEquals(read, texts);
      }
    },
    { limits: { mailBytesPerReply: most } },
  );
}

onStage(
  "a reply hands out so many bytes as encoded, and always one item",
  async (stage) => {
    await people(stage);
    // Each takes 9 bytes beside its text, a comma 5 and the third letter 3.
    for (const text of ["a".repeat(40), ",", "你你", "d"]) {
      await tell(stage, text);
    }
    const mail = (key: string) => stage.mail("10001", { key });
    assertEquals(await mail("k1"), said("a".repeat(40)));
    assertEquals(await mail("k2"), said("%252c", "你你"));
    assertEquals(await mail("k3"), said("d"));
  },
  { limits: { mailBytesPerReply: HEAD_BYTES + 14 + 10 + 11 } },
);

onStage("a small reply leaves the rest unmarked", async (stage) => {
  await people(stage);
  const texts = Array.from({ length: 5 }, (_, nth) => `${nth}`.repeat(3000));
  for (const text of texts) await tell(stage, text);
  assertEquals(await stage.mail("10001", { key: "k1" }), said(...texts));
  assertEquals(await stage.mail("10001"), said(...texts.slice(0, 2)));
  // What is left was not handed out under k1 any more: another key does not delete it.
  assertEquals(
    await stage.mail("10001", { key: "k2" }),
    said(...texts.slice(2)),
  );
});

onStage("what is unreadable ends a reply", async (stage) => {
  await people(stage);
  await stage.server.deliver("10001", {
    type: "unreadable",
    raw: "MT=9,&UN=&MG=x",
  });
  await tell(stage, "a");
  assertEquals(
    await stage.ask("10001", "GetMsgEx"),
    "RES=0&MN=0&MT=9,&UN=&MG=x",
  );
  assertEquals(await stage.mail("10001"), said("a"));
});

onStage("an item that no reply could carry is refused", async (stage) => {
  await people(stage);
  await assertRejects(
    () => tell(stage, ",".repeat(65_536)),
    RangeError,
    "at most 327680 bytes in a reply, got 327",
  );
  stage.server.addRobot("10002", () => ",".repeat(65_536));
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10002&MG=a"), "RES=0&");
  assertEquals(await stage.mail("10001"), "");
  assertEquals(stage.errors.length, 1);
});

onStage(
  "a full mailbox refuses messages at once and passes presence over",
  async (stage) => {
    await people(stage);
    await stage.login("10002");
    assertEquals(await stage.mail("10001"), "99, 10002, 10,");
    await tell(stage, "a");
    await tell(stage, "b");
    assertEquals(
      await stage.late(stage.ask("10002", "CLTMSG", "UN=10001&MG=c")),
      [0, "RES=3"],
    );
    await stage.ask("10002", "Change_Stat", "ST=30");
    await assertRejects(() => tell(stage, "c"), RangeError, "room");
    assertEquals(await stage.mail("10001"), said("a", "b"));
  },
  { limits: { mailbox: 2 } },
);

onStage("every kind of item can be put into a mailbox", async (stage) => {
  await people(stage);
  await stage.server.deliver("10001", {
    type: "unknown",
    code: 77,
    from: "10002",
    text: "?",
  });
  assertEquals(await stage.mail("10001"), "77, 10002, ?,");
  await assertRejects(() =>
    stage.server.deliver("10001", {
      type: "message",
      from: "nobody",
      text: "",
    }), TypeError);
  await assertRejects(() =>
    stage.server.deliver("99999", {
      type: "message",
      from: "10002",
      text: "",
    }), RangeError);
});

for (
  const [prefer, seconds] of [
    ["wait=25", 25],
    ["respond-async, wait=5", 5],
    ["WAIT = 7; x", 7],
    ["wait=31", 30],
    ["wait=100000", 30],
    ["wait=0", 0],
    ["wait=x", 0],
    ["nowait=3", 0],
  ] as const
) {
  onStage(
    `Prefer: ${prefer} holds an empty answer ${seconds} s`,
    async (stage) => {
      await people(stage);
      const from = stage.clock.now();
      const answer = stage.post(WAIT, { prefer });
      if (seconds > 0) {
        await stage.clock.advance(seconds * 1000 - 1);
        assertEquals(stage.clock.pending, 2);
        await stage.clock.advance(1);
      }
      const headers = seconds === 0
        ? {}
        : { "Preference-Applied": `wait=${seconds}` };
      assertEquals(await answer, {
        type: "reply",
        bodies: [
          "VER=1.1&CMD=GETMSGEX&SEQ=1&UIN=10001&RES=0&MN=0&MT=&UN=&MG=",
        ],
        headers,
      });
      assertEquals(stage.clock.now() - from, seconds * 1000);
    },
  );
}

onStage(
  "mail ends a wait, and what is there is not waited for",
  async (stage) => {
    await people(stage);
    const waiting = stage.mail("10001", { prefer: "wait=25" });
    await stage.clock.advance(5000);
    await tell(stage, "a");
    assertEquals(await waiting, said("a"));
    assertEquals(stage.clock.pending, 1);
    await tell(stage, "b");
    const answer = await stage.post(WAIT, { prefer: "wait=25", key: "k" });
    assertEquals(answer.type === "reply" && answer.headers, {
      "Idempotency-Key": "k",
      "Preference-Applied": "wait=25",
    });
    assertEquals(await stage.mail("10001", { key: "k" }), said("b"));
  },
);

onStage("a waiting poll with a key marks what ends it", async (stage) => {
  await people(stage);
  await tell(stage, "a");
  assertEquals(await stage.mail("10001", { key: "k1" }), said("a"));
  const waiting = stage.mail("10001", { key: "k2", prefer: "wait=25" });
  await settle();
  await tell(stage, "b");
  assertEquals(await waiting, said("b"));
  assertEquals(await stage.mail("10001", { key: "k2" }), said("b"));
  assertEquals(await stage.mail("10001", { key: "k3" }), "");
});

onStage("a second wait ends the first, empty", async (stage) => {
  await people(stage);
  const first = stage.ask("10001", "GetMsgEx", "", { prefer: "wait=25" });
  await settle();
  const second = stage.mail("10001", { prefer: "wait=25" });
  assertEquals(await first, "RES=0&MN=0&MT=&UN=&MG=");
  await tell(stage, "a");
  assertEquals(await second, said("a"));
});

onStage(
  "a client that goes away while it waits takes nothing along",
  async (stage) => {
    await people(stage);
    const gone = new AbortController();
    const waiting = stage.ask("10001", "GetMsgEx", "", {
      prefer: "wait=25",
      signal: gone.signal,
    });
    await settle();
    gone.abort();
    await tell(stage, "a");
    assertEquals(await waiting, "NULL");
    assertEquals(
      await stage.ask("10001", "GetMsgEx", "", { signal: gone.signal }),
      "NULL",
    );
    assertEquals(await stage.mail("10001"), said("a"));
  },
);

onStage("the end of the session ends a wait with RES=20", async (stage) => {
  await people(stage);
  const wait = () => stage.ask("10001", "GetMsgEx", "", { prefer: "wait=25" });
  let waiting = wait();
  await settle();
  await stage.ask("10001", "Logout");
  assertEquals(await waiting, "RES=20");
  await stage.login("10001");
  waiting = wait();
  await settle();
  const elsewhere = { address: "10.0.0.9" };
  await stage.late(stage.ask("10001", "Login", LOGIN, elsewhere));
  assertEquals(await waiting, "RES=20");
});

onStage("a login again from the same address leaves a wait", async (stage) => {
  await people(stage);
  const waiting = stage.mail("10001", { prefer: "wait=25" });
  await settle();
  await stage.login("10001");
  await tell(stage, "a");
  assertEquals(await waiting, said("a"));
});

onStage(
  "server: a poll that is held when the server stops gets NULL",
  async (stage) => {
    await people(stage);
    const waiting = stage.ask("10001", "GetMsgEx", "", { prefer: "wait=25" });
    await settle();
    await stage.server.close();
    assertEquals(await waiting, "NULL");
    assertEquals(stage.clock.pending, 0);
  },
);

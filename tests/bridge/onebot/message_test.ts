import { MAX_MESSAGE_CHARACTERS } from "../../../mod.ts";
import { freshPosition } from "../../../bridge/journal/positions.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import {
  decodeCq,
  encodeCq,
  escapeText,
  escapeValue,
  plainMessageOf,
  type Segment,
  segmentsOf,
  unescapeText,
} from "../../../bridge/onebot/message.ts";
import {
  MAX_MESSAGE_ID,
  messageIdOf,
  seqOfMessage,
} from "../../../bridge/onebot/message_id.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { randomFrom } from "../../support/random.ts";

const none = { permissions: "none" } as const;

const CODES: [text: string, segments: Segment[]][] = [
  ["", []],
  ["hi", segmentsOf("hi")],
  ["&#91;CQ:face,id=1&#93; &amp;amp;", segmentsOf("[CQ:face,id=1] &amp;")],
  ["[CQ:shake]", [{ type: "shake", data: {} }]],
  ["a[CQ:at,qq=10002]b", [
    ...segmentsOf("a"),
    { type: "at", data: { qq: "10002" } },
    ...segmentsOf("b"),
  ]],
  ["[CQ:share,url=http://x/?a=1&amp;b=2,title=a&#44;b]", [{
    type: "share",
    data: { url: "http://x/?a=1&b=2", title: "a,b" },
  }]],
  ["[CQ:at,qq=]", [{ type: "at", data: { qq: "" } }]],
  // What is no code is text.
  ["[CQ:]", segmentsOf("[CQ:]")],
  ["[CQ:at,qq]", segmentsOf("[CQ:at,qq]")],
  ["[a] ]&[", segmentsOf("[a] ]&[")],
  ["&lt;", segmentsOf("&lt;")],
];

for (const [text, segments] of CODES) {
  Deno.test(`CQ codes: ${JSON.stringify(text)} is read`, none, () => {
    assertEquals(decodeCq(text), segments);
  });
}

Deno.test("CQ codes: any text and any value come back", none, () => {
  const random = randomFrom(11);
  const alphabet = [..."&[],=;#amp91QC: \n你🐧\u0000x"];
  const text = (least: number) =>
    Array.from(
      { length: least + Math.floor(random() * 12) },
      () => alphabet[Math.floor(random() * alphabet.length)],
    ).join("");
  for (let round = 0; round < 3000; round++) {
    const plain = text(0);
    assertEquals(unescapeText(escapeText(plain)), plain);
    assertEquals(unescapeText(escapeValue(plain)), plain);
    assert(!/[[\]]|&(?!amp;|#91;|#93;)/.test(escapeText(plain)));
    const segments: Segment[] = [];
    for (let left = Math.floor(random() * 4); left > 0; left--) {
      // Two texts in a row would come back as one.
      const isText = random() < 0.5 && segments.at(-1)?.type !== "text";
      segments.push(
        isText ? segmentsOf(text(1))[0]! : {
          type: "x.y-1",
          data: Object.fromEntries(
            ["a", "b"].slice(Math.floor(random() * 3)).map((
              name,
            ) => [name, text(0)]),
          ),
        },
      );
    }
    assertEquals(decodeCq(encodeCq(segments)), segments);
  }
});

const TEXTS: [message: unknown, autoEscape: boolean, text: string][] = [
  ["hi", false, "hi"],
  ["a &amp; [CQ:at,qq=10002]b", false, "a & @10002 b"],
  ["a &amp; [CQ:at,qq=1]", true, "a &amp; [CQ:at,qq=1]"],
  [7, false, "7"],
  [{ type: "text", data: { text: "[CQ:at,qq=1]" } }, false, "[CQ:at,qq=1]"],
  [
    [
      { type: "reply", data: { id: 1 } },
      { type: "text", data: { text: "a" } },
      { type: "text", data: { text: "b" } },
    ],
    false,
    "ab",
  ],
  [
    "x".repeat(MAX_MESSAGE_CHARACTERS),
    false,
    "x".repeat(MAX_MESSAGE_CHARACTERS),
  ],
];

for (const [message, autoEscape, text] of TEXTS) {
  const shown = JSON.stringify(message).slice(0, 60);
  Deno.test(`plainMessageOf: ${shown}, auto_escape ${autoEscape}`, none, () => {
    assertEquals(plainMessageOf(message, autoEscape, "strict").text, text);
  });
}

const REPLACED: [type: string, data: Record<string, unknown>, text: string][] =
  [
    ["face", { id: "1" }, "[表情]"],
    ["image", { file: "a.jpg" }, "[图片]"],
    ["record", { file: "a.amr" }, "[语音]"],
    ["video", { file: "a.mp4" }, "[视频]"],
    ["file", { file: "a.zip" }, "[文件]"],
    ["location", { lat: "1", lon: "2", title: "广场" }, "[位置] 广场"],
    ["location", { lat: "1", lon: "2" }, "[位置]"],
    [
      "share",
      { url: "http://a.example/", title: "T" },
      "[分享] T http://a.example/",
    ],
    ["share", { url: "http://a.example/" }, "[分享] http://a.example/"],
    ...[
      "rps",
      "dice",
      "shake",
      "poke",
      "anonymous",
      "contact",
      "music",
      "forward",
      "node",
      "xml",
      "json",
      "constructor",
    ].map((type): [string, Record<string, unknown>, string] => [
      type,
      {},
      `[${type}]`,
    ]),
  ];

for (const [type, data, text] of REPLACED) {
  Deno.test(
    `plainMessageOf: a ${type} is ${text}, alone, mixed and as a code, unless strict`,
    none,
    () => {
      const mixed = [
        { type: "text", data: { text: "a" } },
        { type, data },
        { type: "at", data: { qq: "1" } },
      ];
      for (
        const [message, result] of [
          [{ type, data }, text],
          [mixed, `a${text}@1 `],
          [encodeCq([{ type, data }]), text],
        ] as const
      ) {
        assertEquals(plainMessageOf(message, false, "text"), {
          text: result,
          replaced: [type],
        });
        assertThrows(
          () => plainMessageOf(message, false, "strict"),
          CommandError,
          `Cannot send: message must be text: QQ HTTP cannot send ${type}`,
        );
      }
      const code = encodeCq([{ type, data }]);
      assertEquals(plainMessageOf(code, true, "text").text, code);
    },
  );
}

Deno.test(
  "plainMessageOf: the length limit counts the text that replaces a segment",
  none,
  () => {
    const message = (count: number) => "x".repeat(count) + "[CQ:image,file=a]";
    assertEquals(
      plainMessageOf(message(MAX_MESSAGE_CHARACTERS - 4), false, "text").text
        .length,
      MAX_MESSAGE_CHARACTERS,
    );
    assertThrows(
      () => plainMessageOf(message(MAX_MESSAGE_CHARACTERS - 3), false, "text"),
      CommandError,
      "got 4001",
    );
  },
);

const BAD: [message: unknown, rule: RegExp][] = [
  ["", /1 to 4000 characters, got 0/],
  [[], /1 to 4000 characters, got 0/],
  ["x".repeat(MAX_MESSAGE_CHARACTERS + 1), /got 4001/],
  [true, /a string, a segment or a list/],
  [[["a"]], /a string, a segment or a list/],
  [{ data: {} }, /a string, a segment or a list/],
  ["[CQ:image,file=a.jpg]", /QQ HTTP cannot send image/],
  [[{ type: "record", data: {} }], /QQ HTTP cannot send record/],
];

for (const [message, rule] of BAD) {
  Deno.test(
    `plainMessageOf refuses ${JSON.stringify(message).slice(0, 60)}`,
    none,
    () => {
      const error = assertThrows(
        () => plainMessageOf(message, false, "strict"),
        CommandError,
      );
      assert(rule.test((error as Error).message), (error as Error).message);
    },
  );
}

Deno.test(
  "message_id: positive, 32 bits, and back to the newest place",
  none,
  () => {
    const upTo = (head: number) => ({ oldest: 1, head, lost: [] });
    for (
      const seq of [
        1,
        2,
        MAX_MESSAGE_ID,
        MAX_MESSAGE_ID + 1,
        5 * MAX_MESSAGE_ID + 3,
      ]
    ) {
      const id = messageIdOf(seq);
      assert(id > 0 && id === (id | 0), String(id));
      for (const more of [0, 1, MAX_MESSAGE_ID - 1]) {
        assertEquals(seqOfMessage(id, upTo(seq + more)), seq);
      }
    }
    for (const id of [0, -1, 8, MAX_MESSAGE_ID + 1]) {
      assertEquals(seqOfMessage(id, upTo(7)), undefined);
    }
    // Ten years on: still an int32, and no other message under an id of before.
    const start = freshPosition(Date.UTC(2036, 11, 31));
    assert(Number.isSafeInteger(start + 2 ** 32));
    const later = { oldest: start + 1, head: start + 1000, lost: [] };
    const id = messageIdOf(start + 7);
    assert(id > 0 && id === (id | 0), String(id));
    assertEquals(seqOfMessage(id, later), start + 7);
    for (const old of [1, 10, 5000]) {
      assertEquals(seqOfMessage(old, later), undefined);
    }
    // What a restored journal has kept is found under its id.
    const lost = [{ epoch: "e0", from: 21, to: start }];
    const restored = { oldest: 3, head: start + 1000, lost };
    assertEquals(
      [2, 3, 20, 21, id].map((one) => seqOfMessage(one, restored)),
      [undefined, 3, 20, undefined, start + 7],
    );
  },
);

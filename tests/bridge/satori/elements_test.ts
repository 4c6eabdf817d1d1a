import { MAX_MESSAGE_CHARACTERS } from "../../../mod.ts";
import {
  escapeText,
  MAX_ELEMENT_DEPTH,
  MAX_MESSAGES,
  messagesOf,
  parseElements,
  unescapeText,
} from "../../../bridge/satori/elements.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { property } from "../../property/seeded.ts";
import { textOf } from "../../property/texts.ts";

const permissions = "none";

function textsOf(content: string): string[] {
  return messagesOf(content, "strict").map(({ text }) => text);
}

for (
  const [text, content] of [
    ["hi", "hi"],
    [`"a" < b & c > 'd'`, "&quot;a&quot; &lt; b &amp; c &gt; 'd'"],
    ["&amp;", "&amp;amp;"],
    ["你好 😀", "你好 😀"],
    ["\r\n a\n", "\r\n a\n"],
  ] as const
) {
  Deno.test({
    name: `elements: the text ${JSON.stringify(text)} is ${content}`,
    permissions,
    fn() {
      assertEquals(escapeText(text), content);
      assertEquals(textsOf(content), [text]);
    },
  });
}

for (
  const [content, text] of [
    ["&#39;&#x27;&apos;", "'''"],
    ["&#x4F60;&#22909;", "你好"],
    ["&#x1F600;", "😀"],
    ["&AMP;&Lt;", "&<"],
    [
      "&nbsp; &; &#; &#xZZ; &#1114112; &#xD800;",
      "&nbsp; &; &#; &#xZZ; &#1114112; &#xD800;",
    ],
    ["&amp;lt;", "&lt;"],
  ] as const
) {
  Deno.test({
    name: `elements: ${content} unescaped is ${text}`,
    permissions,
    fn: () => assertEquals(unescapeText(content), text),
  });
}

for (
  const [content, ...texts] of [
    ["a<br/>b", "a\nb"],
    ["<p>a</p><p>b</p>c", "a\nb\nc"],
    ["a<p>b</p>", "a\nb"],
    ["<b>bold</b> <i>and <u>more</u></i>", "bold and more"],
    [`<at id="10002"/> hi`, "@10002 hi"],
    [`<at id="10002" name="A &amp; B"/>`, "@A & B"],
    [`<at type='all'/>`, "@all"],
    [`<sharp id="1" name="room"/>`, "#room"],
    [
      `<a href="http://a.example/?b&amp;c">here</a>`,
      "here (http://a.example/?b&c)",
    ],
    [`<a href="http://a.example/">http://a.example/</a>`, "http://a.example/"],
    [`<a href="http://a.example/"/>`, "http://a.example/"],
    [`<quote id="7"><author id="1"/>old</quote>new`, "new"],
    [`<emoji name="smile"/>`, "smile"],
    ["<qq:unknown x>inside</qq:unknown>", "inside"],
    ["<!-- a note -->said<!-- <img/> -->", "said"],
    ["<message>one</message><message>two</message>", "one", "two"],
    ["one<message>two</message>three", "one", "two", "three"],
    [
      "<message forward><message>a</message><message>b</message></message>",
      "a",
      "b",
    ],
    ["<tag>\n  <foo> bar\n  <!-- comment -->\n</tag>", "<foo> bar"],
    ["1 < 2 > 1", "1 < 2 > 1"],
    ["a <b", "a <b"],
    ["</b> a", "</b> a"],
    ["<b>a</i></b>", "a</i>"],
    ["<b><i>a</b>", "<i>a"],
    ["<!-- open", "<!-- open"],
    ["<3 you", "<3 you"],
    ["\n a \n", "\n a \n"],
    ["<B>A</b>", "A"],
  ] as const
) {
  Deno.test({
    name: `elements: ${JSON.stringify(content)} makes ${JSON.stringify(texts)}`,
    permissions,
    fn: () =>
      assertEquals(textsOf(content), texts as readonly string[] as string[]),
  });
}

for (
  const [content, rule] of [
    ["", "must make texts of 1 to 4000 characters"],
    ["<quote>only</quote>", "must make texts of 1 to 4000 characters"],
    [
      "x".repeat(MAX_MESSAGE_CHARACTERS + 1),
      "must make texts of 1 to 4000 characters",
    ],
    [
      "<message>x</message>".repeat(MAX_MESSAGES + 1),
      "must make at most 10 messages, got 11",
    ],
    [
      `look: <img src="http://a.example/b.png"/>`,
      "must be text: QQ HTTP cannot send <img>",
    ],
    ["<file/>", "must be text: QQ HTTP cannot send <file>"],
    ["<b>".repeat(MAX_ELEMENT_DEPTH + 1), "must not nest deeper than 64"],
  ] as const
) {
  Deno.test({
    name: `elements: ${content.slice(0, 40)} is refused: ${rule}`,
    permissions,
    fn() {
      const error = assertThrows(() => textsOf(content), CommandError);
      assertEquals(error.message, `Cannot send: content ${rule}`);
    },
  });
}

for (
  const [content, ...messages] of [
    [`<img src="http://a.example/b.png"/>`, ["[图片]", ["img"]]],
    ["<image/><audio/>", ["[图片][语音]", ["image", "audio"]]],
    ["<video/> <file/>", ["[视频] [文件]", ["video", "file"]]],
    [`<face id="1"/><emoji id="2"/>`, ["[表情][表情]", ["face", "emoji"]]],
    [`<location name="广场"/>`, ["[位置] 广场", ["location"]]],
    [
      `<share title="A &amp; B" url="http://a.example/"/>`,
      ["[分享] A & B http://a.example/", ["share"]],
    ],
    [`<qq:card data="x"/>`, ["[qq:card]", ["qq:card"]]],
    [
      "<message>a<img/></message><message>b</message>",
      ["a[图片]", ["img"]],
      ["b", []],
    ],
    [
      `<at id="1"/> <b></b><quote id="2"><img/></quote>x`,
      ["@1 x", []],
    ],
  ] as [string, ...[string, string[]][]][]
) {
  Deno.test({
    name: `elements: in ${content} text stands for what QQ cannot carry`,
    permissions,
    fn: () =>
      assertEquals(
        messagesOf(content, "text"),
        messages.map(([text, replaced]) => ({ text, replaced })),
      ),
  });
}

Deno.test({
  name: "elements: the length limit counts the text that replaces an element",
  permissions,
  fn() {
    const text = "x".repeat(MAX_MESSAGE_CHARACTERS - 4);
    assertEquals(messagesOf(`${text}<img/>`, "text")[0]!.text.length, 4000);
    assertThrows(() => messagesOf(`${text}x<img/>`, "text"), CommandError);
  },
});

Deno.test({
  name: "elements: as many as may be, and as long",
  permissions,
  fn() {
    assertEquals(textsOf("x".repeat(MAX_MESSAGE_CHARACTERS)), [
      "x".repeat(MAX_MESSAGE_CHARACTERS),
    ]);
    assertEquals(
      textsOf("<message>x</message>".repeat(MAX_MESSAGES)).length,
      MAX_MESSAGES,
    );
    const deep = "<b>".repeat(MAX_ELEMENT_DEPTH) + "x" +
      "</b>".repeat(MAX_ELEMENT_DEPTH);
    assertEquals(textsOf(deep), ["x"]);
  },
});

property(
  "elements: a text survives escaping, whatever it holds",
  5000,
  (chance) => {
    const text = textOf(chance);
    if (text === "") return;
    const content = escapeText(text);
    assert(!/[<>"]/.test(content), content);
    assertEquals(unescapeText(content), text);
    assertEquals(parseElements(content), [text]);
    // Between elements it is the same text, but for how it is laid out.
    if (text.trim() !== text) return;
    assertEquals(parseElements(`<b>${content}</b>`), [
      { name: "b", attributes: {}, children: [text] },
    ]);
    assertEquals(parseElements(`<at name="${content}"/>`), [
      { name: "at", attributes: { name: text }, children: [] },
    ]);
  },
);

const PIECES = [
  "<",
  ">",
  "/",
  "b",
  "<b>",
  "</b>",
  "<i/>",
  "<!--",
  "-->",
  '"',
  "'",
  "=",
  " ",
  "\n",
  "&lt;",
  "&",
  "x",
  "<a b=",
  "<message>",
];

property("elements: no content breaks the reader", 5000, (chance) => {
  let content = "";
  while (!chance.oneIn(20)) {
    content += chance.oneOf(PIECES);
  }
  try {
    textsOf(content);
  } catch (error) {
    assert(
      error instanceof CommandError,
      `${JSON.stringify(content)}: ${error}`,
    );
  }
});

for (
  const piece of [
    "<!--",
    '<a b="',
    "<a b='",
    "<a ",
    "<",
    "<a x",
    "</a>",
    "&#",
    "<b/>",
    "-->",
  ]
) {
  Deno.test({
    name: `elements: 64 KiB of ${piece} are read in no time`,
    permissions,
    fn() {
      const content = piece.repeat(Math.ceil(65_536 / piece.length));
      const from = performance.now();
      try {
        parseElements(content);
      } catch (error) {
        assert(error instanceof CommandError);
      }
      assert(performance.now() - from < 2000);
    },
  });
}

import { matchOptions } from "../../../bridge/console/src/ui/combobox/options.ts";
import {
  fieldsOf,
  findProblems,
  type FormValue,
  type Schema,
} from "../../../bridge/console/src/ui/form/schema.ts";
import {
  ENTRIES_STEP,
  FRESH_VIEW,
  type JsonViewState,
  toJsonLines,
} from "../../../bridge/console/src/ui/json/json_lines.ts";
import { moveIndex } from "../../../bridge/console/src/ui/lists/move_index.ts";
import { assertEquals } from "@std/assert";

/** Draws the lines as text, as the view does. */
function draw(value: unknown, state?: JsonViewState): string[] {
  return toJsonLines(value, state).map((
    { part, depth, key, text, count, isFolded, hasComma },
  ) =>
    " ".repeat(depth) + (key === undefined ? "" : `${key}: `) + text +
    (isFolded ? `… ${count}` : part === "more" ? `${count} more` : "") +
    (hasComma ? "," : "")
  );
}

Deno.test("toJsonLines() lists one line for each value and bracket", () => {
  assertEquals(draw({ a: 1, b: ["x", null], c: {}, d: [] }), [
    "{",
    " a: 1,",
    " b: [",
    '  "x",',
    "  null",
    " ],",
    " c: {},",
    " d: []",
    "}",
  ]);
  assertEquals(draw("text"), ['"text"']);
});

Deno.test("toJsonLines() folds what the user folds, and what is deep", () => {
  const toggled = new Set(["/a~1b"]);
  assertEquals(draw({ "a/b": { c: 1, d: 2 } }, { ...FRESH_VIEW, toggled }), [
    "{",
    " a/b: {… 2",
    "}",
  ]);
  const deep = { a: { b: { c: { d: { e: 1 } } } } };
  assertEquals(draw(deep).slice(3, 5), ["   c: {", "    d: {… 1"]);
  const open = { ...FRESH_VIEW, toggled: new Set(["/a/b/c/d"]) };
  assertEquals(draw(deep, open)[5], "     e: 1");
});

Deno.test("toJsonLines() draws a step of a long list, and the rest when asked", () => {
  const list = Array.from({ length: ENTRIES_STEP * 2 }, (_, at) => at);
  assertEquals(draw(list).slice(-2), [` ${ENTRIES_STEP} more`, "]"]);
  const shown = new Map([["", ENTRIES_STEP * 2]]);
  assertEquals(
    draw(list, { ...FRESH_VIEW, shown }).slice(-2),
    [` ${ENTRIES_STEP * 2 - 1}`, "]"],
  );
});

const SCHEMAS: Record<string, Schema> = {
  Number: { type: "string", pattern: "^\\d{1,20}$" },
  Body: {
    type: "object",
    properties: {
      note: { type: "string", maxLength: 4 },
      uin: { $ref: "#/components/schemas/Number" },
      text: { type: "string", minLength: 1, maxLength: 4000 },
      age: { type: "integer", minimum: 0, maximum: 255 },
      sex: { type: "string", enum: ["male", "female"] },
      isOld: { type: ["boolean", "null"] },
      friends: {
        type: "array",
        minItems: 1,
        maxItems: 2,
        items: { $ref: "#/components/schemas/Number" },
      },
      fields: {
        type: "object",
        propertyNames: { pattern: "^[A-Z]{2}$", type: "string" },
        additionalProperties: { type: "string" },
      },
      link: {
        anyOf: [{ $ref: "#/components/schemas/Number" }, { type: "null" }],
      },
      accessToken: { type: "string" },
      at: { type: "string", format: "date-time", pattern: "^\\d{4}-" },
      rest: { type: "object", properties: { a: { type: "integer" } } },
    },
    required: ["uin"],
    additionalProperties: false,
  },
};

const FIELDS = fieldsOf({ $ref: "#/components/schemas/Body" }, SCHEMAS);

Deno.test("fieldsOf() lists the required fields first, each with its kind", () => {
  assertEquals(
    FIELDS.map(({ name, kind, isRequired, isNullable }) =>
      [name, kind, isRequired && "required", isNullable && "nullable"]
        .filter(Boolean).join(" ")
    ),
    [
      "uin text required",
      "note text",
      "text longText",
      "age number",
      "sex choice",
      "isOld boolean nullable",
      "friends list",
      "fields map",
      "link text nullable",
      "accessToken secret",
      "at time",
      "rest json",
    ],
  );
});

const PROBLEMS: readonly [value: FormValue, problems: readonly string[]][] = [
  [{ uin: "10001" }, []],
  [{ uin: "10001", note: "ab", age: 3, isOld: null, link: null }, []],
  [{}, ["uin uiErrorMissing"]],
  [{ uin: "" }, ["uin uiErrorEmpty"]],
  [{ uin: "1x" }, ["uin uiErrorQqNumber"]],
  [{ uin: 10001 }, ["uin uiErrorType"]],
  [{ uin: "1", note: "五个字太长" }, ["note uiErrorMaxLength"]],
  [{ uin: "1", note: "😀😀😀😀" }, []],
  [{ uin: "1", text: "" }, ["text uiErrorEmpty"]],
  [{ uin: "1", age: -1 }, ["age uiErrorMin"]],
  [{ uin: "1", age: 256 }, ["age uiErrorMax"]],
  [{ uin: "1", age: 1.5 }, ["age uiErrorInteger"]],
  [{ uin: "1", age: "old" }, ["age uiErrorInteger"]],
  [{ uin: "1", sex: "none" }, ["sex uiErrorOption"]],
  [{ uin: "1", note: null }, ["note uiErrorType"]],
  [{ uin: "1", friends: ["1", "2", "3"] }, ["friends uiErrorItems"]],
  [{ uin: "1", friends: ["1", "b"] }, ["friends[1] uiErrorQqNumber"]],
  [{ uin: "1", fields: { UN: "1", unk: "2" } }, ["fields.unk uiErrorPattern"]],
  [{ uin: "1", fields: { UN: 1 } }, ["fields.UN uiErrorType"]],
  [{ uin: "1", at: "today" }, ["at uiErrorTime"]],
  [{ uin: "1", rest: { a: "b" } }, ["rest.a uiErrorInteger"]],
  [{ uin: "1", other: 1 }, ["other uiErrorName"]],
];

for (const [value, expected] of PROBLEMS) {
  Deno.test(`findProblems() reports [${expected}] for ${JSON.stringify(value)}`, () => {
    assertEquals(
      findProblems(FIELDS, value, SCHEMAS)
        .map(({ path, label }) => `${path} ${label}`),
      expected,
    );
  });
}

Deno.test("matchOptions() finds every typed word, and begins with what begins alike", () => {
  const options = [
    { value: "1", text: "markRead", hint: "Marks messages" },
    { value: "2", text: "removeFriend", hint: "Removes a friend" },
    { value: "3", text: "friends", hint: "The friend list", words: "好友" },
  ];
  const find = (typed: string) =>
    matchOptions(options, typed).map(({ text }) => text);
  assertEquals(find("friend"), ["friends", "removeFriend"]);
  assertEquals(find(" REMOVES  friend "), ["removeFriend"]);
  assertEquals(find("好友"), ["friends"]);
  assertEquals(find("friend x"), []);
  assertEquals(find("").length, 3);
});

Deno.test("moveIndex() stays in the list", () => {
  const moves: [key: string, from: number, to: number | undefined][] = [
    ["ArrowDown", 0, 1],
    ["ArrowDown", 29, 29],
    ["ArrowUp", 0, 0],
    ["PageDown", 25, 29],
    ["PageUp", 5, 0],
    ["Home", 12, 0],
    ["End", 3, 29],
    ["a", 3, undefined],
  ];
  for (const [key, from, to] of moves) {
    assertEquals(moveIndex(key, from, 30), to, key);
  }
  assertEquals(moveIndex("End", 0, 0), undefined);
});

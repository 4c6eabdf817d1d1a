import {
  type Call,
  formatSnippet,
  SNIPPET_KINDS,
  withoutSecrets,
} from "../../../bridge/console/src/pages/playground/snippets.ts";
import { assert, assertEquals } from "@std/assert";

const CALL: Call = {
  command: "addAccount",
  params: { uin: "10003", password: "it's", nested: [{ secret: "two" }] },
  key: "k1",
};

Deno.test("formatSnippet() never has a secret, and names the token's variable", () => {
  for (const kind of SNIPPET_KINDS) {
    const text = formatSnippet(kind, CALL, "http://127.0.0.1:8080");
    assert(!/it's|two/.test(text), text);
    assert(text.includes("<password>"), text);
    assertEquals(text.includes("TQQ_TOKEN"), kind !== "frame", text);
  }
});

Deno.test("formatSnippet() writes the frame of a call", () => {
  assertEquals(
    JSON.parse(
      formatSnippet("frame", { ...CALL, account: "10001", params: {} }, ""),
    ),
    {
      type: "command",
      id: 1,
      account: "10001",
      command: "addAccount",
      key: "k1",
    },
  );
});

Deno.test("withoutSecrets() leaves everything else as it is", () => {
  const value = { a: [1, null, { b: "text" }], token: 5, accessToken: null };
  assertEquals(withoutSecrets(value), value);
});

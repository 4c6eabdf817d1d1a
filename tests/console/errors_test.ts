/** Every error code has a text in both languages. @module */

import { EN } from "../../bridge/console/src/texts/en/errors.ts";
import { ZH } from "../../bridge/console/src/texts/zh/errors.ts";
import { EN as COMMON } from "../../bridge/console/src/texts/en/common.ts";
import { ZH as COMMON_ZH } from "../../bridge/console/src/texts/zh/common.ts";
import { EN as OPERATE } from "../../bridge/console/src/texts/en/operate.ts";
import { ZH as OPERATE_ZH } from "../../bridge/console/src/texts/zh/operate.ts";
import { COMMAND_SCOPES } from "../../lib/frames/commands.ts";
import { TARGET_ERROR_CODES } from "../../lib/frames/targets.ts";
import { CLOSE_CODES, ERROR_CODES } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";

/** Words of the wire, which no text shows. */
const WIRE = /RES=|CMD|VER=|\bRES\b/;

Deno.test("console: every error code and close code is explained in both languages, without a word of the wire", () => {
  const closes = Object.keys(CLOSE_CODES).filter((code) => code !== "1000")
    .map((code) => `close_${code}`);
  const codes = [...Object.keys(ERROR_CODES), "closed", ...closes];
  for (
    const [tables, all] of [
      [[EN, ZH], codes],
      [[OPERATE, OPERATE_ZH], TARGET_ERROR_CODES],
    ] as [Record<string, string>[], readonly string[]][]
  ) {
    for (const code of all) {
      for (const table of tables) {
        const text = table[code];
        assert(text !== undefined && text.length > 8, code);
        assert(!WIRE.test(text), text);
      }
    }
  }
});

Deno.test("console: what refines an error names a code and a command that exist", () => {
  for (const name of Object.keys(EN)) {
    const [, code, command] = /^(.*)_([a-z]+[A-Z]?[A-Za-z]*)$/.exec(name) ?? [];
    if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) continue;
    assert(Object.hasOwn(COMMAND_SCOPES, command!), name);
  }
});

Deno.test("console: the texts of both languages have the same names and values, and none is the other's", () => {
  for (const [en, zh] of [[EN, ZH], [COMMON, COMMON_ZH]]) {
    assertEquals(Object.keys(en!).sort(), Object.keys(zh!).sort());
    for (const [name, text] of Object.entries(en!)) {
      const other = (zh as Record<string, string>)[name]!;
      const valuesOf = (one: string) =>
        [...one.matchAll(/\{\w+\}/g)]
          .map(([value]) => value).sort();
      assertEquals(valuesOf(other), valuesOf(text), name);
      const words = other.replace(/\{\w+\}/g, "");
      assert(/\p{Script=Han}/u.test(words) || !/[a-z]{3}/.test(words), name);
    }
  }
});

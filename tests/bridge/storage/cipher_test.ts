import {
  CipherError,
  SALT_BYTES,
  SecretCipher,
} from "../../../bridge/storage/cipher.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { sealUnbound } from "../../support/unbound_seal.ts";

const SALT = new Uint8Array(SALT_BYTES).fill(7);
const MD5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
const PLACE = { file: "bridge.db", table: "accounts", row: "10001" };

Deno.test("SecretCipher.open() opens what the same key and salt sealed for the same place", () => {
  const cipher = new SecretCipher("一 key", SALT);
  for (const text of ["", MD5, "国\u{1f427}"]) {
    const sealed = cipher.seal(text, PLACE);
    assert(text === "" || !sealed.includes(text));
    assert(cipher.seal(text, PLACE) !== sealed);
    assertEquals(new SecretCipher("一 key", SALT).open(sealed, PLACE), text);
  }
});

const sealed = new SecretCipher("key", SALT).seal(MD5, PLACE);
const flip = (at: number) =>
  sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") +
  sealed.slice(at + 1);

const REFUSED: [what: string, text: string, place?: typeof PLACE][] = [
  ["another row", sealed, { ...PLACE, row: "10002" }],
  ["another file", sealed, { ...PLACE, file: "qq.db" }],
  ["another table", sealed, { ...PLACE, table: "tokens" }],
  ["a text of version 0.1.0", sealUnbound("key", SALT, MD5)],
  ["a new text that names the old version", "v1" + sealed.slice(2)],
  ["an empty text", ""],
  ["no sealed text", MD5],
  ["a version alone", "v2."],
  ["a text that is too short", "v2.AAAA"],
  ["a text that is cut off", sealed.slice(0, -4)],
  ...[4, 20, 40, sealed.length - 5].map((
    at,
  ): [string, string] => [`a change at ${at}`, flip(at)]),
];

for (const [what, text, place = PLACE] of REFUSED) {
  Deno.test(`SecretCipher.open() refuses ${what}, and names the row`, () => {
    const error = assertThrows(
      () => new SecretCipher("key", SALT).open(text, place),
      CipherError,
      `Cannot decrypt row ${place.row} of ${place.table} in ${place.file}`,
    ) as Error;
    assert(!error.message.includes(sealed) && !error.message.includes(MD5));
  });
}

Deno.test("SecretCipher.open() refuses another key or salt", () => {
  for (
    const other of [
      new SecretCipher("another", SALT),
      new SecretCipher("key", new Uint8Array(SALT_BYTES)),
    ]
  ) assertThrows(() => other.open(sealed, PLACE), CipherError);
});

Deno.test("SecretCipher.acceptingUnbound() opens what version 0.1.0 sealed, and seals for the place", () => {
  const cipher = new SecretCipher("key", SALT).acceptingUnbound();
  const old = sealUnbound("key", SALT, MD5);
  assertEquals(cipher.open(old, PLACE), MD5);
  assertEquals([cipher.isCurrent(old), cipher.isCurrent(sealed)], [
    false,
    true,
  ]);
  assertEquals(
    new SecretCipher("key", SALT).open(cipher.seal(MD5, PLACE), PLACE),
    MD5,
  );
});

import {
  CipherError,
  SALT_BYTES,
  SecretCipher,
} from "../../../bridge/storage/cipher.ts";
import { assert, assertEquals, assertThrows } from "../../deps.ts";

const SALT = new Uint8Array(SALT_BYTES).fill(7);
const MD5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";

Deno.test("cipher: what is sealed opens with the same key and salt alone", () => {
  const cipher = new SecretCipher("一 key", SALT);
  for (const text of ["", MD5, "国\u{1f427}"]) {
    const sealed = cipher.seal(text);
    assert(text === "" || !sealed.includes(text));
    assert(cipher.seal(text) !== sealed);
    assertEquals(new SecretCipher("一 key", SALT).open(sealed), text);
  }
  const sealed = cipher.seal(MD5);
  const others = [
    new SecretCipher("another", SALT),
    new SecretCipher("一 key", new Uint8Array(SALT_BYTES)),
  ];
  for (const other of others) {
    assertThrows(() => other.open(sealed), CipherError, "another");
  }
});

Deno.test("cipher: a changed text does not open", () => {
  const cipher = new SecretCipher("key", SALT);
  const sealed = cipher.seal(MD5);
  const flip = (at: number) =>
    sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") +
    sealed.slice(at + 1);
  const changed = [
    "",
    "v1.",
    "v2" + sealed.slice(2),
    sealed.slice(0, -4),
    "v1.AAAA",
    MD5,
    ...[4, 20, 40, sealed.length - 5].map(flip),
  ];
  for (const text of changed) {
    const error = assertThrows(() => cipher.open(text), CipherError) as Error;
    assert(!error.message.includes(sealed) && !error.message.includes(MD5));
  }
});

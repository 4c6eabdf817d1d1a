import { decodeBase64Url, encodeBase64Url } from "../../bridge/base64url.ts";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test("encodeBase64Url(), decodeBase64Url(): bytes survive, in the alphabet of URLs", () => {
  const cases: [number[], string][] = [
    [[], ""],
    [[0], "AA"],
    [[251, 255], "-_8"],
    [[102, 111, 111], "Zm9v"],
    [[...Array(64).keys()].map((n) => 255 - n), ""],
  ];
  for (const [bytes, text] of cases) {
    const encoded = encodeBase64Url(Uint8Array.from(bytes));
    if (text !== "") assertEquals(encoded, text);
    assertEquals([...decodeBase64Url(encoded)], bytes);
  }
});

Deno.test("decodeBase64Url() throws for what is not base64url", () => {
  for (const text of ["A", "AA==", "+A", "A/", "A A", "é"]) {
    assertThrows(() => decodeBase64Url(text), TypeError, "not base64url");
  }
});

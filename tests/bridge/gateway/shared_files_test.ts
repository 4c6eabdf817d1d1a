import { SharedFiles } from "../../../bridge/gateway/shared_files.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";

const TEXT = "a text that repeats itself. ".repeat(200);
const NO_CACHE = "no-cache";
const IMMUTABLE = "public, max-age=31536000, immutable";

/** Requests: `Accept-Encoding`, query, text; and the encoding and caching of the answer. */
const REQUESTS: readonly [
  accepts: string | undefined,
  query: string,
  text: string,
  encoding: string | null,
  caching: string,
][] = [
  [undefined, "", TEXT, null, NO_CACHE],
  ["identity", "", TEXT, null, NO_CACHE],
  ["br", "", TEXT, null, NO_CACHE],
  ["gzip;q=0", "", TEXT, null, NO_CACHE],
  ["gzip, deflate, br", "", TEXT, "gzip", NO_CACHE],
  ["*", "", TEXT, "gzip", NO_CACHE],
  ["gzip", "", "short", null, NO_CACHE],
  ["gzip", "?v=1.2.3", TEXT, "gzip", IMMUTABLE],
  [undefined, "?v=1.2.3", TEXT, null, IMMUTABLE],
  [undefined, "?v=1.2.2", TEXT, null, NO_CACHE],
];

for (const [accepts, query, text, encoding, caching] of REQUESTS) {
  Deno.test(`\`answer()\`: Accept-Encoding ${accepts}, query "${query}" and ${text.length} characters give encoding ${encoding} and ${caching}`, async () => {
    const files = new SharedFiles("1.2.3");
    const ask = (headers: Record<string, string> = {}) =>
      files.answer(
        new Request(`http://127.0.0.1/mod.js${query}`, {
          headers: {
            ...(accepts === undefined ? {} : { "accept-encoding": accepts }),
            ...headers,
          },
        }),
        "mod.js",
        text,
        { vary: "origin" },
      );
    const response = await ask();
    const { headers } = response;
    assertEquals([
      headers.get("content-encoding"),
      headers.get("cache-control"),
      headers.get("vary"),
    ], [encoding, caching, "accept-encoding, origin"]);
    const bytes = await response.bytes();
    assertEquals(Number(headers.get("content-length")), bytes.length);
    const body = encoding === null
      ? new Blob([bytes]).stream()
      : new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(body).text(), text);
    const again = await ask({ "if-none-match": headers.get("etag")! });
    assertEquals([again.status, await again.text()], [304, ""]);
  });
}

Deno.test("`answer()` gives the two encodings of a file different ETags", async () => {
  const files = new SharedFiles("1.2.3");
  const etags = await Promise.all(["gzip", "identity"].map(async (accepts) => {
    const request = new Request("http://127.0.0.1/", {
      headers: { "accept-encoding": accepts },
    });
    const response = await files.answer(request, "/", TEXT, {});
    await response.body?.cancel();
    return response.headers.get("etag");
  }));
  assert(etags[0] !== etags[1] && !etags.includes(null), `${etags}`);
});

Deno.test("modules: /mod.js names its types", async () => {
  const response = await new FakeApp().ask("/mod.js");
  await response.body?.cancel();
  assertEquals(response.headers.get("x-typescript-types"), "./mod.ts");
});

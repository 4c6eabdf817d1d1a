/**
 * Serves `browser_page.html`, which imports the client from a bridge. The bridge
 * takes a page of another origin where it was started with
 * `--allow-origin http://127.0.0.1:8123`.
 *
 * deno run --allow-net --allow-read browser_page.ts 8123
 *
 * @module
 */

const [port = "8123"] = Deno.args;
const page = await (await fetch(new URL("browser_page.html", import.meta.url)))
  .text();

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/`),
}, () => new Response(page, { headers: { "content-type": "text/html" } }));

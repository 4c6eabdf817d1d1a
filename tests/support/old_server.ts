import type { QqServer } from "../../lib/server/mod.ts";

/** A front that hides the two headers which the server of 2005 did not know. */
export function listenAs2005(server: QqServer, hostname = "127.0.0.1") {
  const listening = Deno.serve(
    { hostname, port: 0, onListen: () => {} },
    async (request, { remoteAddr: { hostname } }) => {
      const answer = await server.answer({
        method: request.method,
        body: new Uint8Array(await request.arrayBuffer()),
        contentType: request.headers.get("content-type"),
        idempotencyKey: null,
        prefer: null,
        address: hostname,
        signal: new AbortController().signal,
      });
      return new Response(answer.type === "reply" ? answer.bodies[0] : "");
    },
  );
  return {
    port: listening.addr.port,
    close: () => listening.shutdown(),
  };
}

import { toDeliveryError } from "../../../bridge/endpoint/outbound/network_error.ts";
import { AddressPolicy } from "../../../bridge/targets/address_policy.ts";
import { postEvent } from "../../../bridge/onebot/outbound/post_request.ts";
import { systemClock } from "../../../lib/clock.ts";
import { assertEquals } from "@std/assert";
import { TLS } from "../../support/tls.ts";

/** Receivers that fail, each in its own way; gives the URL, and what ends it. */
const RECEIVERS: [
  what: string,
  make: () => { url: string; close?: () => unknown },
  message: string,
  code: string,
][] = [
  [
    "nobody there",
    () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      listener.close();
      return { url: `http://127.0.0.1:${listener.addr.port}` };
    },
    "connection refused",
    "connection_refused",
  ],
  [
    "a name that nobody has",
    () => ({ url: "http://refused.invalid" }),
    "no such host",
    "no_such_host",
  ],
  [
    "a certificate that nobody trusts",
    () => {
      const server = Deno.serve(
        { ...TLS, hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(),
      );
      return {
        url: `https://127.0.0.1:${server.addr.port}`,
        close: () => server.shutdown(),
      };
    },
    "certificate not accepted: UnknownIssuer",
    "certificate",
  ],
  [
    "no TLS",
    () => {
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(),
      );
      return {
        url: `https://127.0.0.1:${server.addr.port}`,
        close: () => server.shutdown(),
      };
    },
    "no TLS at the other end",
    "no_tls",
  ],
  [
    "a cut connection",
    () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      listener.accept().then((socket) => socket.close());
      return {
        url: `http://127.0.0.1:${listener.addr.port}`,
        close: () => listener.close(),
      };
    },
    "connection closed before an answer",
    "connection_closed",
  ],
  [
    "no answer in time",
    () => {
      const { promise, resolve } = Promise.withResolvers<Response>();
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => promise,
      );
      return {
        url: `http://127.0.0.1:${server.addr.port}`,
        close: () => {
          resolve(new Response());
          return server.shutdown();
        },
      };
    },
    "no answer within 500 ms",
    "timed_out",
  ],
  [
    "a status",
    () => {
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(null, { status: 503 }),
      );
      return {
        url: `http://127.0.0.1:${server.addr.port}`,
        close: () => server.shutdown(),
      };
    },
    "status 503",
    "status",
  ],
];

for (const [what, make, message, code] of RECEIVERS) {
  Deno.test(`postEvent() says why nobody took the event: ${what}`, async () => {
    const { url, close } = make();
    const outcome = await postEvent({
      url: `${url}/refused-timeout?certificate=s3cret`,
      account: "10001",
      body: "{}",
      secret: undefined,
      addresses: new AddressPolicy(),
      clock: systemClock,
      withinMs: message.includes("500 ms") ? 500 : 10_000,
      signal: new AbortController().signal,
    });
    await close?.();
    assertEquals(
      outcome,
      {
        type: "away",
        error: { code, message },
      } as typeof outcome,
    );
  });
}

Deno.test("toDeliveryError() looks for the innermost cause, and repeats no text of an error", () => {
  const inner = Object.assign(new Error("x"), { code: "ECONNRESET" });
  const outer = new TypeError("fetch failed", {
    cause: new Error("tls trouble", { cause: inner }),
  });
  assertEquals(
    toDeliveryError(outer).message,
    "connection closed before an answer",
  );
  assertEquals(toDeliveryError(new Error("secret=1")).message, "no connection");
  assertEquals(toDeliveryError("secret").message, "no connection");
});

import {
  type AccountOptions,
  createServer,
  type QqServer,
  type ServerOptions,
} from "../../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import v14 from "../../vectors/v14.json" with { type: "json" };
import { LineClient } from "./line_client.ts";

/** A step of an exchange, see `about` in the vectors. */
interface Step {
  on: string;
  from?: string;
  wire?: string;
  hex?: string;
  form?: boolean;
  reply?: string | string[] | null;
  push?: string[];
  line?: string[];
  end?: boolean;
  closed?: boolean;
  quiet?: boolean;
  text?: string;
  lateMs?: number;
}

interface Exchange {
  name: string;
  options?:
    & Omit<ServerOptions, "captcha">
    & { captcha?: Record<string, string>; picture?: string };
  steps: Step[];
}

/** How long nothing comes where nothing may. */
const QUIET_MS = 300;

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

async function serverOf({ options = {} }: Exchange): Promise<QqServer> {
  const { captcha, picture = "", ...plain } = options;
  const server = createServer({
    ...plain,
    captcha: (uin) => {
      const text = captcha?.[uin];
      return text === undefined ? undefined : { png: fromHex(picture), text };
    },
  });
  for (const account of v14.accounts) {
    const { range, ...given } = account as typeof account & {
      range?: [string, string];
    };
    const [first, last] = range ?? [given.uin!, given.uin!];
    for (let uin = Number(first); uin <= Number(last); uin++) {
      await server.createAccount({
        ...given,
        uin: String(uin),
      } as AccountOptions);
    }
  }
  return server;
}

/** The body of the response to a POST; null where the connection is closed without a byte. */
async function post(
  port: number,
  { form, from, wire = "" }: Step,
): Promise<string | null> {
  const client = await LineClient.to(port, from);
  const type = form ? "application/x-www-form-urlencoded" : "text/plain";
  const bytes = new TextEncoder().encode(wire).length;
  await client.send(
    `POST / HTTP/1.1\r\nContent-Type: ${type}\r\nConnection: close\r\n` +
      `Content-Length: ${bytes}\r\n\r\n${wire}`,
  );
  const text = await client.rest();
  client.close();
  return text === "" ? null : text.slice(text.indexOf("\r\n\r\n") + 4);
}

async function runStep(
  step: Step,
  port: number,
  clients: Map<string, LineClient>,
  askedAt: Map<string, number>,
): Promise<void> {
  const { closed, end, from, hex, line, on, push, quiet, reply, text } = step;
  const { lateMs = 0, wire } = step;
  // A late answer that comes in a later step is late from when it was asked for.
  const startAt = wire === undefined
    ? askedAt.get(on) ?? performance.now()
    : performance.now();
  if (wire !== undefined && reply === undefined) askedAt.set(on, startAt);
  if (on === "http") {
    assertEquals(await post(port, step), reply as string | null);
  } else {
    let client = clients.get(on);
    if (client === undefined) {
      clients.set(on, client = await LineClient.to(port, from));
    }
    if (hex !== undefined) await client.send(fromHex(hex));
    if (wire !== undefined) await client.send(wire);
    if (reply === null || quiet) {
      assertEquals(await client.line(QUIET_MS), null);
    }
    if (text !== undefined) {
      assertEquals(await client.characters(text.length), text);
    }
    for (const each of [reply ?? [], line ?? [], push ?? []].flat()) {
      assertEquals(await client.line(), each);
    }
    if (end) client.close();
    if (closed) assertEquals(await client.rest(), "");
  }
  const tookMs = performance.now() - startAt;
  assert(tookMs >= lateMs, `it came after ${tookMs} ms`);
}

for (const exchange of v14.exchanges as unknown as Exchange[]) {
  Deno.test(`exchange: ${exchange.name}`, async () => {
    const server = await serverOf(exchange);
    const { port } = server.listen({ port: 0 });
    const clients = new Map<string, LineClient>();
    const askedAt = new Map<string, number>();
    try {
      for (const [nth, step] of exchange.steps.entries()) {
        await runStep(step, port, clients, askedAt).catch((error) => {
          error.message = `step ${nth + 1}: ${error.message}`;
          throw error;
        });
      }
    } finally {
      for (const client of clients.values()) client.close();
      await server.close();
    }
  });
}

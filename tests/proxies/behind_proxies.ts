/** The program behind proxies, over TLS. @module */

import { delay } from "@std/async";
import { request } from "node:https";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { TLS } from "../support/tls.ts";
import {
  findFreePort,
  isInstalled,
  PROXIES,
  Proxy,
  type ProxyName,
} from "./proxy.ts";

const TOKEN = "administrators-token-of-this-test";

/** How long a proxy may hold back an event, in milliseconds. */
const EVENT_MS = 5000;

/** An address of this machine that no proxy uses towards the bridge. */
const CLIENT_ADDRESS = "127.0.0.5";

const PLACES = [
  ["at the root", { subPath: "", basePath: "" }],
  ["under a sub-path that it strips", { subPath: "/tqq", basePath: "" }],
  ["under a sub-path that it keeps", { subPath: "", basePath: "/tqq" }],
] as const;

/** A client of a proxy. */
class Client implements Disposable {
  readonly origin: string;
  /** Path before all others. */
  readonly path: string;
  readonly #client = Deno.createHttpClient({ caCerts: [TLS.ca] });

  constructor(port: number, path: string) {
    this.origin = `https://127.0.0.1:${port}`;
    this.path = path;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}${this.path}${path}`, {
      ...init,
      client: this.#client,
    });
  }

  /** Sends JSON with the token. */
  async post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return await this.fetch(path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }

  /** Opens a WebSocket, sends a text if there is one, and returns the first frame. */
  async firstFrame(path: string, text?: string): Promise<string> {
    const url = `${this.origin}${this.path}${path}`.replace("https:", "wss:");
    const socket = new WebSocket(url, { client: this.#client });
    const frame = await new Promise<string>((resolve, reject) => {
      socket.onopen = () => text !== undefined && socket.send(text);
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => reject(new Error(`No WebSocket at ${path}`));
    });
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    return frame;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

for (const name of PROXIES) {
  if (!isInstalled(name)) {
    console.log(`${name} is not installed: its tests are skipped`);
    continue;
  }
  for (const [place, paths] of PLACES) {
    Deno.test(`${name}: everything works ${place}`, async () => {
      await behind(name, paths, async (client, program) => {
        await checkPages(client);
        await checkSession(client);
        await checkSockets(client);
        await checkEvents(client);
        await checkAddress(client, program);
      });
    });
  }
}

/** Runs the program behind a proxy. */
async function behind(
  name: ProxyName,
  { subPath, basePath }: { subPath: string; basePath: string },
  check: (client: Client, program: Program) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const port = findFreePort();
    await using program = new Program({
      args: serveArgs(
        folder,
        "--behind-proxy",
        `--allow-origin=https://127.0.0.1:${port}`,
        "--log-level=debug",
        ...(basePath === "" ? [] : [`--base-path=${basePath}`]),
      ),
      env: { TQQ_TOKEN: TOKEN },
    });
    const target = Number(new URL((await program.ready()).http!).port);
    await using _proxy = await Proxy.start(name, port, { target, subPath });
    using client = new Client(port, subPath + basePath);
    // A proxy with health checks answers once it has seen the bridge ready.
    for (let tries = 0; tries < 200; tries++) {
      if (await statusOf(client.fetch("/readyz")) === 200) break;
      await delay(50);
    }
    await check(client, program);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function checkPages(client: Client): Promise<void> {
  const page = await client.fetch("/").then((response) => response.text());
  const addresses = [...page.matchAll(/(?:href|src)="(?!data:)(.*?)"/g)]
    .map(([, address]) => `/${address}`);
  // The style, the program, and what the program is loaded with.
  for (const end of [/\.css$/, /\.js$/]) {
    assert(addresses.some((one) => end.test(one)), addresses.join());
  }
  for (
    const path of [...addresses, "/mod.ts", "/mod.js", "/healthz", "/readyz"]
  ) {
    assertEquals([path, await statusOf(client.fetch(path))], [path, 200]);
  }
  assertEquals(await statusOf(client.fetch("/nothing")), 404);
  assertEquals(await statusOf(client.post("/api/ping", {})), 200);
  const satori = { "satori-platform": "qq", "satori-user-id": "10001" };
  assertEquals(
    await statusOf(client.post("/satori/v1/login.get", {}, satori)),
    200,
  );
  assertEquals(
    await statusOf(client.post("/onebot/v11/10001/get_status", {})),
    200,
  );
}

async function checkSession(client: Client): Promise<void> {
  const { origin } = client;
  const signIn = await client.fetch("/console/session", {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ token: TOKEN }),
  });
  assertEquals(signIn.status, 200);
  const [cookie] = signIn.headers.getSetCookie();
  assert(/; Secure/i.test(cookie!), cookie);
  const { proof } = await signIn.json();
  const ping = client.fetch("/api/ping", {
    method: "POST",
    headers: {
      origin,
      cookie: cookie!.split(";")[0]!,
      "tqq-proof": proof,
      "content-type": "application/json",
    },
    body: "{}",
  });
  assertEquals(await statusOf(ping), 200);
}

async function checkSockets(client: Client): Promise<void> {
  const query = `?access_token=${TOKEN}`;
  const welcome = JSON.parse(await client.firstFrame(`/ws${query}`));
  assertEquals(welcome.type, "welcome");
  const meta = await client.firstFrame(`/onebot/v11/10001/${query}`);
  assertEquals(JSON.parse(meta).post_type, "meta_event");
  const identify = JSON.stringify({ op: 3, body: { token: TOKEN } });
  const satori = await client.firstFrame("/satori/v1/events", identify);
  assertEquals(JSON.parse(satori).op, 4);
}

/** Each event arrives at once: the proxy buffers nothing. */
async function checkEvents(client: Client): Promise<void> {
  const response = await client.fetch(
    `/events?events=message&access_token=${TOKEN}`,
  );
  assertEquals(response.status, 200);
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  let text = "";
  for (const message of ["first", "second"]) {
    const sent = client.post("/api/send", {
      account: "10001",
      to: "10000",
      text: message,
    });
    assertEquals(await statusOf(sent), 200);
    const late = setTimeout(() => reader.cancel(), EVENT_MS);
    while (!text.includes(message)) {
      const { value, done } = await reader.read();
      assert(!done, `"${message}" did not arrive within ${EVENT_MS} ms`);
      text += value;
    }
    clearTimeout(late);
  }
  await reader.cancel();
}

/** The bridge sees the client's address, and not one that the client invents. */
async function checkAddress(
  { origin, path: base }: Client,
  program: Program,
): Promise<void> {
  const path = `${base}/nothing/of/this/kind`;
  const { hostname, port } = new URL(origin);
  await new Promise<void>((resolve, reject) => {
    request({
      hostname,
      port,
      path,
      ca: TLS.ca,
      localAddress: CLIENT_ADDRESS,
      agent: false,
      headers: { "x-forwarded-for": "203.0.113.9" },
    }, (response) => {
      response.resume();
      response.on("end", resolve);
    }).on("error", reject).end();
  });
  const isRequest = (line: string) => /"path":"\/\*\/\*\/\*\/\*"/.test(line);
  const line = await program.line(isRequest, "err");
  assertEquals(JSON.parse(line).address, CLIENT_ADDRESS);
}

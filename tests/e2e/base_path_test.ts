/** The program under a sub-path, behind a proxy that strips it and one that does not. @module */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";
import { SubPathProxy } from "../support/sub_path_proxy.ts";

const TOKEN = "administrators-token-of-this-test";

interface Answer {
  status: number;
  head: string;
  body: string;
}

/** Sends one request and reads the answer to its end. */
async function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body = "" }: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<Answer> {
  using socket = await RawSocket.connect(port);
  const all = {
    Host: `127.0.0.1:${port}`,
    Connection: "close",
    ...(body === "" ? {} : {
      "Content-Type": "application/json",
      "Content-Length": `${body.length}`,
    }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  await socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  if (body !== "") await socket.write(body);
  const { status, head } = await socket.head();
  return { status, head, body: await socket.rest() };
}

const bearer = { Authorization: `Bearer ${TOKEN}` };

for (const strips of [true, false]) {
  Deno.test(`sub-path: everything works behind a proxy that ${strips ? "strips it" : "does not strip it"}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      using proxy = new SubPathProxy(strips);
      await using program = new Program({
        args: serveArgs(
          folder,
          `--allow-origin=${proxy.origin}`,
          ...(strips ? [] : ["--base-path=/tqq"]),
        ),
        env: { TQQ_TOKEN: TOKEN },
      });
      const { http } = await program.ready();
      const own = new URL(http!);
      proxy.target = Number(own.port);
      const { port, origin } = proxy;
      assertEquals(own.pathname, strips ? "/" : "/tqq");

      // Each address of the page is below the page.
      const page = await ask(port, "/tqq/");
      assertEquals(page.status, 200);
      const addresses = [
        ...page.body.matchAll(/(?:href|src)="(?!data:)(.*?)"/g),
      ]
        .map(([, address]) => new URL(address!, `${origin}/tqq/`).pathname);
      assert(addresses.length >= 3, page.body);
      for (const one of addresses) assertMatch(one, /^\/tqq\/console\/[^/]+$/);
      for (
        const path of [
          ...addresses,
          "/tqq/mod.ts",
          "/tqq/mod.js",
          "/tqq/lib/clock.ts",
          "/tqq/healthz",
          "/tqq/readyz",
        ]
      ) {
        const { status } = await ask(port, path);
        assertEquals([path, status], [path, 200]);
      }

      const signIn = await ask(port, "/tqq/console/session", {
        method: "POST",
        headers: { Origin: origin },
        body: JSON.stringify({ token: TOKEN }),
      });
      assertEquals(signIn.status, 200);
      const cookie = /^set-cookie: (\w+=[^;]+);.*/im.exec(signIn.head);
      assertMatch(
        cookie![0],
        strips ? /; Path=\/(;|$)/ : /; Path=\/tqq(;|$)/,
      );
      const session = {
        Origin: origin,
        Cookie: cookie![1]!,
        "Tqq-Proof": JSON.parse(signIn.body).proof,
      };
      const ping = await ask(port, "/tqq/api/ping", {
        method: "POST",
        headers: session,
        body: "{}",
      });
      assertEquals(ping.status, 200);

      using socket = await RawSocket.open(port, "/tqq/ws", {
        Authorization: `Bearer ${TOKEN}`,
      });
      assertEquals((await socket.json()).type, "welcome");
      using events = await RawSocket.connect(port);
      await events.write(
        `GET /tqq/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
      );
      assertEquals((await events.head()).status, 200);
      assertMatch(await events.text(12), /retry|id/);

      for (
        const path of [
          "/tqq/onebot/v11/10001/get_status",
          "/tqq/satori/v1/login.get",
        ]
      ) {
        const { status } = await ask(port, path, {
          method: "POST",
          headers: {
            ...bearer,
            "Satori-Platform": "qq",
            "Satori-User-ID": "10001",
            "X-Platform": "qq",
            "X-Self-ID": "10001",
          },
          body: "{}",
        });
        assertEquals([path, status], [path, 200]);
      }
      using onebot = await RawSocket.open(port, "/tqq/onebot/v11/10001/", {
        Authorization: `Bearer ${TOKEN}`,
      });
      assertEquals((await onebot.json()).post_type, "meta_event");
      using satori = await RawSocket.open(port, "/tqq/satori/v1/events");
      await satori.send({ op: 3, body: { token: TOKEN } });
      assertEquals((await satori.json()).op, 4);

      // A sub-command on the data folder finds the program.
      const sent = await runMain(["accounts", `--data=${folder}`]);
      assertEquals(sent.code, 0, sent.err.join("\n"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("--base-path: everything is below it, and only health checks are answered outside", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--base-path=/a.b/tqq"),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http } = await program.ready();
    const { port: text, pathname } = new URL(http!);
    assertEquals(pathname, "/a.b/tqq");
    const port = Number(text);
    for (
      const [path, status] of [
        ["/a.b/tqq/", 200],
        ["/a.b/tqq/mod.ts", 200],
        ["/a.b/tqq?x", 308],
        ["/a.b/tqqq/mod.ts", 404],
        ["/a.b/", 404],
        ["/", 404],
        ["/mod.ts", 404],
        ["/tqq/mod.ts", 404],
        ["/a.b/tqq/a.b/tqq/mod.ts", 404],
        ["/metrics", 404],
        ["/healthz", 200],
        ["/readyz", 200],
        ["/a.b/tqq/healthz", 200],
        ["/a.b/tqq/readyz", 200],
      ] as const
    ) {
      const answer = await ask(port, path, { headers: bearer });
      assertEquals([path, answer.status], [path, status]);
      if (status === 308) {
        assertMatch(answer.head, /^location: \/a\.b\/tqq\/\r?$/im);
      }
    }
    for (const [path, status] of [["/ws", 404], ["/a.b/tqq/ws", 101]]) {
      using socket = await RawSocket.connect(port);
      await socket.write(upgradeHead(port, `${path}`, bearer));
      assertEquals([path, (await socket.head()).status], [path, status]);
    }
    const openApi = await ask(port, "/a.b/tqq/openapi.json", {
      headers: bearer,
    });
    assertEquals(JSON.parse(openApi.body).servers[0].url, "/a.b/tqq");
    const asyncApi = await ask(port, "/a.b/tqq/asyncapi.json", {
      headers: bearer,
    });
    assertEquals(
      JSON.parse(asyncApi.body).servers.bridge.pathname,
      "/a.b/tqq",
    );
    const signIn = await ask(port, "/a.b/tqq/console/session", {
      method: "POST",
      headers: { Origin: `https://127.0.0.1:${port}` },
      body: JSON.stringify({ token: TOKEN }),
    });
    assertMatch(
      signIn.head,
      /^set-cookie: __Secure-tqq_session_\d+=[^;]+;(?=.* Secure).* Path=\/a\.b\/tqq(;|\r?$)/im,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--base-path: every address that a first start prints has it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(
        folder,
        "--base-path=/tqq",
        "--behind-proxy",
        "--allow-origin=app://x,https://qq.example.org",
        "--no-demo",
      ).filter((arg) => arg !== "--log-format=json"),
    });
    const printed = await program.said(/Try it|another one/);
    const addresses = [...printed.matchAll(/\b(?:https?|wss?):\/\/[^\s"]+/g)]
      .map(([address]) => new URL(address));
    assert(addresses.length >= 3, printed);
    for (const { pathname } of addresses) assertMatch(pathname, /^\/tqq(\/|$)/);
    assertMatch(printed, /https:\/\/qq\.example\.org\/tqq\/#token=/);
    assertMatch(printed, /wss:\/\/qq\.example\.org\/tqq\/ws/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import { assertEquals } from "@std/assert";
import { settle } from "../../support/fake_clock.ts";
import { LineClient } from "./line_client.ts";
import { LOGIN, onStage, PASSWORD_MD5, type Stage, tail } from "./stage.ts";

const HERE = { address: "127.0.0.1" };
const LATER_LOGIN =
  `VER=1.4&CMD=Login&SEQ=1&UIN=10001&PS=${PASSWORD_MD5}&LC=812822641C978097\n`;
const LOGGED_IN =
  "VER=1.4&CMD=Login&SEQ=1&UIN=10001&RES=0&RS=0&HI=60&LI=300\r\n";

async function say(stage: Stage, text: string): Promise<void> {
  await stage.server.deliver("10001", {
    type: "message",
    from: "10002",
    text,
  });
}

onStage(
  "lines: a Login pushes what waits, marked or not, and ends a held poll empty",
  async (stage) => {
    await stage.accounts("10001");
    const { port } = stage.server.listen({ port: 0 });
    await stage.ask("10001", "Login", LOGIN, HERE);
    await say(stage, "one");
    const marked = await stage.mail("10001", { ...HERE, key: "k" });
    assertEquals(marked, "9, 10002, one ,");
    // With another key it would wait.
    const empty = await stage.mail("10001", { ...HERE, key: "k2" });
    assertEquals(empty, "");
    await say(stage, "two");
    await stage.mail("10001", { ...HERE, key: "k3" });
    const held = stage.mail("10001", { ...HERE, key: "k4", prefer: "wait=25" });
    await settle();
    await say(stage, "three");
    assertEquals(await held, "9, 10002, three ,");
    const waiting = stage.mail("10001", {
      ...HERE,
      key: "k5",
      prefer: "wait=25",
    });
    await settle();
    const client = await LineClient.to(port);
    await client.send(LATER_LOGIN);
    assertEquals(await client.line(), LOGGED_IN);
    assertEquals(await waiting, "");
    await say(stage, "four");
    const push = "VER=1.4&CMD=Server_Msg&SEQ=1&UIN=10001&RES=0&MN=1&MT=9";
    assertEquals(await client.line(), `${push}&UN=10002&MG=four\r\n`);
    assertEquals(await stage.mail("10001", HERE), "");
    client.close();
  },
  { limits: { lineGapMs: 0 } },
);

onStage(
  "lines: mail that was handed out with a key and not followed is pushed",
  async (stage) => {
    await stage.accounts("10001");
    const { port } = stage.server.listen({ port: 0 });
    await stage.ask("10001", "Login", LOGIN, HERE);
    await say(stage, "one");
    await stage.mail("10001", { ...HERE, key: "k" });
    const client = await LineClient.to(port);
    await client.send(LATER_LOGIN);
    assertEquals(await client.line(), LOGGED_IN);
    assertEquals(
      await client.line(),
      "VER=1.4&CMD=Server_Msg&SEQ=1&UIN=10001&RES=0&MN=1&MT=9&UN=10002&MG=one\r\n",
    );
    client.close();
  },
  { limits: { lineGapMs: 0 } },
);

onStage(
  "lines: when the server stops, sessions end without a word to friends",
  async (stage) => {
    await stage.accounts("10001", "10002");
    await stage.server.befriend("10001", "10002");
    const { port } = stage.server.listen({ port: 0 });
    const client = await LineClient.to(port);
    await client.send(LATER_LOGIN);
    assertEquals(await client.line(), LOGGED_IN);
    await stage.ask("10002", "Login", LOGIN, HERE);
    await client.line();
    const mail = stage.mail("10002", { ...HERE, prefer: "wait=25" });
    await settle();
    await stage.server.close();
    assertEquals([await client.rest(), await mail], ["", "NULL"]);
  },
  { limits: { lineGapMs: 0 } },
);

onStage(
  "fetch: a reply to VER=1.4 ends in CR LF, and Content-Length counts it",
  async (stage) => {
    const ask = (ver: string) =>
      stage.server.fetch(
        new Request("http://localhost/", {
          method: "POST",
          body: `VER=${ver}&CMD=Logout&SEQ=1&UIN=10001`,
        }),
      );
    const reply = "CMD=LOGOUT&SEQ=1&UIN=10001&RES=0";
    assertEquals(await (await ask("1.4")).text(), `VER=1.4&${reply}\r\n`);
    assertEquals(await (await ask("1.2")).text(), `VER=1.2&${reply}`);
    assertEquals(
      tail(await stage.post("VER=1.3&CMD=Logout&SEQ=1&UIN=10001")),
      "NULL",
    );
  },
);

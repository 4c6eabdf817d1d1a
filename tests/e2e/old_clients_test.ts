/** Clients of 2005 and of 2013 beside a bridge that is killed: each message arrives once and in order. */

import { delay } from "@std/async";
import { BridgeClient, decodeReply, md5Hex, type Reply } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import {
  addAccounts,
  Collector,
  PASSWORD,
  TOKEN,
} from "../support/crash_stage.ts";
import { RestartableProgram } from "../support/restartable_program.ts";

/** The account that the bridge logs in. */
const BRIDGE = "10001";
const [LINES, LATER, OLD] = ["20001", "20002", "20003"] as const;
const PEOPLE = [LINES, LATER, OLD] as const;
const EACH = 15;

/** Someone who sends to the bridge's account, and collects what comes from it. */
interface Person {
  send(text: string): Promise<void>;
  readonly texts: string[];
  stop(): Promise<void>;
}

function textsIn(reply: Reply): string[] {
  const items = "item" in reply
    ? [reply.item]
    : "items" in reply
    ? reply.items
    : [];
  return items.flatMap((item) => "text" in item ? [item.text] : []);
}

/** A client on a bare TCP connection, with pushes. */
async function overLines(uin: string, qq: string): Promise<Person> {
  const [hostname, port] = qq.split(":") as [string, string];
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const texts: string[] = [];
  const waiting = new Map<string, (reply: Reply) => void>();
  const reading = (async () => {
    let text = "";
    for await (const piece of socket.readable) {
      text += new TextDecoder().decode(piece);
      const lines = text.split("\r\n");
      text = lines.pop()!;
      for (const line of lines) {
        const reply = decodeReply(line);
        texts.push(...textsIn(reply));
        if (!("item" in reply)) waiting.get(reply.seq)?.(reply);
      }
    }
  })().catch(() => {});
  let seq = 0;
  const ask = async (cmd: string, fields: string) => {
    const number = String(++seq);
    const answered = new Promise<Reply>((resolve) =>
      waiting.set(number, resolve)
    );
    await socket.write(new TextEncoder().encode(
      `VER=1.4&CON=1&CMD=${cmd}&SEQ=${number}&UIN=${uin}&${fields}\n`,
    ));
    assertEquals((await answered).res, 0);
  };
  await ask("Login", `PS=${md5Hex(PASSWORD)}&M5=1&LC=812822641C978097`);
  return {
    texts,
    send: (text) => ask("CLTMSG", `UN=${BRIDGE}&MG=${text}`),
    async stop() {
      socket.close();
      await reading;
    },
  };
}

/** A client that polls over HTTP, without keys. */
async function overHttp(
  uin: string,
  qq: string,
  ver: string,
  licence: string,
): Promise<Person> {
  const texts: string[] = [];
  let seq = 0;
  let isOver = false;
  const ask = async (cmd: string, fields = "") => {
    const response = await fetch(`http://${qq}/`, {
      method: "POST",
      body: `VER=${ver}&CMD=${cmd}&SEQ=${++seq}&UIN=${uin}${fields}`,
    });
    const reply = decodeReply(await response.text());
    assertEquals(reply.res, 0);
    return reply;
  };
  await ask("Login", `&PS=${md5Hex(PASSWORD)}&M5=1&LC=${licence}`);
  const polling = (async () => {
    while (!isOver) {
      texts.push(...textsIn(await ask("GetMsgEx")));
      await delay(50);
    }
  })();
  return {
    texts,
    send: async (text) => void await ask("CLTMSG", `&UN=${BRIDGE}&MG=${text}`),
    async stop() {
      isOver = true;
      await polling;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo();) {
    assert(Date.now() < end, `not in time: ${isSo}`);
    await delay(50);
  }
}

/** How the bridge reaches the server, and whether it is killed: over lines nothing acknowledges a push. */
const BRIDGES: [upstream: string, isKilled: boolean][] = [
  ["http", true],
  ["tcp", false],
];

for (const [upstream, isKilled] of BRIDGES) {
  const through = isKilled ? ", through a kill -9 of the bridge" : "";
  Deno.test(`old clients of VER=1.1 and 1.4 beside a bridge over ${upstream}: each message arrives once and in order${through}`, async () => {
    const [folder, qqFolder] = [
      await Deno.makeTempDir(),
      await Deno.makeTempDir(),
    ];
    await addAccounts(folder, [BRIDGE]);
    await addAccounts(qqFolder, [BRIDGE, ...PEOPLE], "--no-bridge");
    const flags = ["--no-demo", "--qq-send-gap-ms=0"];
    await using server = new RestartableProgram(qqFolder, {
      command: "qq-server",
      args: flags,
      token: TOKEN,
    });
    await server.start();
    await using bridge = new RestartableProgram(folder, {
      args: [...flags, `--upstream=${upstream}://${server.qq}`],
      env: { TQQ_OUTBOX_GAP_MS: "0" },
      token: TOKEN,
    });
    await bridge.start();
    const collector = new Collector();
    const subscriber = new BridgeClient({
      url: bridge.http.replace("http", "ws") + "/ws",
      token: TOKEN,
      backoff: { minMs: 50, maxMs: 200 },
    });
    const received: Record<string, string[]> = {};
    const reading = (async () => {
      for await (const frame of subscriber) {
        collector.take(frame);
        if (frame.type !== "event" || !("text" in frame.data)) continue;
        if (!frame.event.startsWith("message.stranger")) continue;
        const { from, text } = frame.data as { from: string; text: string };
        (received[from] ??= []).push(text);
      }
    })();
    await subscriber.ping();
    const people: Record<string, Person> = {
      [LINES]: await overLines(LINES, server.qq),
      [LATER]: await overHttp(LATER, server.qq, "1.4", "2EC70D1101DB674F"),
      [OLD]: await overHttp(OLD, server.qq, "1.1", "9326B87B234E7235"),
    };
    const texts = Array.from({ length: EACH }, (_, nth) => `text ${nth} 你好`);
    const fromBridge = async (uin: string) => {
      for (const [nth, text] of texts.entries()) {
        for (;;) {
          try {
            await subscriber.send(BRIDGE, uin, text, { key: `${uin}-${nth}` });
            break;
          } catch {
            await delay(200);
          }
        }
      }
    };
    const toBridge = async (person: Person) => {
      for (const text of texts) {
        await person.send(text);
        await delay(20);
      }
    };
    const sending = Promise.all(
      PEOPLE.flatMap((
        uin,
      ) => [fromBridge(uin), toBridge(people[uin]!)]),
    );
    await until(() => collector.count >= 10);
    if (isKilled) {
      await bridge.end("SIGKILL");
      await bridge.start();
    }
    await sending;
    await until(() =>
      PEOPLE.every((uin) =>
        (received[uin]?.length ?? 0) >= EACH &&
        people[uin]!.texts.length >= EACH
      )
    );
    await subscriber.ping();
    for (const uin of PEOPLE) {
      assertEquals(people[uin]!.texts, texts, `to ${uin}`);
      assertEquals(received[uin], texts, `from ${uin}`);
    }
    for (const person of Object.values(people)) await person.stop();
    await bridge.end("SIGTERM");
    await server.end("SIGTERM");
    await subscriber.close();
    await reading;
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(qqFolder, { recursive: true });
  });
}

/**
 * A server of the fan-out benchmark: `ours` is the bridge's journal, hub,
 * connections and HTTP server; `bare` is a loop over `ws` that sends the same
 * text. Each line of standard input is an event for all clients.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import process from "node:process";
import { type WebSocket, WebSocketServer } from "../../../bridge/deps_node.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { serveJournal } from "./serve_journal.ts";

const ACCOUNT = "10001";

/** Makes a frame of about 250 bytes, as in earlier runs. */
const TEXT = "这是一条发给所有订阅者的消息，".repeat(2) + "x".repeat(40);

type Emit = () => void;

async function ours(): Promise<{ port: number; emit: Emit }> {
  const folder = Deno.makeTempDirSync();
  const journal = new SqliteJournal(openJournal(`${folder}/journal.db`));
  const port = await serveJournal(journal);
  const emit = () => {
    journal.append({
      events: [{
        account: ACCOUNT,
        at: Date.now(),
        event: "message",
        data: { from: "10002", text: TEXT },
      }],
    }).catch(console.error);
  };
  return { port, emit };
}

async function bare(): Promise<{ port: number; emit: Emit }> {
  const http = createServer();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
  });
  const clients = new Set<WebSocket>();
  http.on("upgrade", (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (ws) => {
      clients.add(ws);
      ws.on("close", () => clients.delete(ws));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  let seq = 0;
  const emit = () => {
    seq++;
    const text = `{"type":"event","seq":${seq},"at":"${
      new Date().toISOString()
    }","account":"${ACCOUNT}","event":"message","data":${
      JSON.stringify({ from: "10002", text: TEXT })
    }}`;
    for (const ws of clients) ws.send(text);
  };
  return { port: (http.address() as AddressInfo).port, emit };
}

const side = Deno.args[0] === "ours" ? ours : bare;
const { port, emit } = await side();
console.log(JSON.stringify({ port }));
for await (const _ of createInterface({ input: process.stdin })) emit();
Deno.exit(0);

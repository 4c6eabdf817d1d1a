import { delay } from "@std/async";
import { DatabaseSync } from "node:sqlite";
import {
  BridgeClient,
  type EventFrame,
  type GapFrame,
  QqClient,
} from "../../mod.ts";
import { CREATED_PER_MINUTE } from "../../bridge/access/token_service.ts";
import { inTemporaryFolder } from "./folder_copies.ts";
import { Program, serveArgs } from "./program.ts";

const TOKEN = "backup-stage-token-of-the-administrator";
const PASSWORD = "of-the-backup-stage";
const RECEIVERS = ["10001", "10002"] as const;

/** How a run goes. */
export interface BackupRun {
  /** How many backups are made under load, and restored. */
  backups: number;
  /** Messages a second that are aimed at. */
  rate: number;
  /** How long messages are sent before each backup. */
  beforeMs: number;
}

/** What a run showed. */
export interface BackupFigures {
  sent: number;
  perSecond: number;
  /** The slowest message from the sender to the server's answer, while backups ran. */
  slowestMs: number;
  backupMs: number[];
  /** What was wrong; empty if nothing was. */
  faults: string[];
}

interface Sent {
  text: string;
  /** When the server had taken it. */
  at: number;
}

/** Makes backups of a program under load, restores each, and reads all of it as clients do. */
export async function backUpUnderLoad(run: BackupRun): Promise<BackupFigures> {
  const figures: BackupFigures = {
    sent: 0,
    perSecond: 0,
    slowestMs: 0,
    backupMs: [],
    faults: [],
  };
  await inTemporaryFolder(async (path) => {
    const sent: Sent[] = [];
    const begunAt: number[] = [];
    let lost: { epoch: string; seq: number };
    {
      await using program = await startOn(`${path}/data`);
      const load = await startLoad(program, run.rate, sent);
      const client = clientOf(program, { consumer: "named" });
      const reading = readAll(client);
      for (let index = 0; index < run.backups; index++) {
        await sleepMs(run.beforeMs);
        begunAt.push(performance.now());
        await succeed("backup", `${path}/copy${index}`, `--data=${path}/data`);
        figures.backupMs.push(Math.round(performance.now() - begunAt[index]!));
      }
      await sleepMs(run.beforeMs);
      const { slowestMs, tookMs } = await load.stop();
      await client.close();
      lost = (await reading).position!;
      figures.sent = sent.length;
      figures.slowestMs = Math.round(slowestMs);
      figures.perSecond = Math.round(sent.length / tookMs * 1000);
    }
    for (const [index, at] of begunAt.entries()) {
      const before = sent.filter((one) => one.at < at).map(({ text }) => text);
      const faults = await checkCopy(
        `${path}/copy${index}`,
        `${path}/data${index}`,
        before,
        new Set(sent.map(({ text }) => text)),
        lost!,
      );
      figures.faults.push(...faults.map((fault) => `${index}: ${fault}`));
    }
  });
  return figures;
}

async function startOn(folder: string): Promise<Running> {
  const program = new Program({
    args: serveArgs(folder, "--qq-send-gap-ms=0"),
    env: { TQQ_TOKEN: TOKEN, TQQ_COMMANDS_PER_MINUTE: "100000" },
  });
  const { http = "", qq = "" } = await program.ready();
  return {
    http,
    qq,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

interface Running extends AsyncDisposable {
  http: string;
  qq: string;
}

function clientOf(
  { http }: Running,
  more: { consumer?: string; after?: { epoch: string; seq: number } },
): BridgeClient {
  return new BridgeClient({
    url: `${http.replace("http", "ws")}/ws`,
    token: TOKEN,
    backoff: { minMs: 50, maxMs: 200 },
    ...more,
  });
}

/** Sends as fast as the rate says, by senders that the bridge does not log in; makes tokens meanwhile. */
async function startLoad({ http, qq }: Running, rate: number, sent: Sent[]) {
  const SENDERS = 10;
  const senders: QqClient[] = [];
  for (let index = 0; index < SENDERS; index++) {
    const uin = String(20_001 + index);
    await fetchJson(`${http}/api/addAccount`, {
      uin,
      password: PASSWORD,
      policy: "anybody",
    });
    await fetchJson(`${http}/api/logout`, { account: uin });
    const sender = new QqClient({
      uin,
      password: PASSWORD,
      endpoint: `http://${qq}/`,
    });
    await sender.login();
    senders.push(sender);
  }
  const startAt = performance.now();
  let isOver = false;
  let slowestMs = 0;
  let tokens = 0;
  const sending = senders.map(async (sender, index) => {
    for (let count = 0; !isOver; count++) {
      const dueMs = count * SENDERS / rate * 1000;
      await sleepMs(Math.max(0, startAt + dueMs - performance.now()));
      const text = `${index} ${count}`;
      const fromMs = performance.now();
      await sender.send(RECEIVERS[count % 2]!, text, {
        key: crypto.randomUUID(),
      });
      const at = performance.now();
      slowestMs = Math.max(slowestMs, at - fromMs);
      sent.push({ text, at });
    }
  });
  const administering = (async () => {
    let creator = TOKEN;
    while (!isOver) {
      const { token } = await fetchJson(`${http}/api/createToken`, {
        name: `t${tokens++}`,
      }, creator) as { token: string };
      // A token creates only so many in a minute.
      if (tokens % CREATED_PER_MINUTE === 0) creator = token;
      await sleepMs(50);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await Promise.all([...sending, administering]);
      const tookMs = performance.now() - startAt;
      for (const sender of senders) await sender[Symbol.asyncDispose]();
      return { slowestMs, tookMs };
    },
  };
}

async function readAll(client: BridgeClient) {
  const texts: string[] = [];
  const gaps: GapFrame[] = [];
  let position: { epoch: string; seq: number } | undefined;
  for await (const frame of client) {
    position = { ...client.position! };
    if (frame.type === "gap") gaps.push(frame);
    else if (isOurs(frame)) texts.push(frame.data.text);
  }
  return { texts, gaps, position };
}

function isOurs(
  frame: EventFrame,
): frame is Extract<EventFrame, { event: "message" | "message.stranger" }> {
  return frame.event === "message" || frame.event === "message.stranger";
}

/** Restores a copy, starts on it, and compares; returns what is wrong. */
async function checkCopy(
  copy: string,
  folder: string,
  before: readonly string[],
  all: ReadonlySet<string>,
  lost: { epoch: string; seq: number },
): Promise<string[]> {
  const faults: string[] = [];
  await succeed("restore", copy, `--data=${folder}`);
  const mark = JSON.parse(Deno.readTextFileSync(`${folder}/backup`));
  {
    using journal = new DatabaseSync(`${folder}/journal.db`);
    const ahead = journal.prepare(
      "SELECT count(*) AS count FROM consumers WHERE seq > ?",
    ).get(mark.head)!["count"];
    if (ahead !== 0) faults.push("a position lies beyond the journal");
  }
  await using program = await startOn(folder);
  // From the beginning: all that was sent before the backup, once each.
  const whole = clientOf(program, { after: { epoch: mark.epoch, seq: 0 } });
  // Clients of the lost time: one gap, and then everything.
  const plain = clientOf(program, { after: lost });
  const named = clientOf(program, { consumer: "named" });
  const readers = [whole, plain, named];
  const collected = readers.map((client) => collectUntil(client, "the end"));
  await Promise.all(readers.map((client) => client.ping()));
  const sender = new QqClient({
    uin: "20001",
    password: PASSWORD,
    endpoint: `http://${program.qq}/`,
  });
  await sender.login();
  for (let count = 0; count < 10; count++) {
    await sender.send("10001", `after ${count}`);
  }
  await sender.send("10001", "the end");
  await sender[Symbol.asyncDispose]();
  const [wholeGot, ...others] = await Promise.all(collected);
  for (const client of readers) await client.close();
  const got = wholeGot!.texts;
  const seen = new Set(got);
  const missing = before.filter((text) => !seen.has(text)).length;
  if (missing > 0) faults.push(`${missing} messages are missing`);
  if (seen.size !== got.length) faults.push("messages came twice");
  const foreign = got.filter((text) => !all.has(text) && !isLater(text));
  if (foreign.length > 0) faults.push(`unknown messages: ${foreign}`);
  for (const [index, { texts, gaps, first }] of others.entries()) {
    const who = ["a plain client", "a named client"][index];
    const reasons = gaps.map(({ reason }) => reason).join();
    if (reasons !== "epoch") faults.push(`${who} got the gaps "${reasons}"`);
    if (first !== "gap" && index === 0) faults.push(`${who} got no gap first`);
    // All of the new epoch, in its order; the named one first gets the rest of the former.
    const fresh = wholeGot!.texts.slice(-texts.length);
    if (texts.join() !== fresh.join()) faults.push(`${who} missed events`);
    if (texts.filter(isLater).length !== 11) {
      faults.push(
        `${who} got ${texts.filter(isLater).length} of 11 new events`,
      );
    }
  }
  if (wholeGot!.gaps.length > 1) faults.push("more than one gap");
  return faults;
}

function isLater(text: string): boolean {
  return text.startsWith("after ") || text === "the end";
}

async function collectUntil(client: BridgeClient, last: string) {
  const texts: string[] = [];
  const gaps: GapFrame[] = [];
  let first: string | undefined;
  for await (const frame of client) {
    first ??= frame.type;
    if (frame.type === "gap") gaps.push(frame);
    else if (isOurs(frame)) {
      texts.push(frame.data.text);
      if (frame.data.text === last) break;
    }
  }
  return { texts, gaps, first };
}

async function fetchJson(
  url: string,
  body: object,
  token = TOKEN,
): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Runs a sub-command that has to succeed. */
async function succeed(...args: string[]): Promise<void> {
  await using program = new Program({ args });
  const { code, stderr } = await program.output();
  if (code !== 0) throw new Error(`${args[0]}: ${code} ${stderr}`);
}

function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

/** Kills of a subscriber that names itself, alone or with the bridge, while messages arrive. @module */

import { DatabaseSync } from "node:sqlite";
import type { EventFrame } from "../../mod.ts";
import {
  addAccounts,
  Collector,
  type CrashOptions,
  type CrashReport,
  feed,
  numbers,
  outerServer,
  REST_MS,
  sleepMs,
  TOKEN,
} from "./crash_stage.ts";
import { stopwatch } from "./process_figures.ts";
import { Program } from "./program.ts";
import { randomFrom } from "./random.ts";
import { RestartableProgram } from "./restartable_program.ts";

/** How a run goes. */
export interface SubscriberCrashOptions
  extends Omit<CrashOptions, "signal" | "keys"> {
  /** What is killed: the subscriber, or the bridge and then the subscriber. */
  victim: "subscriber" | "both";
}

/** What a run showed. */
export interface SubscriberCrashReport extends CrashReport {
  /** Lives that began below an acknowledgement that must be kept. */
  forgotten: number;
  /** The same, counting only what the bridge had received that long before the kill. */
  forgottenReceived: number;
  /** The same, counting only what stood in the journal's file at the kill. */
  forgottenStored: number;
  /** Lives whose predecessor had an acknowledgement in the journal's file at the kill. */
  checkedStored: number;
  /** Lives whose predecessor had sent an acknowledgement that must be kept. */
  checked: number;
  /** Most events that a life was given again. */
  mostAgain: number;
}

/** An acknowledgement that was sent this long before the kill must be kept, in milliseconds. */
const KEPT_MS = 50;

/**
 * How long a life waits for its first acknowledgement to be stored, in
 * milliseconds in which the bridge did not wait for a core.
 */
const STORED_MS = 1000;

/** How often a life acknowledges. */
const ACK_EVENTS = [1, 10, 100];

/** One process, and what it said. */
class Life {
  readonly #program: Program;
  readonly #opened = Promise.withResolvers<number>();
  readonly #read: Promise<void>;
  readonly acks: { acked: number; at: number }[] = [];
  readonly receipts: { received: number; at: number }[] = [];
  again = 0;

  constructor(url: string, file: string, ackEvents: number) {
    this.#program = new Program({
      command: [Deno.execPath(), "run", "--allow-all"],
      args: [
        new URL("./named_subscriber.ts", import.meta.url).pathname,
        url,
        file,
        String(ackEvents),
        "20",
      ],
      env: { TQQ_TOKEN: TOKEN },
    });
    this.#read = this.#take();
  }

  /** The position at which its first connection begins. */
  get opened(): Promise<number> {
    return this.#opened.promise;
  }

  async kill(): Promise<void> {
    this.#program.kill("SIGKILL");
    await this.#program.end();
    await this.#read;
  }

  async #take(): Promise<void> {
    for await (const line of this.#program.lines()) {
      const said = JSON.parse(line);
      if ("after" in said) this.#opened.resolve(said.after);
      else if ("acked" in said) this.acks.push(said);
      else if ("received" in said) this.receipts.push(said);
      else this.again++;
    }
    this.#opened.reject(new Error("The subscriber ended by itself"));
    // Rejected for those who still wait.
    this.#opened.promise.catch(() => {});
  }
}

/** Kills a subscriber again and again; each life goes on where the last one stopped. */
export async function crashSubscriber(
  options: SubscriberCrashOptions,
): Promise<SubscriberCrashReport> {
  const { accounts: count, ends, messages, seed, victim } = options;
  const random = randomFrom(seed);
  const folder = await Deno.makeTempDir();
  const accounts = numbers(10_001, count);
  await addAccounts(folder, accounts);
  const { url, feeder } = await outerServer(accounts, true);
  const bridge = new RestartableProgram(folder, {
    args: ["--no-demo", `--upstream=${url}`],
    token: TOKEN,
  });
  await bridge.start();
  const file = `${folder}/subscriber.jsonl`;
  const collector = new Collector();
  const sent = new Map(accounts.map((uin) => [uin, [] as string[]]));
  const share = Math.ceil(messages / ends);
  const ws = bridge.http.replace("http", "ws") + "/ws";
  const startsMs: number[] = [];
  let kept = "";
  let [forgotten, forgottenReceived, forgottenStored] = [0, 0, 0];
  let [checked, checkedStored, mostAgain] = [0, 0, 0];
  let [mustKeep, mustKeepReceived, stored] = [0, 0, 0];
  for (let end = 0; end <= ends; end++) {
    const startAt = performance.now();
    const ackEvents = ACK_EVENTS[Math.floor(random() * ACK_EVENTS.length)]!;
    const life = new Life(ws, file, ackEvents);
    const after = await life.opened;
    startsMs.push(Math.round(performance.now() - startAt));
    if (mustKeep > 0) checked++;
    if (after < mustKeepReceived) forgottenReceived++;
    if (stored > 0) checkedStored++;
    if (after < stored) forgottenStored++;
    if (after < mustKeep) {
      forgotten++;
      console.error(`life ${end} began at ${after}: ${kept}`);
    }
    if (end === ends) {
      const total = [...sent.values()]
        .reduce((sum, { length }) => sum + length, 0);
      const until = performance.now() + REST_MS;
      while (
        await countMessages(file) < total && performance.now() < until
      ) await sleepMs(50);
      await life.kill();
    } else {
      const feeding = feed(feeder, sent, share, random);
      await sleepMs(50 + random() * 200);
      stored = await storedPosition(
        folder,
        life.acks[0]?.acked ?? 0,
        stopwatch(bridge.pid),
      );
      const killedAt = Date.now();
      if (victim === "both") await bridge.end("SIGKILL");
      await life.kill();
      const isOld = ({ at }: { at: number }) => killedAt - at >= KEPT_MS;
      const old = life.acks.filter(isOld).at(-1);
      // A life that forgot something is counted once.
      mustKeep = old?.acked ?? after;
      mustKeepReceived = life.receipts.filter(isOld).at(-1)?.received ?? after;
      kept = `${mustKeep} was acknowledged ${
        killedAt - (old?.at ?? 0)
      } ms before the kill, ${mustKeepReceived} received`;
      if (victim === "both") await bridge.start();
      await feeding;
    }
    mostAgain = Math.max(mostAgain, life.again);
  }
  for (const frame of await readFrames(file)) collector.take(frame);
  await feeder.close();
  await bridge.end("SIGTERM");
  await Deno.remove(folder, { recursive: true });
  return {
    sent: [...sent.values()].reduce((sum, { length }) => sum + length, 0),
    ...collector.compare(sent),
    backward: collector.backward,
    gaps: collector.gaps,
    replaced: collector.replaced,
    codes: bridge.codes,
    ends,
    lostMs: 0,
    startsMs: startsMs.sort((a, b) => a - b),
    forgotten,
    forgottenReceived,
    forgottenStored,
    checkedStored,
    checked,
    mostAgain,
  };
}

/** The acknowledgement in the journal's file, once it has reached a position. */
async function storedPosition(
  folder: string,
  least: number,
  passedMs: () => number,
): Promise<number> {
  using journal = new DatabaseSync(`${folder}/journal.db`, { readOnly: true });
  const select = journal.prepare("SELECT seq FROM consumers");
  for (;;) {
    const stored = Number(select.get()?.seq ?? 0);
    if (stored >= least) return stored;
    if (passedMs() > STORED_MS) {
      throw new Error(
        `${least} was acknowledged, and ${stored} stored ${STORED_MS} ms later`,
      );
    }
    await sleepMs(1);
  }
}

/** The whole lines: a kill may leave half of one. */
async function readFrames(file: string): Promise<EventFrame[]> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.split("\n").slice(0, -1).filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EventFrame);
}

async function countMessages(file: string): Promise<number> {
  return (await readFrames(file))
    .filter(({ event }) => event.startsWith("message")).length;
}

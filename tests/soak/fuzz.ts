/** Inputs that no client sends on purpose, on everything that the program listens to. @module */

import { deadline } from "@std/async";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { CANARY } from "./grammar.ts";
import { Mutations } from "../property/mutations.ts";
import { controlOrder, httpRequest, qqRequest } from "./fuzz_requests.ts";
import { openFuzzedSocket, socketFrames } from "./fuzz_sockets.ts";

/** What is fuzzed. The codec is fuzzed by `tests/property/fuzz_test.ts`. */
export const SURFACES = [
  "qq",
  "http",
  "frames",
  "onebot",
  "satori",
  "control",
] as const;

export type Surface = typeof SURFACES[number];

export interface FuzzOptions {
  /** The same seed gives the same inputs. */
  seed: number;
  /** Inputs of each surface. */
  each: number;
  /** Time after which no further input is sent. @default {Infinity} */
  minutes?: number | undefined;
}

export interface FuzzOutcome {
  /** Inputs that were sent, by surface. */
  inputs: Record<Surface, number>;
  /** Answers by their surface, and their status or code. */
  answers: Record<string, number>;
  /** What must not happen, with seed and number of the input. */
  wrong: string[];
}

/** Where the program is, and what its clients know. */
export interface FuzzPlace {
  readonly port: number;
  readonly qqPort: number;
  readonly controlPath: string;
  readonly tokens: readonly string[];
}

/** One exchange, or several on one connection. It counts the answers, and throws what must not happen. */
export type Exchange = (
  place: FuzzPlace,
  make: Mutations,
  count: (answer: string) => void,
) => Promise<void>;

const ADMINISTRATOR = "fuzz-0123456789abcdef0123456789abcdef0123456";

/** Exchanges of one surface at a time. The control endpoint takes 32 connections. */
const AT_ONCE = 20;

/** How long a connection may take, in milliseconds: far longer than any timeout of the program. */
const CONNECTION_MS = 120_000;

/** Inputs of an exchange on a WebSocket. */
export const FRAMES_EACH = 20;

/** Time for the head of a request, so that heads that are cut off end soon. */
const HEAD_MS = 300;

const EXCHANGES: Readonly<
  Record<Surface, { inputs: number; exchange: Exchange }>
> = {
  qq: { inputs: 1, exchange: limited(qqRequest) },
  http: { inputs: 1, exchange: limited(httpRequest("http")) },
  frames: { inputs: FRAMES_EACH, exchange: limited(socketFrames("frames")) },
  onebot: { inputs: FRAMES_EACH, exchange: mixed("onebot") },
  satori: { inputs: FRAMES_EACH, exchange: mixed("satori") },
  control: { inputs: 1, exchange: limited(controlOrder) },
};

/** An exchange on one connection, which fails if it takes too long. */
function limited(exchange: Exchange): Exchange {
  return (place, make, count) =>
    deadline(exchange(place, make, count), CONNECTION_MS);
}

/** A dialect has both: half of its inputs are frames, half are requests. */
function mixed(surface: "onebot" | "satori"): Exchange {
  const frames = limited(socketFrames(surface));
  // Each has a connection of its own, and waits for its turn on a busy machine.
  const request = limited(httpRequest(surface));
  return async (place, make, count) => {
    if (make.oneIn(2)) return await frames(place, make, count);
    for (let left = FRAMES_EACH; left > 0; left--) {
      await request(place, make, count);
    }
  };
}

/** Runs it against a program of its own. */
export async function fuzz(options: FuzzOptions): Promise<FuzzOutcome> {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--log-level=debug"),
      cwd: folder,
      env: {
        TQQ_TOKEN: ADMINISTRATOR,
        TQQ_COMMANDS_PER_MINUTE: "100000",
        TQQ_HEAD_MS: `${HEAD_MS}`,
        TQQ_OUTBOX_GAP_MS: "0",
        TQQ_QQ_SEND_GAP_MS: "0",
      },
    });
    const { http, qq } = await program.ready();
    const port = Number(new URL(http!).port);
    const place: FuzzPlace = {
      port,
      qqPort: Number(qq!.split(":")[1]),
      controlPath: `${folder}/control.sock`,
      tokens: await makeTokens(port),
    };
    const outcome = await runAll(place, options);
    const { wrong } = outcome;
    wrong.push(...await aliveProblems(port));
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    if (code !== 0) wrong.push(`exit ${code}`);
    wrong.push(...logProblems(stderr, place.tokens));
    return outcome;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runAll(
  place: FuzzPlace,
  { seed, each, minutes = Infinity }: FuzzOptions,
): Promise<FuzzOutcome> {
  const end = performance.now() + 60_000 * minutes;
  const inputs = {} as Record<Surface, number>;
  const answers: Record<string, number> = {};
  const wrong: string[] = [];
  const lanes = SURFACES.flatMap((surface, index) => {
    const { inputs: perExchange, exchange } = EXCHANGES[surface];
    inputs[surface] = 0;
    let next = 0;
    const count = (answer: string) => {
      const key = `${surface} ${answer}`;
      answers[key] = (answers[key] ?? 0) + 1;
    };
    return Array.from({ length: AT_ONCE }, async () => {
      while (inputs[surface] < each && performance.now() < end) {
        inputs[surface] += perExchange;
        const nth = next++;
        // One generator for each exchange: the inputs do not depend on the order.
        const make = new Mutations(mixSeed(seed, index, nth));
        await exchange(place, make, count).catch((error) =>
          wrong.push(`${surface} ${nth} of seed ${seed}: ${error}`)
        );
      }
    });
  });
  await Promise.all(lanes);
  return { inputs, answers, wrong };
}

function mixSeed(seed: number, surface: number, nth: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(surface + 1, 0x85ebca6b) ^
    Math.imul(nth + 1, 0xc2b2ae35)) >>> 0;
}

/** Tokens of each kind, the administrator's among them. */
async function makeTokens(port: number): Promise<string[]> {
  const tokens = [ADMINISTRATOR];
  using socket = await RawSocket.open(
    port,
    `/ws?access_token=${ADMINISTRATOR}&events=unknown`,
  );
  await socket.json();
  const kinds = [["read", "send"], ["read"], ["send"], [
    "read",
    "send",
    "manage",
  ]];
  for (const [index, scopes] of kinds.entries()) {
    await socket.send({
      type: "command",
      id: index,
      command: "createToken",
      params: { name: `t${index}`, scopes },
    });
    const { data, error } = await socket.json();
    if (data?.token === undefined) throw new Error(JSON.stringify(error));
    tokens.push(data.token);
  }
  return tokens;
}

/** After all inputs the program must still do what it is for. */
async function aliveProblems(port: number): Promise<string[]> {
  const problems: string[] = [];
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  const { status } = await response.json();
  if (status !== "ok") problems.push(`healthz ${status}`);
  using socket = await openFuzzedSocket(
    port,
    `/ws?access_token=${ADMINISTRATOR}`,
  );
  const { type } = await socket.json();
  if (type !== "welcome") problems.push(`no welcome: ${type}`);
  return problems;
}

/** Lines of the log about what must not happen, and lines that repeat an input. */
function logProblems(log: string, tokens: readonly string[]): string[] {
  return log.split("\n").filter((line) =>
    /"level":"error"|Uncaught|panicked/.test(line) || line.includes(CANARY) ||
    tokens.some((token) => line.includes(token))
  ).map((line) => line.slice(0, 500));
}

/** Runs it at full size; returns whether it held. */
export async function manyInputs(
  seed: number,
  each = 1_000_000,
  minutes?: number,
): Promise<boolean> {
  const { inputs, answers, wrong } = await fuzz({ seed, each, minutes });
  const held = wrong.length === 0;
  console.log(JSON.stringify({
    name: "fuzz",
    held,
    inputs,
    answers,
    wrong: wrong.slice(0, 20),
  }));
  return held;
}

if (import.meta.main) {
  const [seed = Date.now() % 100_000, each, minutes] = Deno.args.map(Number);
  console.log(`seed ${seed}`);
  const held = await manyInputs(seed, each, minutes);
  Deno.exit(held ? 0 : 1);
}

/** Runs parts of the gate beside each other. @module */

import type { Part, PartKind } from "./parts.ts";

/** How many parts of a kind run at a time. */
const LANES: Readonly<Record<PartKind, number>> = {
  computes: 2,
  waits: 1,
  downloads: Infinity,
};

/** How long a part may take, in milliseconds. Then it is killed and has failed. */
const PART_MS = 1_200_000;

/** What became of a part. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  /** Tests that failed; 1 for a part that failed without one. */
  readonly failed: number;
  readonly seconds: number;
}

/** What {@linkcode runParts} needs; a test replaces it. */
export interface RunPartsOptions {
  /** Runs Deno. */
  readonly command?: string;
  /** Where output goes. */
  readonly write?: (bytes: Uint8Array) => void;
  /** @default {1200000} */
  readonly partMs?: number;
}

/**
 * Runs all parts, some at a time, and returns what became of them in the order in
 * which they ended. Output of the part that started first is written at once, and
 * that of the others when it is their turn, so that the parts do not mix.
 */
export async function runParts(
  parts: readonly Part[],
  options: RunPartsOptions = {},
): Promise<Outcome[]> {
  const {
    command = Deno.execPath(),
    write = writeOut,
    partMs = PART_MS,
  } = options;
  const outcomes: Outcome[] = [];
  const left = new Set(parts);
  const running = new Map<Part, Promise<void>>();
  const turns = new Turns(write);
  const isReady = (part: Part) => {
    if (part.isAlone && left.size + running.size > 1) {
      return running.size === 0 && [...left].every(({ isAlone }) => isAlone);
    }
    if ([...running.keys()].some(({ isAlone }) => isAlone)) return false;
    const open = [...left, ...running.keys()];
    if (part.after?.some((name) => open.some((one) => one.name === name))) {
      return false;
    }
    const kind = kindOf(part);
    return [...running.keys()].filter((one) => kindOf(one) === kind).length <
      LANES[kind];
  };
  const start = async (part: Part) => {
    outcomes.push(await runPart(part, command, partMs, turns.of(part)));
    running.delete(part);
  };
  while (left.size > 0 || running.size > 0) {
    for (const part of left) {
      if (!isReady(part)) continue;
      left.delete(part);
      running.set(part, start(part));
    }
    if (running.size === 0) {
      throw new Error(
        `Cannot run the parts: each must come after others that end, got ${
          [...left].map(({ name }) => name).join(", ")
        }. Remove the circle.`,
      );
    }
    await Promise.race(running.values());
  }
  return outcomes;
}

function kindOf({ kind = "computes" }: Part): PartKind {
  return kind;
}

/** How long to wait for a reader of the output, in milliseconds. */
const READER_MS = 5;

/** Writes all to the output, also where its reader is slow and the pipe is non-blocking. */
export function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READER_MS);
    }
  }
}

/** Lets one part after the other write, in the order in which they started. */
class Turns {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #queue: { held: Uint8Array[]; isOver: boolean }[] = [];

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** A place in the queue: a function that writes, or with nothing gives the turn away. */
  of({ name }: Part): (bytes?: Uint8Array) => void {
    const place: { held: Uint8Array[]; isOver: boolean } = {
      held: [new TextEncoder().encode(`\n== ${name}\n`)],
      isOver: false,
    };
    this.#queue.push(place);
    this.#flush();
    return (bytes) => {
      if (bytes === undefined) place.isOver = true;
      else place.held.push(bytes);
      this.#flush();
    };
  }

  #flush(): void {
    for (let place; (place = this.#queue[0]) !== undefined;) {
      for (const bytes of place.held.splice(0)) this.#write(bytes);
      if (!place.isOver) return;
      this.#queue.shift();
    }
  }
}

async function runPart(
  part: Part,
  command: string,
  partMs: number,
  write: (bytes?: Uint8Array) => void,
): Promise<Outcome> {
  const startAt = performance.now();
  const process = new Deno.Command(command, {
    args: [...part.args],
    cwd: new URL("../../", import.meta.url),
    env: {
      NO_COLOR: "1",
      DENO_JOBS: String(part.jobs ?? 1),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const encoder = new TextEncoder();
  const timer = setTimeout(() => {
    write(encoder.encode(`${part.name}: killed after ${partMs / 1000} s\n`));
    process.kill("SIGKILL");
  }, partMs);
  const counts = new Counts();
  const pass = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stream) {
      write(bytes);
      const lines = (rest + decoder.decode(bytes, { stream: true }))
        .split("\n");
      rest = lines.pop()!;
      for (const line of lines) counts.add(line);
    }
    counts.add(rest);
  };
  const reading = Promise.all([pass(process.stdout), pass(process.stderr)]);
  const { success } = await process.status;
  clearTimeout(timer);
  // A process that the part left behind keeps the pipes open.
  const late = Promise.withResolvers<void>();
  const lateTimer = setTimeout(late.resolve, 5000);
  await Promise.race([reading, late.promise]);
  clearTimeout(lateTimer);
  write();
  const isWrong = !success && counts.failed === 0;
  return {
    name: part.name,
    passed: counts.passed,
    failed: counts.failed + (isWrong ? 1 : 0),
    seconds: Math.round((performance.now() - startAt) / 1000),
  };
}

/** Adds up the last lines of runs: Deno closes each with `ok | 12 passed | 0 failed`. */
class Counts {
  passed = 0;
  failed = 0;

  add(line: string): void {
    const [, passed, failed] =
      /^(?:ok|FAILED) \| (\d+) passed.*\| (\d+) failed/.exec(line) ?? [];
    this.passed += Number(passed ?? 0);
    this.failed += Number(failed ?? 0);
  }
}

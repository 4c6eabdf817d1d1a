/** Runs parts of the gate beside each other. @module */

import type { Failure, Part, PartKind } from "./parts.ts";

/** How many parts of a kind run at a time. */
const LANES: Readonly<Record<PartKind, number>> = {
  computes: 2,
  waits: 1,
  downloads: Infinity,
};

/** How long a part may take, in milliseconds. Then it is killed and has failed. */
const PART_MS = 1_200_000;

/** How many tests that failed are run once more, and how many flaky ones a run may have. */
export const MAX_FLAKY = 3;

/** What became of a part. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  /** Tests that failed; 1 for a part that failed without one. */
  readonly failed: number;
  /** Names of tests that failed, at the second run too if there was one. */
  readonly failures: readonly string[];
  /** Names of tests that failed, and passed at the second run. */
  readonly flaky: readonly string[];
  readonly seconds: number;
}

/** Whether all parts passed, and few enough tests needed a second run. */
export function isGreen(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ failed }) => failed === 0) &&
    outcomes.flatMap(({ flaky }) => flaky).length <= MAX_FLAKY;
}

/** What {@linkcode runParts} needs; a test replaces it. */
export interface RunPartsOptions {
  /** Runs Deno. */
  readonly command?: string;
  /** Where output goes. */
  readonly write?: (bytes: Uint8Array) => void;
  /** @default {1200000} */
  readonly partMs?: number;
  /** Ends what runs, with all that it has started; nothing else begins. */
  readonly signal?: AbortSignal;
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
    signal = new AbortController().signal,
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
    outcomes.push(
      await runPart(part, { command, partMs, signal, write: turns.of(part) }),
    );
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
    if (signal.aborted) left.clear();
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

/** What runs a part and its processes. */
interface Runner {
  readonly command: string;
  readonly partMs: number;
  readonly signal: AbortSignal;
  /** Writes, or with nothing gives the turn away. */
  readonly write: (bytes?: Uint8Array) => void;
}

async function runPart(part: Part, runner: Runner): Promise<Outcome> {
  const startAt = performance.now();
  const { isSuccess, counts } = await runProcess(part, runner);
  const flaky = await runAgain(part, counts, runner);
  runner.write();
  const isWrong = !isSuccess && counts.failed === 0;
  const failures = counts.failures.map(({ name }) => name);
  return {
    name: part.name,
    passed: counts.passed + flaky.length,
    failed: counts.failed - flaky.length + (isWrong ? 1 : 0),
    failures: failures.filter((name) => !flaky.includes(name)),
    flaky,
    seconds: Math.round((performance.now() - startAt) / 1000),
  };
}

/** Runs the tests of a part that failed once more, if they are few; returns the names of those that pass. */
async function runAgain(
  part: Part,
  { failures, failed }: Counts,
  runner: Runner,
): Promise<string[]> {
  const { again, name } = part;
  // A failure without a name cannot be run alone.
  if (again === undefined || failed > MAX_FLAKY || failures.length < failed) {
    return [];
  }
  const flaky: string[] = [];
  for (const failure of failures) {
    if (runner.signal.aborted) break;
    say(runner, `\n== ${name}, once more: ${failure.name}`);
    const { isSuccess, counts } = await runProcess(
      { ...part, args: again(failure, part.args) },
      runner,
    );
    if (!isSuccess || counts.passed !== 1) continue;
    flaky.push(failure.name);
    say(runner, `flaky: ${failure.name} (passed at the second run)`);
  }
  return flaky;
}

function say({ write }: Runner, line: string): void {
  write(new TextEncoder().encode(`${line}\n`));
}

/** Runs a process of a part; returns whether it succeeded, and what its output counts. */
async function runProcess(
  { name, args, jobs }: Part,
  runner: Runner,
): Promise<{ isSuccess: boolean; counts: Counts }> {
  const { command, partMs, signal, write } = runner;
  const process = new Deno.Command(command, {
    args: [...args],
    cwd: new URL("../../", import.meta.url),
    env: {
      NO_COLOR: "1",
      DENO_JOBS: String(jobs ?? 1),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // It leads a group, which gets its signals: `deno task` passes none on.
    detached: true,
  }).spawn();
  let ending: Promise<void> | undefined;
  const onAbort = () => ending ??= endGroup(process.pid);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const timer = setTimeout(() => {
    say(runner, `${name}: killed after ${partMs / 1000} s`);
    signalGroup(process.pid, "SIGKILL");
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
  await ending;
  signal.removeEventListener("abort", onAbort);
  // A process that the part left behind keeps the pipes open.
  const late = Promise.withResolvers<void>();
  const lateTimer = setTimeout(late.resolve, 5000);
  await Promise.race([reading, late.promise]);
  clearTimeout(lateTimer);
  return { isSuccess: success, counts };
}

/** How long a group of processes has to end after SIGTERM, in milliseconds. */
const END_MS = 5000;

/** Ends a process and what it has started. */
async function endGroup(leader: number): Promise<void> {
  const from = performance.now();
  for (
    let isThere = signalGroup(leader, "SIGTERM");
    isThere;
    isThere = signalGroup(leader, "SIGCONT")
  ) {
    if (performance.now() - from > END_MS) {
      signalGroup(leader, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Signals all processes of a group; returns whether there is one. */
function signalGroup(leader: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(-leader, signal);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Adds up the last lines of runs, `ok | 12 passed | 0 failed`, and reads which tests failed. */
class Counts {
  passed = 0;
  failed = 0;
  readonly failures: Failure[] = [];
  #isInFailures = false;

  add(line: string): void {
    const [, passed, failed] =
      /^(?:ok|FAILED) \| (\d+) passed.*\| (\d+) failed/.exec(line) ?? [];
    this.passed += Number(passed ?? 0);
    this.failed += Number(failed ?? 0);
    // The list of names stands between this heading and the last line.
    if (line === " FAILURES ") this.#isInFailures = true;
    else if (passed !== undefined) this.#isInFailures = false;
    const [, name, file] = /^(.+) => (\S+\.ts):\d+:\d+$/.exec(line) ?? [];
    if (this.#isInFailures && name !== undefined) {
      this.failures.push({ name, file: file! });
    }
  }
}

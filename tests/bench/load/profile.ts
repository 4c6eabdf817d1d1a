/**
 * Where the CPU time of a message goes: samples of `serve` by subject. Needs
 * Linux and its program `perf`.
 *
 * deno run --allow-all tests/bench/load/profile.ts [--accounts=300] [--rate=500] [--warmup=20] [--seconds=20]
 *
 * @module
 */

import { cpuSeconds } from "../../support/process_figures.ts";
import { argument, table } from "../harness.ts";
import { sleepMs, WholeWay } from "./whole_way.ts";

/** Samples a second: not a multiple of the program's own timers. */
const SAMPLES_A_SECOND = 1999;

/** A frame of a stack, the innermost first: its function, and the file that has it. */
interface StackFrame {
  readonly name: string;
  readonly file: string;
}

interface Sample {
  readonly thread: string;
  readonly frames: readonly StackFrame[];
}

/** Subjects of kernel functions; the first that a stack has counts. */
const KERNEL: readonly (readonly [RegExp, string])[] = [
  [/fsync/, "kernel: fsync"],
  [/tcp|inet|sock|_ip_|^ip_|skb|sendto|recvfrom|net_rx/, "kernel: sockets"],
  [
    /pwrite|pread|fcntl|statx|vfs_|ext4|xfs|overlay|filemap|blk_|virtio/,
    "kernel: files",
  ],
  [/epoll|futex|schedule|task_switch/, "kernel: waiting and waking"],
];

/** Subjects of JavaScript, by the innermost function's file, with the native code that it calls. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/bridge\/(sqlite|storage|journal\/sqlite\/\w+_rows)/, "SQLite"],
  [/bridge\/upstream\/(kept|agent)|lib\/reply_body/, "ours: HTTP of polls"],
  [/lib\/|bridge\/upstream\//, "ours: client and account"],
  [/bridge\/(journal|hub|inbox)\//, "ours: journal, hub, inbox"],
  [/bridge\//, "ours: sockets, metrics, the rest"],
  [/\/ws\//, "package ws"],
  [/deno_node\/\S*timers|core\/02_timers/, "Deno: timers"],
  [/deno_web\/0[23]_|webidl/, "Deno: events and signals"],
  [/deno_node\//, "Deno: node:net, streams, buffers"],
];

function parseSamples(text: string): Sample[] {
  return text.split("\n\n").filter((part) => part.trim() !== "").map((part) => {
    const [head = "", ...lines] = part.trimStart().split("\n");
    const frames = lines.flatMap((line) => {
      const [, name, file] = /^\s*[0-9a-f]+ (.*) \((.*)\)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, file: file! }];
    });
    return { thread: head.trim(), frames };
  });
}

function subjectOf({ thread, frames }: Sample): string {
  if (thread.startsWith("V8")) return "V8: garbage and compiler, own threads";
  const kernel = frames.filter(({ file }) => file.includes("kernel"));
  if (kernel.length > 0) {
    const found = KERNEL.find(([words]) =>
      kernel.some(({ name }) => words.test(name))
    );
    return found?.[1] ?? "kernel: the rest";
  }
  const script = frames.find(({ name }) => name.startsWith("JS:"));
  if (script === undefined) {
    return "native, no JavaScript on the stack: event loop, garbage";
  }
  const found = SCRIPTS.find(([words]) => words.test(script.name));
  return found?.[1] ?? "JavaScript of others";
}

async function output(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args, stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout);
}

const accounts = Number(argument("accounts", "300"));
const rate = Number(argument("rate", "500"));
const warmUpSeconds = Number(argument("warmup", "20"));
const seconds = Number(argument("seconds", "20"));

// perf reads the names of compiled functions from a file that V8 writes.
Deno.env.set(
  "DENO_V8_FLAGS",
  "--perf-basic-prof,--interpreted-frames-native-stack,--no-logfile-per-isolate,--logfile=/dev/null",
);
const bench = await WholeWay.make(accounts);
const path = Deno.makeTempFileSync();
try {
  await bench.start();
  await bench.subscribe();
  await bench.run(rate, warmUpSeconds);
  const { pid } = bench.fleet;
  const perf = new Deno.Command("perf", {
    args: [
      "record",
      "-g",
      `--freq=${SAMPLES_A_SECOND}`,
      `--output=${path}`,
      `--pid=${pid}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  await sleepMs(1000);
  const from = cpuSeconds(pid);
  const { perSecond, sent, missing } = await bench.run(rate, seconds);
  const us = (cpuSeconds(pid) - from) * 1e6 / (sent - missing);
  perf.kill("SIGINT");
  await perf.status;
  const samples = parseSamples(
    await output(
      "perf",
      "script",
      `--input=${path}`,
      "--fields=comm,ip,sym,dso",
    ),
  );
  const counts = Map.groupBy(samples, subjectOf);
  console.log(
    `${accounts} accounts, ${Math.round(perSecond)}/s: ${
      Math.round(us)
    } us a message, ${samples.length} samples`,
  );
  console.log(table(
    ["subject", "share", "us a message"],
    [...counts].toSorted(([, a], [, b]) => b.length - a.length).map((
      [subject, { length }],
    ) => [
      subject,
      `${(100 * length / samples.length).toFixed(1)} %`,
      (us * length / samples.length).toFixed(1),
    ]),
  ));
  Deno.removeSync(`/tmp/perf-${pid}.map`);
} finally {
  Deno.removeSync(path);
  await bench[Symbol.asyncDispose]();
}
Deno.exit(0);

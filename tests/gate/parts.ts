/** What the gate consists of. The order of the parts stands only here. @module */

/** What a part mostly does. */
export type PartKind = "computes" | "waits" | "downloads";

/** A process of Deno that checks or tests something. */
export interface Part {
  readonly name: string;
  /** Arguments of Deno. */
  readonly args: readonly string[];
  /** How many files of tests run at a time, each in a thread. @default {1} */
  readonly jobs?: number;
  /** Whether `deno task test` runs it: it needs no network. */
  readonly isTest?: boolean;
  /** Parts that must have ended. */
  readonly after?: readonly string[];
  /** What it mostly does. Two that compute run at a time, one that waits, and all downloads. @default {"computes"} */
  readonly kind?: PartKind;
  /** Whether nothing may run beside it, and it comes last, because it measures time. */
  readonly isAlone?: boolean;
  /** Makes the arguments of Deno that run a failed test once more, from those of the part. For parts whose tests share the machine with programs that they start. */
  readonly again?: (
    failure: Failure,
    args: readonly string[],
  ) => readonly string[];
}

/** A test that failed. */
export interface Failure {
  readonly name: string;
  /** Where it is declared: maybe in a helper of several files. */
  readonly file: string;
}

/** Names of the parts after which browser and NATS, and packages of npm, are there. */
const PROGRAMS = "install programs";
const PACKAGES = "install packages";

/** What every run of tests has. `deno task check` checks types, also those of examples. */
const TEST = [
  "test",
  "--config=tests/deno.json",
  "--no-check",
  "--allow-all",
];

/** Folders of `tests/` that have a part of their own. */
const APART = [
  "bridge",
  "cluster",
  "contract",
  "dialects",
  "e2e",
  "examples",
  "faults",
  "lib",
  "packaging",
  "property",
  "timing",
  "workerd",
];

/** Files with bounds of time or memory, which mean nothing on a busy machine. */
const BOUNDED = [
  "tests/bridge/cli/end_late_test.ts",
  "tests/bridge/http_server/plain_http_test.ts",
];

function task(name: string): readonly string[] {
  return ["task", name];
}

/** Runs one test of one file, or of all if a helper declares it. */
function again(
  { name, file }: Failure,
  args: readonly string[],
): readonly string[] {
  const exactly = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const filter = `--filter=/^${exactly}$/`;
  return args[0] === "task" || file.endsWith("_test.ts")
    ? [...TEST, filter, file]
    : [...args, filter];
}

function install(what: string): readonly string[] {
  return ["run", "--allow-all", "tests/gate/install.ts", what];
}

/** All parts, in this order as far as possible: what takes long comes early. */
export const PARTS: readonly Part[] = [
  { name: PROGRAMS, args: install("programs"), kind: "downloads" },
  { name: PACKAGES, args: install("packages"), kind: "downloads" },
  { name: "check", args: task("check") },
  {
    name: "units",
    args: [
      ...TEST,
      "--parallel",
      "--doc",
      "tests/lib",
      "tests/property",
      "bridge/",
      "mod.ts",
    ],
    jobs: 3,
    isTest: true,
  },
  // A child that another test starts inherits the lock of a data folder for a moment.
  {
    name: "data folders",
    args: [...TEST, "tests/bridge/storage", "tests/bridge/cli/doctor_test.ts"],
    kind: "waits",
    isTest: true,
  },
  {
    name: "bridge",
    args: [
      ...TEST,
      "--parallel",
      `--ignore=${["tests/bridge/cli", "tests/bridge/storage", ...BOUNDED]}`,
      "tests/bridge",
      "tests/contract",
    ],
    jobs: 3,
    isTest: true,
    after: [PROGRAMS],
    again,
  },
  {
    name: "programs",
    args: [
      ...TEST,
      "--parallel",
      `--ignore=${["tests/bridge/cli/doctor_test.ts", ...BOUNDED]}`,
      "tests/bridge/cli",
      "tests/cluster",
      "tests/e2e",
      "tests/examples",
      "tests/faults",
      "tests/packaging",
    ],
    jobs: 3,
    isTest: true,
    after: [PROGRAMS],
    again,
  },
  {
    name: "runtimes",
    args: task("test:runtimes"),
    kind: "waits",
    after: [PROGRAMS, PACKAGES],
  },
  {
    name: "dialects",
    args: task("test:dialects"),
    kind: "waits",
    after: [PACKAGES],
    again,
  },
  {
    name: "workerd",
    args: task("test:workerd"),
    kind: "waits",
    after: [PACKAGES],
    again,
  },
  {
    name: "pages",
    args: [
      ...TEST,
      "--doc",
      `--ignore=${APART.map((folder) => `tests/${folder}`).join(",")}`,
      "tests/",
      "README.md",
      "README.zh-CN.md",
      "CHANGELOG.md",
    ],
    isTest: true,
    after: [PROGRAMS],
    again,
  },
  {
    name: "examples of the library",
    args: [
      ...TEST,
      "--parallel",
      "--doc",
      "--preload=tests/docs/example_platform.ts",
      "lib/",
    ],
    jobs: 3,
    isTest: true,
  },
  // A page that shares its cores answers too late for what a test does next.
  {
    name: "console",
    args: task("console:test"),
    isAlone: true,
    after: [PROGRAMS],
    again,
  },
  {
    name: "timing",
    args: [...TEST, "tests/timing", ...BOUNDED],
    isTest: true,
    isAlone: true,
    again,
  },
];

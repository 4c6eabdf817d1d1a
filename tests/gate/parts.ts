/** What the gate consists of. The order of the parts stands only here. @module */

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
  /** Whether it mostly waits for the network, so that it runs beside two others. */
  readonly isDownload?: boolean;
  /** Whether nothing may run beside it, and it comes last, because it measures time. */
  readonly isAlone?: boolean;
}

/** Name of the part after which browser, NATS and npm packages are there. */
const INSTALL = "install";

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

function task(name: string): readonly string[] {
  return ["task", name];
}

/** All parts. Two run at a time, in this order as far as possible: those that take long first. */
export const PARTS: readonly Part[] = [
  {
    name: INSTALL,
    args: ["run", "--allow-all", "tests/gate/install.ts"],
    isDownload: true,
  },
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
  // A child that another test starts inherits the lock of a data folder for a moment.
  {
    name: "data folders",
    args: [...TEST, "tests/bridge/storage"],
    isTest: true,
  },
  // Chromium works where other parts wait.
  {
    name: "console",
    args: task("console:test"),
    after: [INSTALL],
  },
  {
    name: "bridge",
    args: [
      ...TEST,
      "--parallel",
      "--ignore=tests/bridge/cli,tests/bridge/storage",
      "tests/bridge",
      "tests/contract",
    ],
    jobs: 4,
    isTest: true,
    after: [INSTALL],
  },
  {
    name: "runtimes",
    args: task("test:runtimes"),
    after: [INSTALL],
  },
  {
    name: "programs",
    args: [
      ...TEST,
      "--parallel",
      "tests/bridge/cli",
      "tests/cluster",
      "tests/e2e",
      "tests/examples",
      "tests/faults",
      "tests/packaging",
    ],
    jobs: 3,
    isTest: true,
    after: [INSTALL],
  },
  {
    name: "dialects",
    args: task("test:dialects"),
    after: [INSTALL],
  },
  {
    name: "workerd",
    args: task("test:workerd"),
    after: [INSTALL],
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
    after: [INSTALL],
  },
  {
    name: "timing",
    args: [...TEST, "tests/timing"],
    isTest: true,
    isAlone: true,
  },
];

/** The sub-commands `account`, `token` and `doctor`: on a folder, and through the program that runs on it. @module */

import { createHash } from "node:crypto";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { type MainOutput, runMain as run } from "../../support/run_main.ts";

/** Runs with a data folder that is not there yet. */
async function withFolder(
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await act(`${parent}/data`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const UIN_RULE = "UIN must be a QQ number of 1 to 20 digits";
const ACCOUNT_WAYS =
  'must be "account add UIN", "account change UIN", "account list" or "account remove UIN"';
const TOKEN_WAYS =
  'must be "token add NAME", "token list" or "token revoke NAME"';

/** What is refused, and with which words. */
const WRONG: [args: string, code: number, message: string, stdin?: string][] = [
  ["account", 2, `Cannot use account: ${ACCOUNT_WAYS}, got "account"`],
  ["account ad", 2, `Cannot use account: ${ACCOUNT_WAYS}, got "account ad"`],
  [
    "account list 10003",
    2,
    `Cannot use account: ${ACCOUNT_WAYS}, got "account list 10003"`,
  ],
  ["account add", 2, `Cannot use account add: ${UIN_RULE}, got nothing`],
  [
    "account add 123456789012345678901",
    2,
    `Cannot use account add: ${UIN_RULE}, got "123456789012345678901"`,
  ],
  ["account remove me", 2, `Cannot use account remove: ${UIN_RULE}, got "me"`],
  [
    "account add 10003 --policy=some",
    2,
    'Cannot use --policy: must be one of anybody, verify, nobody, got "some"',
  ],
  [
    "account add 10003 --nickname=a\tb",
    2,
    'Cannot use --nickname: must be a nickname of 1 to 256 characters without control or direction characters, got "a\\tb"',
  ],
  [
    "account add 12",
    2,
    "Cannot read the password: it must be the first line of standard input, 1 to 256 characters, got 0",
  ],
  [
    "account add 10003",
    2,
    "Cannot read the password: it must be the first line of standard input, 1 to 256 characters, got 257",
    "x".repeat(257),
  ],
  [
    "account add 10003 --password=s3cret",
    2,
    "Cannot use --password: there is no such flag; the nearest is --password-stdin",
  ],
  [
    "account change 10003 --nickname=n --no-bridge",
    2,
    "Cannot use account change: --no-bridge is for account add",
  ],
  [
    "account change 10003 --nickname=n",
    1,
    'Cannot change the account: the number must be that of an account, got "10003"',
  ],
  [
    "account remove 10003",
    1,
    'Cannot remove the account: the number must be that of an account, got "10003"',
  ],
  ["token", 2, `Cannot use token: ${TOKEN_WAYS}, got "token"`],
  ["token lst", 2, `Cannot use token: ${TOKEN_WAYS}, got "token lst"`],
  [
    "token add",
    2,
    "Cannot use token add: NAME must have 1 to 64 letters, digits, dots, _ and -, got nothing",
  ],
  [
    "token revoke a/b",
    2,
    'Cannot use token revoke: NAME must have 1 to 64 letters, digits, dots, _ and -, got "a/b"',
  ],
  [
    "token add bot --scopes=read,root",
    2,
    'Cannot use --scopes: must be one of read, send, manage, got "read,root"',
  ],
  [
    "token add bot --accounts=12x",
    2,
    'Cannot use --accounts: must be a QQ number of 1 to 20 digits, got "12x"',
  ],
  [
    "token revoke bot",
    1,
    "Cannot revoke the token: the name must be that of a valid token. The command token list shows the names.",
  ],
  ["doctor now", 2, 'Cannot use the argument "now": doctor takes flags only'],
  [
    "dokter",
    2,
    'Cannot use "dokter": there is no such sub-command; the nearest is doctor',
  ],
  [
    "begin",
    2,
    'Cannot use "begin": there is no such sub-command; --help lists them',
  ],
];

Deno.test("admin: an invalid argument is reported in one line, with an exit code", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(folder, { mode: 0o700 });
    for (const [args, code, message, stdin = ""] of WRONG) {
      const words = args.split(" ");
      const data = /^(account|token) /.test(args) ? [`--data=${folder}`] : [];
      assertEquals(
        await run([...words, ...data], { stdin }),
        { code, out: [], err: [`tqq: ${message}`] },
      );
    }
  });
});

Deno.test("admin: only what makes something makes a folder", async () => {
  await withFolder(async (folder) => {
    for (
      const args of [
        "account list",
        "account remove 10003",
        "token list",
        "token revoke bot",
      ]
    ) {
      const { code, err } = await run([...args.split(" "), `--data=${folder}`]);
      assertEquals([code, err.length], [2, 1]);
      assertStringIncludes(err[0]!, "must be there, got nothing");
    }
    const { code } = await run(["token", "add", "bot", `--data=${folder}`]);
    assertEquals(code, 0);
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
  });
});

/** What accounts and tokens there are: the cells of the tables. */
async function tables(folder: string): Promise<[string[][], string[][]]> {
  const data = `--data=${folder}`;
  const accounts = await run(["account", "list", data]);
  const tokens = await run(["token", "list", data]);
  assertEquals([accounts.code, tokens.code], [0, 0]);
  assertEquals([accounts.err, tokens.err], [[], []]);
  const times = /\d{4}-\d\d-\d\dT[\d:]{8}Z/;
  const cells = ({ out }: MainOutput) =>
    out.map((line) => line.replace(times, "TIME").split(/ {2,}/));
  return [cells(accounts), cells(tokens)];
}

const EXISTS =
  'tqq: Cannot add the account: the number must be new, and 10003 exists. Change it with changeAccount or "account change".';

/** Makes, changes, lists, removes; the same on a folder and through a program. */
async function administer(folder: string, states: boolean): Promise<void> {
  const data = `--data=${folder}`;
  const add = ["account", "add", "10003", data];
  assertEquals(
    await run([...add, "--nickname=小红"], { stdin: "first" }),
    { code: 0, out: ["Account 10003 is added."], err: [] },
  );
  assertEquals(
    await run([...add, "--password-stdin"], { stdin: "second" }),
    { code: 1, out: [], err: [EXISTS] },
  );
  const change = ["account", "change", "10003", data];
  for (const [more, stdin] of [[["--policy=anybody"], ""], [[], "second"]]) {
    assertEquals(
      await run([...change, ...more!], { stdin: stdin as string }),
      { code: 0, out: ["Account 10003 is changed."], err: [] },
    );
  }
  const atServer = ["account", "add", "10004", "--no-bridge", data];
  assertEquals(await run(atServer, { stdin: "demo" }), {
    code: 0,
    out: ["Account 10004 is added."],
    err: [
      "The password of 10004 is known to everybody: while it stays, no listener may be reachable from other hosts.",
    ],
  });
  const bot = await run(
    ["token", "add", "bot", "--scopes=read,send", "--accounts=10003", data],
  );
  assertEquals([bot.code, bot.out.length], [0, 1]);
  assertMatch(bot.out[0]!, /^[\w-]{43}$/);
  assertEquals(bot.err, ["Token bot is made; it is not shown again."]);
  const second = await run(["token", "add", "bot", data]);
  assertEquals(second, {
    code: 1,
    out: [],
    err: [
      "tqq: Cannot create the token: the name must be free, got bot. Choose another name, or revoke the token first.",
    ],
  });
  await run(["token", "add", "all", data]);
  assertEquals(await run(["token", "revoke", "all", data]), {
    code: 0,
    out: [],
    err: ["Token all is revoked."],
  });
  const [[head, ...accounts], tokens] = await tables(folder);
  const state = states ? ["STATE"] : [];
  assertEquals(head, ["UIN", "BRIDGE", "EMBEDDED", ...state, "NICKNAME"]);
  assertEquals(
    accounts.map(([uin, bridge, embedded, ...more]) => [
      uin,
      bridge,
      embedded,
      more.at(-1),
    ]),
    [["10003", "in", "yes", "小红"], ["10004", "no", "yes", "10004"]],
  );
  assertEquals(tokens.filter(([name]) => name !== "admin"), [
    ["NAME", "SCOPES", "MADE", "STATE", "ACCOUNTS"],
    ["all", "read,send,manage", "TIME", "revoked", "all"],
    ["bot", "read,send", "TIME", "holds", "10003"],
  ]);
  const json = await run(["account", "list", "--json", data]);
  assertEquals(
    JSON.parse(json.out[0]!).map(({ uin }: { uin: string }) => uin),
    ["10003", "10004"],
  );
  const listed = JSON.parse(
    (await run(["token", "list", "--json", data])).out[0]!,
  );
  assert(!JSON.stringify(listed).includes("hash"));
  assertEquals(
    await run(["account", "remove", "10004", data]),
    { code: 0, out: ["Account 10004 is removed."], err: [] },
  );
}

Deno.test("admin: accounts and tokens of a folder that nobody uses", async () => {
  await withFolder(async (folder) => {
    await administer(folder, false);
    const [accounts] = await tables(folder);
    assertEquals(accounts, [
      ["UIN", "BRIDGE", "EMBEDDED", "NICKNAME"],
      ["10003", "in", "yes", "小红"],
    ]);
  });
});

Deno.test("admin: through the program that runs on the folder", async () => {
  await withFolder(async (folder) => {
    await using program = new Program({ args: serveArgs(folder, "--no-demo") });
    const { http, qq } = await program.ready();
    await administer(folder, true);
    // The account is logged in, with the password that was given last.
    for (;;) {
      const { out } = await run(["account", "list", `--data=${folder}`]);
      if (/^10003 .* online /m.test(out.join("\n"))) break;
    }
    const seen = await run([
      "doctor",
      `--data=${folder}`,
      `--listen=${new URL(http!).host}`,
      `--qq-listen=${qq}`,
    ]);
    assertEquals(seen.code, 0);
    assertMatch(
      seen.out.join("\n"),
      new RegExp(`used by "serve", process ${program.pid}, since `),
    );
    assertEquals(seen.out.filter((line) => line.startsWith("skipped")), [
      "skipped  databases: they are in use",
      "skipped  --listen: a program is running on the data folder, and may have the port",
      "skipped  --qq-listen: a program is running on the data folder, and may have the port",
    ]);
  });
});

const FREE = ["--listen=127.0.0.1:0", "--qq-listen=127.0.0.1:0"];

/** What `doctor` finds: what is done to a folder, flags, and a line that it says. */
const FINDINGS: [
  what: string,
  make: (folder: string) => Promise<unknown> | unknown,
  args: (folder: string) => string[],
  code: number,
  line: RegExp,
  env?: Record<string, string>,
][] = [
  [
    "a folder that is not there",
    () => {},
    () => FREE,
    0,
    /^ok .*: is not there yet; the first start makes it$/m,
  ],
  [
    "a folder that is a file",
    (folder) => Deno.writeTextFile(folder, ""),
    () => FREE,
    1,
    /^wrong {4}data folder .*: is a file\. Name a folder with --data$/m,
  ],
  [
    "a folder that others may read",
    (folder) => Deno.mkdir(folder).then(() => Deno.chmod(folder, 0o755)),
    () => FREE,
    1,
    /^wrong .*: others may read it \(mode 755\)\. Close it: chmod 700 \S+$/m,
  ],
  [
    "a database that is none",
    async (folder) => {
      await Deno.mkdir(folder, { mode: 0o700 });
      await Deno.writeTextFile(`${folder}/journal.db`, "no database", {
        mode: 0o600,
      });
    },
    () => FREE,
    1,
    /^wrong {4}journal\.db: .*not a database.*put the folder back from a backup, or move .*away$/m,
  ],
  [
    "another key",
    (folder) =>
      run(["token", "add", "bot", `--data=${folder}`], {
        env: { TQQ_SECRET_KEY: "the first secret key" },
      }),
    () => FREE,
    1,
    /^wrong {4}bridge\.db: Cannot .*TQQ_SECRET_KEY must be the key that its passwords were encrypted with.*Set the key that this folder/m,
    { TQQ_SECRET_KEY: "another secret key" },
  ],
  [
    "no upstream",
    () => {},
    () => [FREE[0]!, "--upstream=http://127.0.0.1:9/"],
    1,
    /^wrong {4}upstream http:\/\/127\.0\.0\.1:9\/: .*Check --upstream, and the network between$/m,
  ],
  [
    "demo accounts that would be reachable from other hosts",
    () => {},
    () => ["--listen=0.0.0.0:0", "--behind-proxy", "--qq-listen=off"],
    1,
    /^wrong {4}passwords: the first start makes accounts with the password demo, and --listen is reachable from other hosts\. Start with --no-demo$/m,
  ],
  [
    "a demo password that is reachable from other hosts",
    (folder) =>
      run(["account", "add", "10003", `--data=${folder}`], { stdin: "demo" }),
    () => [
      "--listen=0.0.0.0:0",
      "--behind-proxy",
      "--qq-listen=off",
      "--no-demo",
    ],
    1,
    /^wrong {4}passwords: 10003 has the password demo, and --listen is reachable from other hosts\. Change it with account change, or remove it with account remove$/m,
  ],
];

for (const [what, make, args, code, line, env] of FINDINGS) {
  Deno.test(`admin: doctor finds ${what}`, async () => {
    await withFolder(async (folder) => {
      await make(folder);
      const said = await run(
        ["doctor", `--data=${folder}`, ...args(folder)],
        env === undefined ? {} : { env },
      );
      assertMatch(said.out.join("\n"), line);
      assertEquals([said.code, said.err], [code, []]);
    });
  });
}

Deno.test("admin: doctor finds a port that is taken", async () => {
  await withFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const { code, out } = await run([
      "doctor",
      `--data=${folder}`,
      `--listen=127.0.0.1:${port}`,
      "--qq-listen=off",
    ]);
    assertEquals(code, 1);
    assertMatch(
      out.join("\n"),
      new RegExp(
        `^wrong    --listen: cannot listen on 127\\.0\\.0\\.1:${port} \\(it is in use\\)\\. Name another with --listen, or end what listens there$`,
        "m",
      ),
    );
  });
});

Deno.test("admin: doctor changes nothing", async () => {
  await withFolder(async (folder) => {
    await run(["account", "add", "10003", `--data=${folder}`], { stdin: "x" });
    const files = async () => {
      const all: [string, string][] = [];
      for await (const { name } of Deno.readDir(folder)) {
        // SQLite leaves empty ones beside what it has read.
        if (/-(wal|shm)$/.test(name)) continue;
        const bytes = await Deno.readFile(`${folder}/${name}`);
        all.push([name, createHash("sha256").update(bytes).digest("hex")]);
      }
      return all.sort();
    };
    const before = await files();
    const { code } = await run(["doctor", `--data=${folder}`, ...FREE]);
    assertEquals([code, await files()], [0, before]);
  });
});

for (const command of ["account", "token", "doctor"]) {
  Deno.test(`admin: the help of ${command}`, async () => {
    const { code, out, err } = await run([command, "--help"]);
    assertEquals([code, err], [0, []]);
    assertMatch(out[0]!, new RegExp(`^Usage: tqq ${command} `));
    assert(out.includes("Examples:") && out.includes("Flags:"));
    const wide = out.filter((line) => line.length > 110);
    assertEquals(wide, []);
  });
}

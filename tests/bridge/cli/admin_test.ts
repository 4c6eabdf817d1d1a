/** The sub-commands `account`, `token` and `doctor`: on a folder, and through the program that runs on it. @module */

import { main } from "../../../bridge/main.ts";
import { systemTerminal } from "../../../bridge/cli/terminal.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "../../deps.ts";
import { Program, serveArgs } from "../../support/program.ts";

interface Said {
  code: number;
  out: string[];
  err: string[];
}

interface Given {
  stdin?: string;
  env?: Record<string, string>;
}

/** Runs a sub-command, with an environment and an input of its own. */
async function run(args: readonly string[], given: Given = {}): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (line) => out.push(...line.split("\n")),
    err: (line) => err.push(line),
    askSecret: () => undefined,
    readLine: () => Promise.resolve(given.stdin ?? ""),
    sources: (args) => ({
      ...systemTerminal.sources(args),
      env: (name) => given.env?.[name],
    }),
  });
  return { code, out, err };
}

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

const UIN_RULE = "UIN must be a QQ number of 5 to 20 digits";
const ACCOUNT_WAYS =
  'must be "account add UIN", "account list" or "account remove UIN"';
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
    "account add 0123456",
    2,
    `Cannot use account add: ${UIN_RULE}, got "0123456"`,
  ],
  ["account remove me", 2, `Cannot use account remove: ${UIN_RULE}, got "me"`],
  [
    "account add 10003 --policy=some",
    2,
    'Cannot use --policy: must be one of anybody, verify, nobody, got "some"',
  ],
  [
    "account add 10003",
    2,
    "Cannot add an account: the password must be the first line of standard input, 1 to 256 characters, got 0",
  ],
  [
    "account add 10003",
    2,
    "Cannot add an account: the password must be the first line of standard input, 1 to 256 characters, got 257",
    "x".repeat(257),
  ],
  [
    "account add 10003 --password=s3cret",
    2,
    "Cannot use --password: there is no such flag; the nearest is --password-stdin",
  ],
  [
    "account remove 10003",
    1,
    'Cannot remove an account: the number must be that of an account, got "10003"',
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
    'Cannot use --scopes: must be one of read, send, manage, got "root"',
  ],
  [
    "token add bot --accounts=12",
    2,
    'Cannot use --accounts: must be a QQ number of 5 to 20 digits, got "12"',
  ],
  [
    "token revoke bot",
    1,
    'Cannot revoke a token: the name must be that of a token that holds, got "bot"',
  ],
  ["doctor now", 2, 'Cannot use the argument "now": serve takes flags only'],
  [
    "dokter",
    2,
    'Cannot use "dokter": there is no such sub-command; the nearest is doctor',
  ],
];

Deno.test("admin: what does not hold is one line, and an exit code", async () => {
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

/** The texts of `--help`. @module */

import { LIMIT_OPTIONS } from "../../config/limits.ts";
import { flagOf, type OptionTable, variableOf } from "../../config/option.ts";
import { OPTIONS_OF } from "../../config/options.ts";
import { CLIENT_OPTIONS } from "../client.ts";
import { CONVERSATIONS_OPTIONS, REQUESTS_OPTIONS } from "../clients/inbox.ts";
import { FRIENDS_OPTIONS } from "../clients/friends.ts";
import {
  ACCOUNT_OPTIONS,
  BACKUP_OPTIONS,
  CLUSTER_OPTIONS,
  CONSUMER_OPTIONS,
  REKEY_OPTIONS,
  RESTORE_OPTIONS,
  TARGET_OPTIONS,
  TOKEN_OPTIONS,
} from "../own_options.ts";
import { READY_OPTIONS } from "./ready.ts";
import { SEND_OPTIONS } from "../clients/send.ts";
import { TAIL_OPTIONS } from "../clients/tail.ts";
import { formatTable } from "../terminal.ts";

/** Names of all sub-commands. */
export const SUB_COMMANDS = [
  "serve",
  "qq-server",
  "account",
  "token",
  "consumer",
  "target",
  "backup",
  "restore",
  "rekey",
  "cluster",
  "doctor",
  "tail",
  "send",
  "friends",
  "accounts",
  "requests",
  "conversations",
  "ready",
] as const;

export type SubCommand = typeof SUB_COMMANDS[number];

const ENVIRONMENT =
  `Every flag can be set by the environment (--qq-listen: TQQ_QQ_LISTEN) and by a
JSON file (--config FILE, "qqListen"); flags win, then the environment. By
environment or file only: TQQ_TOKEN or TQQ_TOKEN_FILE, the administrator's
token; TQQ_SECRET_KEY or TQQ_SECRET_KEY_FILE, which encrypts password hashes;
TQQ_ONEBOT_ACCESS_TOKEN, which is sent to where OneBot dials, TQQ_ONEBOT_SECRET,
which signs what it posts, TQQ_HOOK_SECRET, which signs what --hook posts, or
any of these with _FILE.`;

/** Limits are many and seldom set, so they are listed without a line for each. */
const LIMITS = `Limits, by environment or file only (${
  variableOf("frameBytes")
}, "frameBytes"): ${Object.keys(LIMIT_OPTIONS).join(", ")}.`
  .replace(/(.{1,80})(?: |$)/g, "$1\n").trimEnd();

const CLIENT_NOTES =
  `Where the bridge runs on this machine, and you may read its data folder, nothing
has to be said. Else --url (TQQ_URL) names it, and the token is in TQQ_TOKEN or in
the file that --token-file (TQQ_TOKEN_FILE) names.

Exit codes: 0 done. 1 not done. 2 wrong usage. 3 the bridge cannot be reached, or
does not take the token.`;

const SEND_NOTES =
  `${CLIENT_NOTES} 4 sent, but nobody knows whether it was done.`;

interface Usage {
  usage: readonly string[];
  about: string;
  options: OptionTable;
  examples: readonly (readonly [command: string, what: string])[];
  notes?: string;
}

/** A line about each sub-command, in the help of the program. */
const SUMMARIES: Readonly<Record<SubCommand, string>> = {
  serve: "the bridge; what a start without a command does",
  "qq-server": "the embedded QQ server alone",
  account: "add, change, list, remove: the accounts that the bridge logs in",
  token: "add, list, revoke: who may use the bridge",
  consumer: "list, remove: the positions of clients that name themselves",
  target:
    "list, add, change, remove: where the bridge connects or posts to by itself",
  backup: "copies the data folder, while it is used",
  restore: "puts a copy in the place of the data folder",
  rekey: "changes the key that encrypts password hashes",
  cluster: "init, status, rebuild, leave: several bridges with one journal",
  doctor: "looks at what a start needs, and says what to do",
  tail: "prints events as they come",
  send: "sends a message",
  friends: "an account's friends, with presence",
  accounts: "the bridge's accounts, and their states",
  requests: "friend requests that nobody answered",
  conversations: "conversations, with the number of unread messages",
  ready: "whether the bridge is ready, for health checks",
};

const USAGES: Readonly<Record<SubCommand, Usage>> = {
  serve: {
    usage: ["tqq [serve] [flags]", "tqq COMMAND [flags]"],
    about: "Bridges QQ to WebSocket; with an embedded QQ server by default.",
    options: OPTIONS_OF.serve,
    examples: [
      ["tqq", "all on this machine, with demo accounts"],
      ["tqq --upstream http://qq.example:8000/", "another's server"],
      ["tqq --listen 0.0.0.0:8080 --behind-proxy --no-demo", "behind a proxy"],
    ],
    notes:
      `Here, tqq stands for "deno task start" in the project's folder, or for the binary
of "deno task compile".

${ENVIRONMENT}

${LIMITS}`,
  },
  "qq-server": {
    usage: ["tqq qq-server [flags]"],
    about:
      "Runs the embedded QQ server alone: for clients of 2005, and for other bridges.",
    options: OPTIONS_OF["qq-server"],
    examples: [[
      "tqq qq-server --memory --qq-listen 127.0.0.1:0",
      "for a test, on a free port",
    ]],
  },
  account: {
    usage: [
      "tqq account add UIN [flags]",
      "tqq account change UIN [--password-stdin] [--nickname N] [--policy P]",
      "tqq account list [--json]",
      "tqq account remove UIN",
    ],
    about:
      'The accounts that the bridge logs in. If the QQ server is the embedded one, they are\nadded there too. The password is asked for at a terminal, else it is the first line of\nstandard input; "change" asks for it if no flag is given. All of it works while the\nbridge runs.',
    options: ACCOUNT_OPTIONS,
    examples: [
      ["tqq account add 10003 --nickname Bob", "asks for the password"],
      ["tqq account add 10003 --password-stdin < FILE", "takes it from a file"],
      ["tqq account change 10003 --nickname Rob", "keeps the password"],
    ],
  },
  token: {
    usage: [
      "tqq token add NAME [flags]",
      "tqq token list [--json]",
      "tqq token revoke NAME",
    ],
    about:
      "The tokens that open the bridge. A new one is printed alone, this once. All of it\nworks while the bridge runs.",
    options: TOKEN_OPTIONS,
    examples: [
      ["tqq token add logger --scopes read", "a token that only reads"],
      ["tqq token add bot --accounts 10001,10003", "on two accounts"],
    ],
  },
  consumer: {
    usage: ["tqq consumer list [--json]", "tqq consumer remove ID"],
    about:
      "The clients that named themselves, and the position up to which each has everything.\nA consumer that is removed and comes back begins from then on. One that a client is\nconnected to is not removed. All of it works while the bridge runs.",
    options: CONSUMER_OPTIONS,
    examples: [
      ["tqq consumer list", "who is behind, and who has gone"],
      ["tqq consumer remove logger/archive", "frees the name"],
    ],
    notes:
      "The bridge frees a consumer by itself when its token is revoked, and when no client\nwas connected for the days of --retain-days.",
  },
  target: {
    usage: [
      "tqq target list [--json]",
      "tqq target add KIND [UIN=]URL [flags]",
      "tqq target change ID [flags]",
      "tqq target remove ID",
      "tqq target retry ID",
    ],
    about:
      "The addresses to which the bridge connects or posts by itself. KIND is onebot-reverse\n(reverse WebSocket), onebot-post, or hook (webhook). Without UIN= an address gets the\nevents of every account. All of it works while the bridge runs, within a second.",
    options: TARGET_OPTIONS,
    examples: [
      [
        "tqq target add hook https://ops.example/qq --events account",
        "an alert when an account goes offline",
      ],
      [
        "tqq target add onebot-post 10001=http://127.0.0.1:5140/ < FILE --secrets-stdin",
        "token and secret from a file",
      ],
      ["tqq target change 0123456789abcdef --disable", "its position stays"],
    ],
    notes:
      "Targets of flags (--onebot-reverse, --onebot-post, --hook) are listed, and changed only\nby the flag. A removed target loses its position. At most 100 targets are stored.",
  },
  backup: {
    usage: ["tqq backup DIR [--data DIR] [--json]"],
    about:
      "Copies the data folder to DIR, which must be missing or empty. A program may run on\nthe folder meanwhile: the copy shows one instant of it. DIR gets its name when the\ncopy is whole.",
    options: BACKUP_OPTIONS,
    examples: [["tqq backup /backups/monday", "a copy of tqq-data"]],
    notes:
      "The copy holds password hashes and mail. Hashes that are encrypted stay so: keep\nTQQ_SECRET_KEY as well, elsewhere.",
  },
  restore: {
    usage: ["tqq restore DIR [--data DIR] [--replace] [--json]"],
    about:
      "Puts the copy in DIR in the place of the data folder. No program may run on it. Checks\nall files first. DIR stays as it is.",
    options: RESTORE_OPTIONS,
    examples: [
      ["tqq restore /backups/monday", "to a new data folder"],
      [
        "tqq restore /backups/monday --replace",
        "moves the old files to tqq-data.before-restore-INSTANT",
      ],
    ],
    notes:
      "The next start has a new epoch: each client receives a gap, and then every event.",
  },
  rekey: {
    usage: ["tqq rekey [--data DIR] [--json]"],
    about:
      "Encrypts the password hashes of the data folder with another secret key. No program\nmay run on it. If it is cut off, run it again with the same keys.",
    options: REKEY_OPTIONS,
    examples: [
      ["tqq rekey", "with both keys in the environment"],
    ],
    notes:
      "TQQ_SECRET_KEY_OLD or TQQ_SECRET_KEY_OLD_FILE is the key until now; leave it out to\nencrypt for the first time. TQQ_SECRET_KEY or TQQ_SECRET_KEY_FILE is the key from now\non; leave it out to decrypt. Backups keep the key of their time.",
  },
  cluster: {
    usage: [
      "tqq cluster init --cluster URL [flags]",
      "tqq cluster status --cluster URL [--json]",
      "tqq cluster rebuild --cluster URL [--log-bytes SIZE] [--force]",
      "tqq cluster leave --cluster URL [--last]",
    ],
    about:
      "Several bridges that share one journal through NATS JetStream. init founds the cluster\nwith the events, accounts and tokens of the data folder, and prints the\nadministrator's token if there is none; nodes start with serve --cluster. After\nthe log has lost records, rebuild founds it anew with the folder of a stopped node, the\none with the highest index: the others keep running while it asks them what they have.\nleave makes the folder of a stopped node that of a single bridge.",
    options: CLUSTER_OPTIONS,
    examples: [
      [
        "tqq cluster init --cluster nats://127.0.0.1:4222 --replicas 1",
        "once, before the first node",
      ],
      [
        "tqq cluster status --cluster nats://127.0.0.1:4222",
        "members and owners",
      ],
      [
        "tqq cluster rebuild --cluster nats://127.0.0.1:4222",
        "when nodes report cluster_log_lost",
      ],
    ],
    notes:
      "TQQ_SECRET_KEY must be set, the same on every node. In place of deno task start, use\ndeno task start:cluster, which also fetches the client of NATS. Exit code 1 of status:\naccounts of some shards are driven by no node.",
  },
  doctor: {
    usage: ["tqq doctor [--json] [flags of serve]"],
    about:
      "Looks at what a start with the same flags needs: data folder, ports, permissions,\nupstream. Says what to do. Exit code 1 where something is wrong.",
    options: OPTIONS_OF.serve,
    examples: [["tqq doctor --data /var/lib/tqq", "another data folder"]],
  },
  tail: {
    usage: ["tqq tail [flags]"],
    about: "Prints the events of a running bridge, one a line, as they come.",
    options: TAIL_OPTIONS,
    examples: [
      ["tqq tail --events message", "messages only"],
      ["tqq tail --json | jq .data.text", "for other programs"],
      [
        "tqq tail --consumer logger",
        "goes on where the last one of this name ended",
      ],
    ],
    notes: CLIENT_NOTES,
  },
  send: {
    usage: ["tqq send TO [TEXT] [flags]"],
    about:
      "Sends a message through a running bridge; without TEXT each line of standard\ninput.",
    options: SEND_OPTIONS,
    examples: [
      ["tqq send 10000 hello --account 10001", "one message"],
      ["tqq send 10000 < FILE", "one a line"],
    ],
    notes: SEND_NOTES,
  },
  friends: {
    usage: ["tqq friends [flags]"],
    about: "Lists the friends of an account of a running bridge.",
    options: FRIENDS_OPTIONS,
    examples: [
      ["tqq friends --account 10001", "all, with presence"],
      ["tqq friends --online --json", "for other programs"],
    ],
    notes: CLIENT_NOTES,
  },
  accounts: {
    usage: ["tqq accounts [flags]"],
    about:
      "Lists the accounts of a running bridge that the token reaches, with state.",
    options: CLIENT_OPTIONS,
    examples: [
      ["tqq accounts", "a table"],
      ["tqq accounts --json | jq -r .state", "for other programs"],
    ],
    notes: CLIENT_NOTES,
  },
  requests: {
    usage: ["tqq requests [flags]"],
    about:
      "Lists the friend requests that nobody answered yet, the newest first. answerRequest\nanswers one, or takes it off the list.",
    options: REQUESTS_OPTIONS,
    examples: [
      ["tqq requests", "of all accounts"],
      ["tqq requests --account 10001 --json", "for other programs"],
    ],
    notes: CLIENT_NOTES,
  },
  conversations: {
    usage: ["tqq conversations [flags]"],
    about:
      "Lists the conversations, that of the last message first, with the number of unread\nmessages.",
    options: CONVERSATIONS_OPTIONS,
    examples: [
      ["tqq conversations --unread", "what nobody has read yet"],
      ["tqq conversations --account 10001 --json", "for other programs"],
    ],
    notes: CLIENT_NOTES,
  },
  ready: {
    usage: ["tqq ready [--url URL] [--data DIR] [--json]"],
    about:
      "Asks a running bridge whether it is ready: all accounts are online, and the journal\ncan be written and read. Needs no token.",
    options: READY_OPTIONS,
    examples: [
      ["tqq ready", "the bridge on this machine"],
      ["tqq ready --url https://qq.example.org", "another one"],
    ],
    notes:
      "Exit codes: 0 ready. 1 not ready, with the reasons, or not reached. 2 wrong usage.",
  },
};

/** Returns the help of a sub-command. */
export function helpText(command: SubCommand): string {
  const { usage, about, options, examples, notes } = USAGES[command];
  const flags = Object.entries(options)
    .filter(([, option]) => option.sources.includes("flag"))
    .map(([name, { placeholder, help }]) => [
      `  ${flagOf(name)} ${placeholder}`.trimEnd(),
      help,
    ]);
  return [
    ...usage.map((line, index) =>
      `${index === 0 ? "Usage:" : "      "} ${line}`
    ),
    "",
    about,
    "",
    "Flags:",
    ...formatTable([
      ...flags,
      ["  --help, -h", "this text"],
      ["  --version, -V", "the version"],
    ]),
    "",
    "Examples:",
    ...formatTable(examples.map(([line, what]) => [`  ${line}`, `# ${what}`])),
    ...(command === "serve" ? ["", ...summaries()] : []),
    ...(notes === undefined ? [] : ["", notes]),
  ].join("\n");
}

function summaries(): string[] {
  return [
    "Commands, each with its own --help:",
    ...formatTable(SUB_COMMANDS.map((name) => [`  ${name}`, SUMMARIES[name]])),
  ];
}

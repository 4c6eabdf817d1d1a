import {
  checkDemo,
  type Config,
  ConfigError,
  isExposed,
  parseConfig,
  type Sources,
} from "../../../bridge/config/config.ts";
import { OPTIONS, spellingsOf } from "../../../bridge/config/options.ts";
import { systemTerminal } from "../../../bridge/cli/terminal.ts";
import { main } from "../../../bridge/main.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

interface Given {
  args?: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
}

const CERT = "-----BEGIN CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\n";

function sourcesOf({ args = [], env = {}, files = {} }: Given): Sources {
  return {
    args,
    env: (name) => env[name],
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Deno.errors.NotFound(path);
      return text;
    },
  };
}

function parse(given: Given, command: "serve" | "qq-server" = "serve"): Config {
  const config = parseConfig(command, sourcesOf(given));
  assert(!("asked" in config));
  // Where each setting is from has a test of its own.
  return { ...config, shown: [] };
}

const DEFAULTS: Config = {
  shown: [],
  listen: { host: "127.0.0.1", port: 8080 },
  upstream: "embedded",
  qqListen: [{ host: "127.0.0.1", port: 8000 }],
  dataFolder: "tqq-data",
  cluster: undefined,
  loginsPerSecond: 200,
  demo: true,
  allowOrigin: [],
  behindProxy: false,
  basePath: "",
  tls: undefined,
  retention: { days: 365, bytes: 1e9 },
  qqSwitches: {
    refusedCode: 2,
    nullAnswer: "close",
    ackTwice: false,
    smallH: false,
  },
  qqAllowOrigin: [],
  qqSendGapMs: 800,
  qqPenaltyMs: 20_000,
  limits: {
    frameBytes: 65_536,
    fragments: 16,
    jsonDepth: 32,
    commandsPerMinute: 120,
    helloMs: 10_000,
    pingMs: 25_000,
    pongMs: 8000,
    bufferedBytes: 262_144,
    unacked: 256,
    stallMs: 30_000,
    headMs: 5000,
    connections: 20_000,
    connectionsPerToken: 10_000,
  },
  bridgeLimits: { outbox: { gapMs: 1000 } },
  polls: { minMs: 1000, maxMs: 15_000 },
  targets: {
    reverse: [],
    reconnectMs: 3000,
    post: [],
    hook: [],
    hookEvents: undefined,
    allowedHosts: [],
    accessToken: undefined,
    secret: undefined,
    hookSecret: undefined,
  },
  logLevel: "info",
  logFormat: "text",
  token: undefined,
  secretKey: undefined,
  openSecrets: [],
};

/** Off loopback clients have addresses of their own. */
const COUNTED = { ...DEFAULTS.limits, connectionsPerAddress: 1000 };

const TLS_ARGS = ["--tls-cert", "c.pem", "--tls-key", "k.pem"];

const HOLD: [name: string, given: Given, changes: Partial<Config>][] = [
  ["targets", {
    args: [
      "--hook=10001=https://ops.example/qq?key=1",
      "--hook-events=account,message.sent",
      "--allow-target=127.0.0.1",
      "--allow-target=OPS.example,::1,bot.example",
      "--onebot-reverse",
      "10001=ws://127.0.0.1:5140/onebot, wss://bot.example/ws",
      "--onebot-post=http://127.0.0.1:5140/post",
      "--onebot-reconnect-ms=500",
    ],
    env: {
      TQQ_ONEBOT_ACCESS_TOKEN: "handed-over",
      TQQ_ONEBOT_SECRET_FILE: "secret",
      TQQ_HOOK_SECRET: "signs frames",
    },
    files: { secret: "signs\n" },
  }, {
    targets: {
      reverse: [
        { account: "10001", url: "ws://127.0.0.1:5140/onebot" },
        { url: "wss://bot.example/ws" },
      ],
      reconnectMs: 500,
      post: [{ url: "http://127.0.0.1:5140/post" }],
      hook: [{ account: "10001", url: "https://ops.example/qq?key=1" }],
      hookEvents: ["account", "message.sent"],
      allowedHosts: ["127.0.0.1", "ops.example", "::1", "bot.example"],
      accessToken: "handed-over",
      secret: "signs",
      hookSecret: "signs frames",
    },
  }],
  ["nothing", {}, {}],
  ["IPv6 and port 0", { args: ["--listen", "[::1]:0"] }, {
    listen: { host: "::1", port: 0 },
  }],
  ["an equals sign", { args: ["--listen=localhost:1"] }, {
    listen: { host: "localhost", port: 1 },
  }],
  [
    "several ports",
    { args: ["--qq-listen=127.0.0.1:8000,[::1]:80", "--qq-listen=[::1]:0"] },
    {
      qqListen: [
        { host: "127.0.0.1", port: 8000 },
        { host: "::1", port: 80 },
        { host: "::1", port: 0 },
      ],
    },
  ],
  [
    "ports of the environment",
    { env: { TQQ_QQ_LISTEN: "127.0.0.1:1, 127.0.0.1:2" } },
    {
      qqListen: [{ host: "127.0.0.1", port: 1 }, {
        host: "127.0.0.1",
        port: 2,
      }],
    },
  ],
  [
    "switches of the embedded server",
    {
      args: [
        "--qq-refused-code=3",
        "--qq-null=empty",
        "--qq-ack-twice",
        "--qq-small-h",
      ],
    },
    {
      qqSwitches: {
        refusedCode: 3,
        nullAnswer: "empty",
        ackTwice: true,
        smallH: true,
      },
    },
  ],
  ["off", { args: ["--qq-listen", "off"] }, { qqListen: "off" }],
  [
    "pages that may use the embedded server",
    {
      args: [
        "--qq-allow-origin",
        "https://a.example",
        "--qq-allow-origin",
        "http://127.0.0.1:8080",
      ],
    },
    { qqAllowOrigin: ["https://a.example", "http://127.0.0.1:8080"] },
  ],
  ["another's server", { args: ["--upstream", "http://qq.example:8000"] }, {
    upstream: "http://qq.example:8000/",
    qqListen: "off",
  }],
  ["a server of lines", { args: ["--upstream", "tcp://[::1]:14000"] }, {
    upstream: "tcp://[::1]:14000",
    qqListen: "off",
  }],
  ["memory", { args: ["--memory"] }, {
    dataFolder: undefined,
    retention: { days: 365, bytes: 64e6 },
  }],
  ["memory with a size", { args: ["--memory", "--retain-bytes", "2GB"] }, {
    dataFolder: undefined,
    retention: { days: 365, bytes: 2e9 },
  }],
  ["a switch with a value", { args: ["--memory=false", "--no-demo=yes"] }, {
    demo: false,
  }],
  ["a data folder", { args: ["--data", "/x"] }, { dataFolder: "/x" }],
  ["origins", {
    args: [
      "--allow-origin",
      "https://a.example",
      "--allow-origin",
      "https://b.example/,https://a.example",
    ],
  }, { allowOrigin: ["https://a.example", "https://b.example"] }],
  ["origins of applications and extensions", {
    args: [
      "--allow-origin",
      "app://-,tauri://localhost,capacitor://localhost,chrome-extension://abcdefgh",
      "--allow-origin",
      "moz-extension://7b8a-1,x-my.app+1://Host:81,HTTPS://B.example:443",
    ],
  }, {
    allowOrigin: [
      "app://-",
      "tauri://localhost",
      "capacitor://localhost",
      "chrome-extension://abcdefgh",
      "moz-extension://7b8a-1",
      "x-my.app+1://Host:81",
      "https://b.example",
    ],
  }],
  ["sizes in thousands", { args: ["--retain-bytes", "512MB"] }, {
    retention: { days: 365, bytes: 512e6 },
  }],
  ["sizes in 1024", { args: ["--retain-bytes", "2gib"] }, {
    retention: { days: 365, bytes: 2 ** 31 },
  }],
  ["plain bytes", { args: ["--retain-bytes", "1500000"] }, {
    retention: { days: 365, bytes: 1_500_000 },
  }],
  ["parts of a day", { args: ["--retain-days", "0.5"] }, {
    retention: { days: 0.5, bytes: 1e9 },
  }],
  ["the environment", {
    env: {
      TQQ_LISTEN: "127.0.0.1:1",
      TQQ_QQ_SEND_GAP_MS: "0",
      TQQ_NO_DEMO: "1",
      TQQ_ALLOW_ORIGIN: "https://a.example,http://b.example:81",
      TQQ_LOG_FORMAT: "json",
      TQQ_LOG_LEVEL: "",
    },
  }, {
    listen: { host: "127.0.0.1", port: 1 },
    qqSendGapMs: 0,
    demo: false,
    allowOrigin: ["https://a.example", "http://b.example:81"],
    logFormat: "json",
  }],
  ["a file, the environment over it, flags over both", {
    args: ["--config", "c.json", "--qq-penalty-ms", "3"],
    env: { TQQ_QQ_PENALTY_MS: "2", TQQ_RETAIN_DAYS: "7" },
    files: {
      "c.json": JSON.stringify({
        qqPenaltyMs: 1,
        retainDays: 1,
        qqSendGapMs: 5,
        noDemo: true,
        allowOrigin: ["https://a.example"],
      }),
    },
  }, {
    qqPenaltyMs: 3,
    retention: { days: 7, bytes: 1e9 },
    qqSendGapMs: 5,
    demo: false,
    allowOrigin: ["https://a.example"],
  }],
  ["a file that the environment names", {
    env: { TQQ_CONFIG: "c.json" },
    files: { "c.json": `{"tokenFile": "t"}`, t: "abcdefgh\n" },
  }, { token: "abcdefgh" }],
  ["secrets in the environment", {
    env: {
      TQQ_TOKEN: "tok",
      TQQ_TOKEN_FILE: "absent",
      TQQ_SECRET_KEY: "a b 国 0123456789",
    },
  }, { token: "tok", secretKey: "a b 国 0123456789" }],
  ["secrets in files", {
    env: { TQQ_TOKEN_FILE: "t", TQQ_SECRET_KEY_FILE: "k" },
    files: { t: "tok\n", k: "a long enough key\r\n" },
  }, { token: "tok", secretKey: "a long enough key" }],
  ["reachable from other hosts with TLS", {
    args: ["--listen", "0.0.0.0:443", ...TLS_ARGS],
    files: { "c.pem": CERT, "k.pem": KEY },
  }, {
    listen: { host: "0.0.0.0", port: 443 },
    tls: { cert: CERT, key: KEY },
    limits: COUNTED,
  }],
  ["reachable from other hosts behind a proxy", {
    args: ["--listen", "[::]:80", "--behind-proxy"],
  }, {
    listen: { host: "::", port: 80 },
    behindProxy: true,
    limits: COUNTED,
  }],
];

for (const [name, given, changes] of HOLD) {
  Deno.test(`config: ${name}`, () => {
    assertEquals(parse(given), { ...DEFAULTS, ...changes });
  });
}

const ADDRESS = "must be HOST:PORT or [IPv6]:PORT with a port from 0 to 65535";
const LOOPBACK =
  "must be on loopback without --tls-cert and --tls-key, or --behind-proxy";

const BREAK: [given: Given, message: string][] = [
  [
    { args: ["--listen", "8080"] },
    `Cannot use --listen: ${ADDRESS}, got "8080"`,
  ],
  [
    { args: ["--listen", "127.0.0.1:65536"] },
    `Cannot use --listen: ${ADDRESS}, got "127.0.0.1:65536"`,
  ],
  [
    { args: ["--listen", "[127.0.0.1:1"] },
    `Cannot use --listen: ${ADDRESS}, got "[127.0.0.1:1"`,
  ],
  [
    { args: ["--listen", "[:::]:1"] },
    `Cannot use --listen: ${ADDRESS}, got "[:::]:1"`,
  ],
  [
    { env: { TQQ_QQ_LISTEN: "none" } },
    `Cannot use TQQ_QQ_LISTEN: ${ADDRESS}, or off, got "none"`,
  ],
  [
    { args: ["--listen", "0.0.0.0:80"] },
    `Cannot use --listen: ${LOOPBACK}, got 0.0.0.0:80`,
  ],
  [
    { env: { TQQ_LISTEN: "127.0.0.1.evil.example:80" } },
    `Cannot use TQQ_LISTEN: ${LOOPBACK}, got 127.0.0.1.evil.example:80`,
  ],
  ...[
    ["--listen", "0.0.0.0:80", "--behind-proxy"],
    ["--behind-proxy"],
    ["--allow-origin", "https://a.example"],
    ["--base-path", "/qq"],
    ["--qq-listen", "0.0.0.0:8000"],
  ].map((args): [Given, string] => [
    { args, env: { TQQ_TOKEN: "fifteen-letters" } },
    "Cannot use TQQ_TOKEN: must be a token of at least 16 characters while a listener is reachable from other hosts, or --behind-proxy, --allow-origin or --base-path is set, got 15",
  ]),
  [
    { args: ["--listen", "127.0.0.1:8000"] },
    "Cannot use --listen: must differ from --qq-listen, got 127.0.0.1:8000 for both",
  ],
  [
    { args: ["--memory", "--data", "x"] },
    "Cannot use --memory: must not be set together with --data, got both",
  ],
  [
    { args: ["--memory"], env: { TQQ_DATA: "x" } },
    "Cannot use --memory: must not be set together with TQQ_DATA, got both",
  ],
  [
    { args: ["--upstream", "ftp://x"] },
    'Cannot use --upstream: must be embedded, an http: or https: URL without user and password, or tcp://HOST:PORT, got "ftp://x"',
  ],
  [
    { args: ["--upstream", "http://x/", "--qq-listen", "127.0.0.1:0"] },
    "Cannot use --qq-listen: must be off where --upstream names another server, got 127.0.0.1:0",
  ],
  [
    { args: ["--qq-listen=off,127.0.0.1:1"] },
    "Cannot use --qq-listen: off must stand alone, got 127.0.0.1:1 beside it",
  ],
  [
    { args: ["--qq-listen=127.0.0.1:1", "--qq-listen=127.0.0.1:1"] },
    "Cannot use --qq-listen: each address must be given once, got 127.0.0.1:1 twice",
  ],
  [
    { args: ["--retain-bytes", "2XB"] },
    'Cannot use --retain-bytes: must be a number of bytes above 0, such as 1500000, 512MB or 2GiB, got "2XB"',
  ],
  [
    { args: ["--retain-days", "0"] },
    'Cannot use --retain-days: must be a number of days above 0 and at most 36500, got "0"',
  ],
  [
    { args: ["--qq-send-gap-ms=-1"] },
    'Cannot use --qq-send-gap-ms: must be a whole number of milliseconds from 0 to 3600000, got "-1"',
  ],
  [
    { args: ["--log-level", "loud"] },
    'Cannot use --log-level: must be one of debug, info, warn, error, got "loud"',
  ],
  ...["tqq", "/", "/tqq/", "/a//b", "/..", "/a/../b", "/a/.", "/a?b", "/a%20b"]
    .map((text): [Given, string] => [
      { args: ["--base-path", text] },
      `Cannot use --base-path: must be a path such as /tqq: letters, digits, - . _ and ~, without a slash at its end, got "${text}"`,
    ]),
  [
    { args: ["--allow-origin", "https://a.example/path"] },
    'Cannot use --allow-origin: must be an origin such as https://example.org, without a path, got "https://a.example/path"',
  ],
  [
    { args: ["--allow-origin", "*"] },
    `Cannot use --allow-origin: must be an origin such as https://example.org, without a path, got "*" (a wildcard would let every page call with its visitor's rights)`,
  ],
  [
    { args: ["--allow-origin", "https://a.example,null"] },
    'Cannot use --allow-origin: must be an origin such as https://example.org, without a path, got "https://a.example,null" (null is the origin of every sandboxed page and local file)',
  ],
  [
    { args: ["--allow-origin", "file://"] },
    'Cannot use --allow-origin: must be an origin such as https://example.org, without a path, got "file://" (pages of files send null as their origin)',
  ],
  ...[
    "app://",
    "app:",
    "app://a/b",
    "1app://a",
    "App://a",
    "app://a:b",
  ]
    .map((text): [Given, string] => [
      { args: ["--allow-origin", text] },
      `Cannot use --allow-origin: must be an origin such as https://example.org, without a path, got "${text}"`,
    ]),
  [
    { args: ["--liste", "x"] },
    "Cannot use --liste: there is no such flag; the nearest is --listen",
  ],
  [
    { args: ["-x"] },
    "Cannot use -x: there is no such flag; --help lists them",
  ],
  [
    { args: ["--port", "80"] },
    "Cannot use --port: there is no such flag; --help lists them",
  ],
  [
    { args: ["--token", "abc"] },
    "Cannot use --token: every process can read arguments; set TQQ_TOKEN or TQQ_TOKEN_FILE",
  ],
  [{ args: ["--data"] }, "Cannot use --data: it needs a value"],
  [
    { args: ["--data", "--memory"] },
    "Cannot use --data: it needs a value",
  ],
  [
    { args: ["here"] },
    'Cannot use the argument "here": serve takes flags only',
  ],
  [
    { args: ["--tls-cert", "c.pem"] },
    "Cannot use --tls-cert: must be set together with --tls-key",
  ],
  [
    { args: TLS_ARGS, files: { "c.pem": KEY, "k.pem": KEY } },
    'Cannot use --tls-cert: must name a file that holds a certificate as PEM, got "c.pem"',
  ],
  [
    { args: TLS_ARGS, files: { "c.pem": CERT } },
    'Cannot use --tls-key: must name a file that can be read, got "k.pem" (NotFound)',
  ],
  [
    { args: ["--config", "c.json"] },
    'Cannot use --config: must name a file that can be read, got "c.json" (NotFound)',
  ],
  [
    { env: { TQQ_CONFIG: "c.json" }, files: { "c.json": "[]" } },
    'Cannot use TQQ_CONFIG: must name a file that holds one JSON object, got "c.json"',
  ],
  [
    { args: ["--config", "c"], files: { c: `{"token": "s3cret"` } },
    'Cannot use --config: must name a file that holds one JSON object, got "c"',
  ],
  [
    { args: ["--config", "c"], files: { c: `{"lissen": 1}` } },
    'Cannot use "lissen" in c: there is no such setting in a file; the nearest is "listen"',
  ],
  [
    { args: ["--config", "c"], files: { c: `{"__proto__": 1}` } },
    'Cannot use "__proto__" in c: there is no such setting in a file; the nearest is "onebotPost"',
  ],
  [
    { args: ["--config", "c"], files: { c: `{"listen": {"port": 1}}` } },
    `Cannot use "listen" in c: ${ADDRESS}, got {"port":1}`,
  ],
  [
    { env: { TQQ_TOKEN: "s3cret of mine" } },
    "Cannot use TQQ_TOKEN: must be a token of 1 to 512 letters, digits, - . _ and ~, got something else",
  ],
  [
    { env: { TQQ_TOKEN_FILE: "t" }, files: { t: "s3cret of mine" } },
    'Cannot use TQQ_TOKEN_FILE: the file must hold a token of 1 to 512 letters, digits, - . _ and ~, got something else in "t"',
  ],
];

/** Starts the program with settings that do not hold: its exit code, and what it writes. */
async function startWith(
  { args = [], ...given }: Given,
): Promise<[code: number, out: string, err: string]> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(["serve", ...args], {
    ...systemTerminal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    sources: (args) => sourcesOf({ args: [...args], ...given }),
  });
  return [code, out.join("\n"), err.join("\n")];
}

for (const [given, message] of BREAK) {
  Deno.test(`config: ${message}`, async () => {
    const error = assertThrows(() => parse(given), ConfigError);
    assertEquals((error as Error).message, message);
    assertEquals(await startWith(given), [2, "", `tqq: ${message}`]);
  });
}

Deno.test("config: a token is no setting of a file, nor a flag", () => {
  for (
    const name of [
      "token",
      "secretKey",
      "onebotAccessToken",
      "onebotSecret",
    ] as const
  ) {
    assertEquals(spellingsOf(name).length, 1);
    const given = {
      args: ["--config", "c"],
      files: { c: JSON.stringify({ [name]: "s3cret" }) },
    };
    const error = assertThrows(() => parse(given), ConfigError) as Error;
    assert(!error.message.includes("s3cret"));
  }
});

Deno.test("config: qq-server takes its own flags, and a file made for serve", () => {
  const files = { c: `{"retainDays": 3, "qqListen": "127.0.0.1:0"}` };
  const config = parse({ args: ["--config", "c"], files }, "qq-server");
  assertEquals(config.qqListen, [{ host: "127.0.0.1", port: 0 }]);
  for (const args of [["--listen", "127.0.0.1:0"], ["--qq-listen", "off"]]) {
    assertThrows(() => parse({ args }, "qq-server"), ConfigError);
  }
});

Deno.test("config: shows each setting with its source, and no secret", () => {
  const config = parseConfig(
    "serve",
    sourcesOf({
      args: [
        "--config",
        "c",
        "--allow-origin",
        "http://a",
        "--allow-origin=http://b",
      ],
      env: {
        TQQ_TOKEN: "a-secret-of-sixteen",
        TQQ_RETAIN_DAYS: "3",
        TQQ_HOOK: "https://h.example/?token=q",
      },
      files: { c: JSON.stringify({ retainBytes: "5MB", logLevel: "warn" }) },
    }),
  );
  assert(!("asked" in config));
  const { shown } = config;
  const of = (name: string) => {
    const { value, from } = shown.find((one) => one.name === name)!;
    return [value, from];
  };
  assertEquals(shown.map(({ name }) => name), Object.keys(OPTIONS));
  assertEquals(of("listen"), ["127.0.0.1:8080", "default"]);
  assertEquals(of("allowOrigin"), ["http://a, http://b", "flag"]);
  assertEquals(of("retainDays"), ["3", "environment"]);
  assertEquals(of("retainBytes"), ["5MB", "file"]);
  assertEquals(of("logLevel"), ["warn", "file"]);
  assertEquals(of("data"), ["", "default"]);
  assertEquals(of("memory"), ["false", "default"]);
  assertEquals(of("token"), ["set", "environment"]);
  assertEquals(of("secretKey"), ["not set", "default"]);
  assertEquals(of("hook"), ["set", "environment"]);
});

Deno.test("config: help and version are asked for", () => {
  for (
    const [args, asked] of [
      [["--help"], "help"],
      [["--memory", "-h"], "help"],
      [["--version"], "version"],
    ] as const
  ) {
    assertEquals(parseConfig("serve", sourcesOf({ args: [...args] })), {
      asked,
    });
  }
});

Deno.test("config: the three spellings of each option set the same", () => {
  const samples: Record<string, string> = {
    listen: "127.0.0.1:7",
    upstream: "http://x/",
    qqListen: "127.0.0.1:7",
    data: "d",
    allowOrigin: "http://x",
    basePath: "/tqq",
    retainDays: "3",
    retainBytes: "5MB",
    loginsPerSecond: "7",
    qqAllowOrigin: "https://example.org",
    qqSendGapMs: "7",
    qqPenaltyMs: "7",
    qqRefusedCode: "3",
    qqNull: "empty",
    onebotReverse: "10001=ws://127.0.0.1:5140/onebot",
    onebotReconnectMs: "7",
    onebotPost: "http://127.0.0.1:5140/post",
    hook: "http://127.0.0.1:5140/post",
    hookEvents: "account",
    allowTarget: "127.0.0.1",
    logLevel: "debug",
    logFormat: "json",
  };
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (option.sources.length < 3 || /^(tls|cluster)/.test(name)) continue;
    const sample = samples[name] ?? "true";
    const [flag, variable] = spellingsOf(name as keyof typeof OPTIONS);
    const byFlag = parse({ args: [`${flag}=${sample}`] });
    assertEquals(parse({ env: { [variable!]: sample } }), byFlag, name);
    assertEquals(
      parse({
        args: ["--config", "c"],
        files: { c: JSON.stringify({ [name]: sample }) },
      }),
      byFlag,
      name,
    );
    assert(JSON.stringify(byFlag) !== JSON.stringify(parse({})), name);
  }
});

Deno.test("checkDemo(): rejects the demo password while a listener is reachable from other hosts", () => {
  const open = ["--listen", "0.0.0.0:1", "--behind-proxy"];
  const cases: [args: string[], command: "serve" | "qq-server", no: boolean][] =
    [
      [[], "serve", false],
      [open, "serve", true],
      [["--qq-listen", "0.0.0.0:1"], "serve", true],
      [["--qq-listen", "0.0.0.0:1"], "qq-server", true],
      [["--qq-listen", "127.9.9.9:1"], "qq-server", false],
    ];
  for (const [args, command, no] of cases) {
    const config = parse({ args }, command);
    assertEquals(isExposed(config), no);
    checkDemo(config, []);
    if (no) {
      const error = assertThrows(
        () => checkDemo(config, ["10001"]),
        ConfigError,
      );
      assert((error as Error).message.includes("10001"));
    } else checkDemo(config, ["10001"]);
  }
});

Deno.test("config: --cluster names servers, and needs an upstream, a folder and a secret key", () => {
  const node = ["--cluster", "nats://127.0.0.1:4222,tls://nats.example:4222"];
  const upstream = ["--upstream", "http://x/"];
  const env = { TQQ_SECRET_KEY: "0123456789abcdef" };
  const more = [
    "--cluster-name=qq",
    "--cluster-edge",
    "--cluster-log-bytes=9GB",
  ];
  assertEquals(parse({ args: [...node, ...upstream, ...more], env }).cluster, {
    servers: ["nats://127.0.0.1:4222", "tls://nats.example:4222"],
    name: "qq",
    isEdge: true,
    credentialsFile: undefined,
    logHours: 72,
    logBytes: 9e9,
  });
  const cases: [Given, string][] = [
    [{ args: node, env }, "needs --upstream"],
    [{ args: [...node, ...upstream] }, "needs TQQ_SECRET_KEY"],
    [{ args: [...node, ...upstream, "--memory"], env }, "with --memory"],
    [
      { args: [...node, "--upstream", "tcp://x:1"], env },
      "needs an --upstream",
    ],
    [{ args: ["--cluster", "nats://nats.example:4222"] }, "tls://HOST:PORT"],
    [{ args: ["--cluster-edge"] }, "set together with --cluster"],
    [{ args: ["--cluster-name", "a.b"] }, "letters"],
  ];
  for (const [given, message] of cases) {
    assertThrows(() => parse(given), ConfigError, message);
  }
});

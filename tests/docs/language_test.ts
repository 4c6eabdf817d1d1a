import { assertEquals } from "../deps.ts";

const root = new URL("../../", import.meta.url);

/** Files and folders whose language is checked. */
const REWRITTEN: readonly string[] = [
  "CHANGELOG.md",
  "README.md",
  "README.zh-CN.md",
  "bridge/ARCHITECTURE.md",
  "bridge/README.md",
  "bridge/README.zh-CN.md",
  "bridge/access/",
  "bridge/cli/",
  "bridge/commands/",
  "bridge/compose.ts",
  "bridge/config/",
  "bridge/console/",
  "bridge/core/",
  "bridge/deps.ts",
  "bridge/deps_node.ts",
  "bridge/edge/",
  "bridge/endpoint/",
  "bridge/errors/",
  "bridge/gateway/",
  "bridge/hook/",
  "bridge/http_server/",
  "bridge/hub/",
  "bridge/inbox/",
  "bridge/journal/",
  "bridge/main.ts",
  "bridge/mod.ts",
  "bridge/onebot/README.md",
  "bridge/onebot/account_state_filter.ts",
  "bridge/onebot/actions/",
  "bridge/onebot/connection.ts",
  "bridge/onebot/connection_options.ts",
  "bridge/onebot/endpoint.ts",
  "bridge/onebot/events.ts",
  "bridge/onebot/frames.ts",
  "bridge/onebot/message.ts",
  "bridge/onebot/message_id.ts",
  "bridge/onebot/outbound/",
  "bridge/onebot/retcodes.ts",
  "bridge/onebot/route.ts",
  "bridge/ops/",
  "bridge/people/",
  "bridge/satori/",
  "bridge/schemas/",
  "bridge/sqlite/",
  "bridge/std.d.ts",
  "bridge/storage/",
  "bridge/targets/",
  "bridge/upstream/",
  "bridge/version.ts",
  "bridge/ws.d.ts",
  "lib/",
  "mod.ts",
  "tests/README.md",
  "tests/bench/",
  "tests/bridge/README.md",
  "tests/bridge/access/",
  "tests/bridge/cli/",
  "tests/bridge/commands/",
  "tests/bridge/config/",
  "tests/bridge/core/",
  "tests/bridge/edge_instances_test.ts",
  "tests/bridge/edge_signals_test.ts",
  "tests/bridge/edge_test.ts",
  "tests/bridge/endpoint/",
  "tests/bridge/onebot/",
  "tests/bridge/satori/",
  "tests/bridge/gateway/",
  "tests/bridge/hook/",
  "tests/bridge/http_server/",
  "tests/bridge/hub/",
  "tests/bridge/inbox/",
  "tests/bridge/journal/",
  "tests/bridge/ops/",
  "tests/bridge/people/",
  "tests/bridge/schemas/",
  "tests/bridge/sqlite/",
  "tests/bridge/storage/",
  "tests/bridge/upstream/",
  "tests/bridge/targets/",
  "tests/console/",
  "tests/contract/",
  "tests/deps.ts",
  "tests/dialects/",
  "tests/docs/",
  "tests/e2e/",
  "tests/examples/",
  "tests/faults/",
  "tests/lib/",
  "tests/packaging/",
  "tests/property/",
  "tests/proxies/",
  "tests/runtimes/",
  "tests/soak/",
  "tests/std/",
  "tests/support/",
  "tests/timing/",
  "tests/vectors/",
];

/** Maximum numbers of doc comments of three words or fewer, and of those that only say "See ...". */
const MAX_SHORT = 20;
const MAX_SEE = 5;

/** Words that the project does not use, and the terms to use instead. */
const WORDS: readonly [word: RegExp, instead: string][] = [
  [
    /\b(told|tells|whoever|whom|besides)\b/i,
    "send, return, report; client, user; also",
  ],
  [/\bdoes not hold\b|\bis none of\b/, "is invalid, is not"],
  [/\bgot it\b|\bgot another\b/, "name the value, or leave it out"],
  [/\boff loopback\b/, "reachable from other hosts"],
  [/\bsigns? of life\b/, "keep-alive"],
  [
    /\b(Front|FrontOptions|FrontAddress)\b/,
    "HttpServer, HttpServerOptions, ListenOptions",
  ],
  [/\b(Door|DoorOptions)\b/, "AcceptWatchdog"],
  [/\b(Seats?|TakenSeat)\b/, "ConnectionQuota, ConnectionSlot"],
  [/\b(Visitor|Visit|VisitLog|LoggedVisit)\b/, "ConnectionInfo, ConnectionLog"],
  [/\b(Peer|Admission)\b/, "SocketHandler, AcceptedUpgrade"],
  [/\bAccessRules\b/, "HostPolicy"],
  [/\b(Asker|NOBODY)\b/, "RequestContext, UNKNOWN_PROFILE"],
  [/\b(startBehind|runBehind)\b/, "resumeAt, readNext"],
  [/\b(ConsumerRoom|Watchers)\b/, "ConsumerQuota, CommitListeners"],
  [
    /\b(ActRunner|KeyedCommand|actOf|untilAnswered)\b/,
    "CommandExecutor, IdempotencyRecord",
  ],
  [
    /\b(Administrator|AccountKeeper|Management)\b/,
    "AccountService, TokenService",
  ],
  [
    /\b(OnlineNews|LineNews|LineEnd|LinesOptions)\b/,
    "AccountStateFilter, DeliveryNotice",
  ],
  [/\b(Measures|ChannelMeasures|SILENT)\b/, "MetricsRecorder, NO_METRICS"],
  [/\b(serveBridge|startGateway|Closing)\b/, "composeBridge, Shutdown"],
  [
    /\b(PATIENCE_MS|FAREWELL_MS|ALIVE_PART)\b/,
    "WAIT_TIMEOUT_MS, CLOSE_TIMEOUT_MS, KEEP_ALIVE_FRACTION",
  ],
];

const { stdout } = await new Deno.Command("git", {
  args: ["ls-files", "mod.ts", "lib", "bridge", "tests", "*.md"],
  cwd: root,
}).output();
const files = new TextDecoder().decode(stdout).trim().split("\n")
  .filter((file) => /\.(tsx?|md)$/.test(file))
  .filter((file) => !/zh-CN|texts_zh|language_test/.test(file))
  .filter((file) => REWRITTEN.some((start) => file.startsWith(start)));
const texts = await Promise.all(
  files.map(async (file) =>
    [file, await Deno.readTextFile(new URL(file, root))] as const
  ),
);

Deno.test("language: every text uses the project's terms", () => {
  const wrong: string[] = [];
  for (const [file, text] of texts) {
    for (const [index, line] of text.split("\n").entries()) {
      for (const [word, instead] of WORDS) {
        const found = word.exec(line)?.[0];
        if (found !== undefined) {
          wrong.push(`${file}:${index + 1}: "${found}": write ${instead}`);
        }
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("language: doc comments say something", () => {
  const docs = texts.filter(([file]) => /^(mod|lib|bridge).*\.tsx?$/.test(file))
    .flatMap(([file, text]) =>
      [...text.matchAll(/\/\*\*(.*?)\*\//gs)].map(([, doc]) =>
        `${file}: ${
          doc!.replaceAll(/^\s*\*/gm, " ").replaceAll(/\s+/g, " ").trim()
        }`
      )
    );
  const short = docs.filter((doc) =>
    doc.slice(doc.indexOf(":") + 2).replace(/@(module|default).*$/, "").trim()
      .split(" ")
      .length <= 3
  );
  const see = docs.filter((doc) =>
    /: See (the module|\{@linkcode [^}]+\})\.?$/.test(doc)
  );
  if (short.length > MAX_SHORT) assertEquals(short, []);
  if (see.length > MAX_SEE) assertEquals(see, []);
});

import { assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

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
  .filter((file) => !/zh-CN|texts_zh|language_test/.test(file));
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
  assertEquals(short, []);
  assertEquals(see, []);
});

/** Texts of the documents in English. @module */

export const EN = {
  docs: "Docs",
  sections: "Sections",
  begin: "Getting started",
  commands: "Commands",
  events: "Events",
  errors: "Errors",
  closeCodes: "Close codes",
  limits: "Limits",
  noDocuments: "The documents of the bridge cannot be loaded.",
  beginText:
    "Programs use the bridge over a WebSocket, over HTTP, or as a bot framework does. The addresses below are those of this bridge.",
  beginToken:
    "Create a token on the page Tokens and put it into the environment variable TQQ_TOKEN, or in place of TOKEN.",
  runDeno:
    "Save it as bot.ts, then: deno run --allow-net --allow-env --allow-import bot.ts",
  runNode: "Node 22 or later. Save it as bot.mjs, then: node bot.mjs",
  runBrowser:
    "A module of a page. If the page has another origin, start the bridge with --allow-origin and that origin.",
  runCurl: "Each command is a POST request to {base}/api/NAME.",
  runStream:
    "Events as server-sent events. Send the last id as Last-Event-ID to continue.",
  runKoishi:
    "In koishi.yml, with the adapter installed by: npm install @koishijs/plugin-adapter-satori@npm:@satorijs/adapter-satori",
  runNoneBot: "OneBot 11, in .env. One address for each account.",
  runSatori: "Each method is a POST request to {base}/satori/v1/NAME.",
  commandsText:
    "Each command is a frame over the WebSocket, a POST request, and a method of BridgeClient. A name with ? may be left out.",
  scope: "scope {scope}",
  needsAccount: "for one account",
  takesAccount: "for one account or all",
  tryIt: "Try it",
  params: "params",
  result: "result",
  eventsText:
    "Each event has seq, at, account, event and data. A subscription names events, or what precedes their dot.",
  showEvents: "Show these events",
  errorsText:
    "A failed command returns a code, a message for people, and whether the same command can succeed later. Branch on the code.",
  retriable: "retriable",
  notRetriable: "not retriable",
  closeCodesText:
    "The bridge closes a WebSocket with one of these codes. BridgeClient connects again where that can help.",
  reconnect: "connect again",
  noReconnect: "do not connect again",
  limitsText: "The limits of this bridge.",
  limitFrameBytes: "Bytes of a frame.",
  limitFragments: "Fragments of a frame.",
  limitJsonDepth: "Depth of the JSON of a frame.",
  limitCommandsPerMinute: "Commands a minute, of a connection or a token.",
  limitHelloMs: "Time for the first frame, in milliseconds.",
  limitPingMs: "Time between two pings of the bridge, in milliseconds.",
  limitPongMs: "Time for the answer to a ping, in milliseconds.",
  limitBufferedBytes:
    "Bytes that wait for a client; beyond them nothing more is sent until it reads.",
  limitUnacked: "Events that a consumer may have without acknowledging them.",
  limitStallMs:
    "Time without progress after which a reader is closed, in milliseconds.",
  limitHeadMs: "Time for the head of a request, in milliseconds.",
  limitConnections: "Open connections, streams of events included.",
  limitConnectionsPerToken: "Open connections with one token.",
} as const;

import * as client from "../../mod.ts";
import * as server from "../../lib/server/mod.ts";
import * as bridge from "../../bridge/mod.ts";
import * as metrics from "../../bridge/metrics.ts";
import { assertEquals } from "@std/assert";

/**
 * What the entries export, types aside. A name that goes away breaks who uses
 * it: a change here wants a new version.
 */
const EXPORTS: readonly [entry: string, module: object, names: string[]][] = [
  ["mod.ts", client, [
    "ACCOUNT_STATES",
    "ACK_ANSWERS",
    "ADD_ANSWERS",
    "ANIMALS",
    "BLOOD_TYPES",
    "BridgeClient",
    "BridgeCommandMethods",
    "BridgeError",
    "CLIENT_ERRORS",
    "CLOSE_CODES",
    "COMMANDS",
    "COMMAND_SCOPES",
    "CONNECTION_KINDS",
    "DEFAULT_LIMITS",
    "EPOCH_PATTERN",
    "ERROR_CODES",
    "EVENT_NAMES",
    "FRAME_PROTOCOL",
    "FetchTransport",
    "LABELS",
    "LICENCE",
    "LineTransport",
    "MAIL_POLICY",
    "MAIL_TYPES",
    "MAX_HISTORY_EVENTS",
    "MAX_MESSAGE_CHARACTERS",
    "MAX_SHORT_TEXT_CHARACTERS",
    "MalformedError",
    "NAME_PATTERN",
    "POSITION_PATTERN",
    "Pacer",
    "QQ_NUMBER_PATTERN",
    "QqClient",
    "QqError",
    "RESPONSE_BYTES",
    "RESULTS",
    "SCOPES",
    "SEXES",
    "STATUSES",
    "SUBPROTOCOL",
    "TARGET_ERROR_CODES",
    "TARGET_KINDS",
    "TARGET_STATES",
    "TransportError",
    "VERSIONS",
    "ZODIAC",
    "avatarPicture",
    "decodeCommand",
    "decodeReply",
    "encodeCommand",
    "encodeReply",
    "formatPosition",
    "isQqNumber",
    "isRetriable",
    "matchesEvent",
    "md5Hex",
    "parsePosition",
  ]],
  ["lib/server/mod.ts", server, [
    "ANIMALS",
    "BLOOD_TYPES",
    "COMMANDS",
    "DEMO_PASSWORD",
    "Faults",
    "LIMITS",
    "MemoryStore",
    "SEXES",
    "STATUSES",
    "ZODIAC",
    "addDemo",
    "createServer",
    "drawCaptcha",
    "echo",
    "systemClock",
  ]],
  ["bridge/mod.ts", bridge, ["SCOPES", "createBridge"]],
  ["bridge/metrics.ts", metrics, ["createMetrics"]],
];

for (const [entry, module, names] of EXPORTS) {
  Deno.test({
    name: `${entry} exports these names and no others`,
    permissions: "none",
    fn: () => assertEquals(Object.keys(module).sort(), names),
  });
}

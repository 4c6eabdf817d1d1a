import { EVENT_EXAMPLES } from "../../support/event_examples.ts";
import { COMMAND_EXAMPLES } from "../../support/command_examples.ts";
import {
  ACCOUNT_STATES,
  CLOSE_CODES,
  COMMAND_SCOPES,
  DEFAULT_LIMITS,
  ERROR_CODES,
  EVENT_NAMES,
  FRAME_PROTOCOL,
  SUBPROTOCOL,
} from "../../../mod.ts";
import { assertEquals } from "@std/assert";

const permissions = "none";

/** Clients rely on each of these: a change is another version of the frame protocol. */
const TABLES: readonly [name: string, actual: unknown, expected: unknown][] = [
  ["version and subprotocol", [FRAME_PROTOCOL, SUBPROTOCOL], [1, "tqq.v1"]],
  [
    "close codes, and whether to connect again",
    Object.entries(CLOSE_CODES).map(([code, { reconnect }]) => [
      Number(code),
      reconnect,
    ]),
    [
      [1000, false],
      [1001, true],
      [1003, false],
      [1008, false],
      [1009, false],
      [1011, true],
      [1012, true],
      [1013, true],
      [4000, false],
      [4001, false],
      [4003, false],
      [4008, true],
      [4009, false],
    ],
  ],
  ["error codes, and whether to try again", ERROR_CODES, {
    not_logged_in: true,
    login_refused: false,
    invalid_uin: false,
    penalised: true,
    rejected: false,
    malformed_reply: false,
    unreachable: true,
    timeout: true,
    outcome_unknown: false,
    bad_frame: false,
    unknown_command: false,
    bad_params: false,
    forbidden: false,
    unknown_account: false,
    already_exists: false,
    overloaded: true,
    internal: false,
  }],
  [
    "commands, and the scope of each",
    COMMAND_SCOPES,
    Object.fromEntries(
      Object.entries(COMMAND_EXAMPLES).map((
        [name, { scope }],
      ) => [name, scope]),
    ),
  ],
  ["events", [...EVENT_NAMES].sort(), Object.keys(EVENT_EXAMPLES).sort()],
  ["states of an account", ACCOUNT_STATES, [
    "offline",
    "connecting",
    "online",
    "penalised",
    "refused",
    "replaced",
  ]],
  ["limits unless others are set", DEFAULT_LIMITS, {
    frameBytes: 65_536,
    fragments: 16,
    jsonDepth: 32,
    commandsPerMinute: 120,
    helloMs: 10_000,
    pingMs: 25_000,
    pongMs: 8000,
    bufferedBytes: 262_144,
    unacked: 256,
  }],
];

for (const [name, actual, expected] of TABLES) {
  Deno.test({
    name: `frames: ${name}`,
    permissions,
    fn: () => assertEquals(actual, expected),
  });
}

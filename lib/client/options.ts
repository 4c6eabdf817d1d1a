/** How a client is made. @module */

import { type Clock, systemClock } from "../clock.ts";
import { md5Hex } from "../md5.ts";
import {
  LATER_LICENCES,
  LICENCE,
  type Status,
  STATUSES,
  type Version,
  VERSIONS,
} from "../protocol/codes.ts";
import { shown } from "../protocol/fields.ts";
import { isQqNumber } from "../protocol/qq_number.ts";
import type { MailTimes } from "./mail.ts";
import type { ClientStatus } from "./status.ts";
import { type Connect, LineTransport } from "./line_transport.ts";
import { FetchTransport, type Transport } from "./transport.ts";

/**
 * How a `QqClient` is made: a number, a password or its hash, and a way to the server.
 *
 * @category QQ client
 */
export interface QqClientOptions {
  /** QQ number of the account. */
  uin: string;
  /** The password. Only its MD5 is kept. Either this or `passwordMd5`. */
  password?: string;
  /** The password's MD5, 32 hex digits. */
  passwordMd5?: string;
  /**
   * URL of the QQ server.
   *
   * @default {"http://127.0.0.1:8000/"}
   */
  endpoint?: string | URL;
  /**
   * What sends the requests to the endpoint.
   *
   * @default {globalThis.fetch}
   */
  fetch?: typeof fetch;
  /**
   * Carries the requests, instead of `endpoint` and `fetch`. The client does
   * not close it: it may serve others. Or `"tcp"`: the requests are lines on a TCP connection to the host and port
   * of `endpoint`, and `mail()` yields what is pushed there, without polls. The
   * server must speak lines, as the embedded one does.
   */
  transport?: Transport | "tcp";
  /** Opens the connections of `transport: "tcp"`. @default {Deno.connect} */
  connect?: Connect;
  /**
   * Returns the text in the picture, a PNG, that a server wants before it logs
   * the account in. Without it such a login is refused.
   */
  captcha?: (png: Uint8Array) => Promise<string> | string;
  /** Source of time and timers; tests pass a fake. @default {the machine's clock} */
  clock?: Clock;
  /** Random numbers in [0, 1), for jitter and the first SEQ. @default {Math.random} */
  random?: () => number;
  /**
   * How long an answer may take, in milliseconds. A penalty answer comes after
   * 20 to 30 s.
   *
   * @default {35000}
   */
  timeoutMs?: number;
  /** The least time between two polls of `mail()`, in milliseconds. @default {1000} */
  pollMinMs?: number;
  /** Longest wait between polls, in milliseconds; less if the server wants a keep-alive sooner. @default {15000} */
  pollMaxMs?: number;
  /**
   * How long the server is asked to hold the answer to a poll while there is
   * no mail, in seconds; 0 never asks.
   *
   * @default {25}
   */
  waitSeconds?: number;
  /** How long `mail()` pauses after a RES=3, in milliseconds. @default {20000} */
  penaltyMs?: number;
  /** The version of the protocol. @default {"1.1"} */
  version?: Version;
  /** The licence code of the client program. @default {the one of the version} */
  licence?: string;
  /**
   * The presence that friends are shown from the first login on. Each login
   * sets it before the client is `online`; `setStatus` changes it.
   *
   * @default {"online"}
   */
  presence?: Status;
  /** Called on each change of the status. Must not throw. */
  onStatus?: (status: ClientStatus) => void;
}

/** The options, checked and completed. */
export interface Settings {
  uin: string;
  passwordMd5: string;
  captcha: QqClientOptions["captcha"];
  transport: Transport;
  ownsTransport: boolean;
  clock: Clock;
  random: () => number;
  timeoutMs: number;
  times: MailTimes;
  version: Version;
  licence: string;
  presence: Status;
  /** The Tqq-Session of all its requests: who knows it can act for the account. */
  session: string;
  onStatus: ((status: ClientStatus) => void) | undefined;
}

/** Where the embedded server listens for clients of 2005. */
const ENDPOINT = "http://127.0.0.1:8000/";

/** The longest time-out or wait: what timers can take. */
const LONGEST_MS = 2_147_483_647;

/** Longest that a server may be asked to hold an answer. */
const LONGEST_WAIT_SECONDS = 3600;

/** Checks and completes the options. Throws TypeError and RangeError. */
export function settingsOf(options: QqClientOptions): Settings {
  const { endpoint = ENDPOINT, transport, uin, version = "1.1" } = options;
  const { presence = "online" } = options;
  if (!isQqNumber(uin)) {
    throw new TypeError(
      `Cannot make a client: uin must be a QQ number of 1 to 20 digits as a string, got ${
        shown(uin)
      }`,
    );
  }
  if (!VERSIONS.includes(version)) {
    throw new RangeError(
      `Cannot make a client: version must be one of ${
        VERSIONS.join(", ")
      }, got ${shown(version)}`,
    );
  }
  if (!Object.hasOwn(STATUSES, presence)) {
    throw new RangeError(
      `Cannot make a client: presence must be one of ${
        Object.keys(STATUSES).join(", ")
      }, got ${shown(presence)}`,
    );
  }
  return {
    uin,
    passwordMd5: hashOf(options),
    captcha: options.captcha,
    transport: transport === undefined
      ? new FetchTransport(endpoint, options)
      : transport === "tcp"
      ? new LineTransport(endpoint, options)
      : transport,
    ownsTransport: transport === undefined || transport === "tcp",
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    timeoutMs: amount(options, "timeoutMs", 35_000, 1),
    times: {
      pollMinMs: amount(options, "pollMinMs", 1000, 1),
      pollMaxMs: amount(options, "pollMaxMs", 15_000, 1),
      waitSeconds: amount(options, "waitSeconds", 25, 0),
      penaltyMs: amount(options, "penaltyMs", 20_000, 0),
    },
    version,
    licence: options.licence ??
      (version === "1.4" ? LATER_LICENCES[0] : LICENCE),
    presence,
    session: crypto.randomUUID(),
    onStatus: options.onStatus,
  };
}

/** Never shows what it got. */
function hashOf({ password, passwordMd5 }: QqClientOptions): string {
  if ((password === undefined) === (passwordMd5 === undefined)) {
    throw new TypeError(
      "Cannot make a client: exactly one of password and passwordMd5 must be given",
    );
  }
  if (password !== undefined) return md5Hex(password);
  if (!/^[0-9a-f]{32}$/i.test(passwordMd5!)) {
    throw new TypeError(
      "Cannot make a client: passwordMd5 must be 32 hex digits",
    );
  }
  return passwordMd5!.toLowerCase();
}

function amount(
  options: QqClientOptions,
  name: "timeoutMs" | "pollMinMs" | "pollMaxMs" | "waitSeconds" | "penaltyMs",
  standard: number,
  least: number,
): number {
  const value = options[name] ?? standard;
  const most = name === "waitSeconds" ? LONGEST_WAIT_SECONDS : LONGEST_MS;
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new RangeError(
      `Cannot make a client: ${name} must be ${least} to ${most}, got ${value}`,
    );
  }
  return name === "waitSeconds" ? Math.floor(value) : value;
}

/** How a server and its accounts are made. @module */

import type { Clock } from "../clock.ts";
import type { Faults } from "./faults.ts";
import type { Captcha } from "./rules/captchas.ts";
import type { LoginDelayOptions, LoginRefusal } from "./rules/login_delays.ts";
import type { Limits } from "./limits.ts";
import type { Robot } from "./robots.ts";
import type { Policy, ProfileDetails, Store } from "./store/store.ts";

/**
 * How a server is made.
 *
 * @category Server
 */
export interface ServerOptions {
  /**
   * Where accounts, friends and mail are kept. Who made it closes it, after
   * the server.
   *
   * @default {new MemoryStore()}
   */
  store?: Store;
  /**
   * Source of time and timers; tests pass a fake.
   *
   * @default {systemClock}
   */
  clock?: Clock;
  /**
   * Least time in milliseconds between two CLTMSG of an account, and likewise
   * two Change_Stat and two Ack_AddToList. Faster gets RES=3. 0: no pacing.
   *
   * @default {800}
   */
  sendGapMs?: number;
  /**
   * How many of each an account may do at once, before that time counts. One
   * comes back each time. VER=1.4 has no pace.
   *
   * @default {5}
   */
  sendBurst?: number;
  /**
   * How late, in milliseconds, RES=3 comes to who was too fast or repeats; to
   * DelFromList 1.5 times as late.
   *
   * @default {20000}
   */
  penaltyMs?: number;
  /**
   * HI of Login, in seconds. It is sent to clients and has no other effect.
   *
   * @default {60}
   */
  heartbeatSeconds?: number;
  /**
   * LI of Login: after so many seconds without a request a session lapses.
   *
   * @default {300}
   */
  idleSeconds?: number;
  /**
   * The CD of an AddToList reply that says that nobody may add: 2 in the later
   * description, 3 in the earlier.
   *
   * @default {2}
   */
  refusedCode?: 2 | 3;
  /**
   * Whether asking to be added works only the second time, the first getting
   * RES=3: a fault of the server of 2005.
   *
   * @default {false}
   */
  ackTwice?: boolean;
  /**
   * Whether a message that holds a small letter h gets NULL: a fault of the
   * server of 2005.
   *
   * @default {false}
   */
  smallH?: boolean;
  /**
   * Whether NULL closes the connection, as the old server did, or is a reply
   * with an empty body. What is malformed as HTTP or beyond a limit is closed in
   * either case, and a connection of lines gets no answer.
   *
   * @default {"close"}
   */
  nullAnswer?: "close" | "empty";
  /**
   * The picture that a Login of VER=1.4 must be read from, by number; undefined:
   * none is needed. {@linkcode drawCaptcha} makes one.
   *
   * @default none
   */
  captcha?: (uin: string) => Captcha | undefined;
  /**
   * Whether replies to refused logins are delayed: 250 ms, doubling to 5 s, by
   * address and by number, forgotten after 10 minutes. Logins with the right
   * password have no such delay.
   *
   * @default {false}
   */
  loginDelay?: boolean | LoginDelayOptions;
  /** Called for each login that is refused because of its number or password. Must not throw. */
  onLoginRefused?: (refusal: LoginRefusal) => void;
  /**
   * Origins of the web pages that may use `fetch` and `listen`, such as
   * `https://example.org`; there is no wildcard. A request with any other
   * `Origin` gets NULL, because a session of old clients needs no secret: every
   * page could act for an account that is logged in on its visitor's machine.
   *
   * @default none
   */
  allowOrigins?: readonly string[];
  /** Accounts that code answers for, by number; each needs an account too. */
  robots?: Readonly<Record<string, Robot>>;
  /** Scripted misbehaviour, for tests. */
  faults?: Faults;
  /** Bounds other than the usual ones. */
  limits?: Partial<Limits>;
  /**
   * Called with unexpected errors: a store that does not commit, a robot
   * that throws. The requests concerned get NULL.
   */
  onError?: (error: unknown) => void;
}

/**
 * Options of a new account.
 *
 * @category Server
 */
export interface AccountOptions {
  /** The QQ number: 10000 or above, at most 20 digits. */
  uin: string;
  /** MD5 of the password, 32 lower-case hex digits. */
  passwordMd5: string;
  /**
   * Nickname of the account.
   *
   * @default {uin}
   */
  nickname?: string;
  /**
   * Who may add it as a friend.
   *
   * @default {"verify"}
   */
  policy?: Policy;
  /** What it says about itself. */
  profile?: ProfileDetails;
  /** Accounts that become its friends, and it theirs. */
  friends?: readonly string[];
}

/**
 * Fields of an account to change; absent fields stay.
 *
 * @category Server
 */
export interface AccountChanges {
  /** New nickname of the account. */
  nickname?: string;
  /** Who may add it as a friend. */
  policy?: Policy;
  /** What it says about itself, in whole. */
  profile?: ProfileDetails;
}

/** What the commands work on. @module */

import type { Clock } from "../../clock.ts";
import type { Status } from "../../protocol/codes.ts";
import type { Batches } from "../store/batches.ts";
import type { Bindings } from "./bindings.ts";
import type { Captchas } from "./captchas.ts";
import type { Limits } from "../limits.ts";
import type { LoginDelays } from "./login_delays.ts";
import type { LoginPace } from "./login_pace.ts";
import type { Penalties, SendPace } from "./penalties.ts";
import type { PollKeys } from "./poll_keys.ts";
import type { Polls } from "./polls.ts";
import type { Robots } from "../robots.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "../store/store.ts";

/** How the server behaves where that can be chosen. */
export interface Rules {
  /** Least time between two accepted CLTMSG, Change_Stat or Ack_AddToList of an account. */
  sendGapMs: number;
  /** How many are accepted at once, before the gap counts. */
  sendBurst: number;
  /** How late RES=3 comes. */
  penaltyMs: number;
  /** HI of Login, in seconds. */
  heartbeatSeconds: number;
  /** LI of Login: a session without a request for so long lapses. */
  idleSeconds: number;
  /** The CD of AddToList that says that nobody may add. */
  refusedCode: 2 | 3;
  /** Whether asking to be added works only the second time. */
  ackTwice: boolean;
  /** Whether a message that holds a small letter h gets NULL. */
  smallH: boolean;
}

/** The server's parts, as the commands see them. */
export interface State {
  /** What outlives a restart. */
  readonly store: Store;
  /** The way to change it. */
  readonly batches: Batches;
  /** Who is logged in. */
  readonly sessions: Sessions;
  /** Whose mail is pushed. */
  readonly bindings: Bindings;
  /** The logins that wait for the text of a picture. */
  readonly captchas: Captchas;
  /** Who waits for mail. */
  readonly polls: Polls;
  /** Which keys they had before. */
  readonly pollKeys: PollKeys;
  /** What was handed out with a key while the mailbox had nothing else, by account. */
  readonly marked: Map<string, { key: string; count: number }>;
  /** The late replies to refused logins. */
  readonly loginDelays: LoginDelays;
  /** When the next session of a number may be opened. */
  readonly loginPace: LoginPace;
  /** What friends last saw of the accounts that they do not see offline. */
  readonly sentStatuses: Map<string, Status>;
  /** The delayed replies of rate penalties. */
  readonly penalties: Penalties;
  /** How often each paced command is accepted. */
  readonly sendPace: SendPace;
  /** The accounts that code answers for. */
  readonly robots: Robots;
  /** Source of time and timers; tests pass a fake. */
  readonly clock: Clock;
  /** What can be chosen. */
  readonly rules: Rules;
  /** Limits of the server. */
  readonly limits: Limits;
}

/** Whether a mailbox takes no more. */
export function isMailboxFull(state: State, uin: string): boolean {
  return state.store.countMail(uin) >= state.limits.mailbox;
}

/** Whether a list takes no more friends. */
export function isListFull(state: State, uin: string): boolean {
  return state.store.countFriends(uin) >= state.limits.friends;
}

/** What each command does. @module */

import { defined } from "../../defined.ts";
import { type CommandName, RESULTS } from "../../protocol/codes.ts";
import type { Command } from "../../protocol/command.ts";
import type { Reply } from "../../protocol/reply.ts";
import type { ReplyHead } from "../../protocol/reply_types.ts";
import type { Batch } from "../store/batches.ts";
import { addToList, answerRequest, ask } from "./friendship.ts";
import { maxItemBytes, PAGE } from "../limits.ts";
import { endSession, seenStatus, sendPresence } from "./presence.ts";
import { fullProfile } from "./profiles.ts";
import type { Session } from "./sessions.ts";
import { isMailboxFull, type PacedCommand, type State } from "./state.ts";
import { type Account, compareUins } from "../store/store.ts";

type WithoutHead<R> = R extends unknown ? Omit<R, keyof ReplyHead> : never;

/** A reply without what it repeats of its request. */
export type Details = WithoutHead<Reply>;

/** What a command that acts has done. */
export interface Outcome {
  /** Fields of the reply. */
  details: Details;
  /** How late it comes, in milliseconds; absent: at once. */
  lateMs?: number;
}

/** The commands that change something, for which a key's answer is kept. */
export type WriteCommand = Extract<
  Command,
  {
    cmd:
      | "AddToList"
      | "Ack_AddToList"
      | "DelFromList"
      | "Change_Stat"
      | "CLTMSG";
  }
>;

/** The commands that only look. */
export type QueryCommand = Extract<
  Command,
  { cmd: "List" | "Query_Stat" | "GetInfo" | "Finger" }
>;

type Acts = {
  [C in WriteCommand["cmd"]]: (
    state: State,
    batch: Batch,
    session: Session,
    command: Extract<WriteCommand, { cmd: C }>,
  ) => Outcome;
};

type Looks = {
  [C in QueryCommand["cmd"]]: (
    state: State,
    command: Extract<QueryCommand, { cmd: C }>,
  ) => Details[];
};

/** RES=3, at once: nothing was too fast or repeated, it only cannot be. */
function impossible(cmd: CommandName): Outcome {
  return { details: { cmd, res: RESULTS.penalised } };
}

/** RES=3 after the delay of a rate penalty. */
export function penalised(state: State, cmd: CommandName): Outcome {
  const { penaltyMs } = state.rules;
  return {
    details: { cmd, res: RESULTS.penalised },
    lateMs: cmd === "DelFromList" ? penaltyMs * 1.5 : penaltyMs,
  };
}

/** Whether a paced command comes too early. */
function isTooFast(state: State, uin: string, cmd: PacedCommand): boolean {
  const last = state.paces.get(uin)?.[cmd];
  return last !== undefined &&
    state.clock.now() - last < state.rules.sendGapMs;
}

/** Notes that a paced command was accepted. */
function accept(
  state: State,
  batch: Batch,
  uin: string,
  cmd: PacedCommand,
): Outcome {
  let pace = state.paces.get(uin);
  if (pace === undefined) state.paces.set(uin, pace = {});
  const before = pace[cmd];
  pace[cmd] = state.clock.now();
  batch.undo(() => {
    if (before === undefined) delete pace[cmd];
    else pace[cmd] = before;
  });
  return { details: { cmd, res: RESULTS.ok } };
}

/** The commands that change something; each runs inside a transaction. */
const ACTS: Acts = {
  CLTMSG(state, batch, { uin }, { cmd, target, text }) {
    const { store, robots } = state;
    if (isTooFast(state, uin, cmd)) return penalised(state, cmd);
    if (!store.hasAccount(target)) return impossible(cmd);
    if (robots.has(target)) {
      if (isMailboxFull(state, uin)) return impossible(cmd);
      robots.tell(store, batch, target, uin, text, maxItemBytes(state.limits));
      return accept(state, batch, uin, cmd);
    }
    if (isMailboxFull(state, target)) return impossible(cmd);
    const known = target === uin || store.hasFriend(target, uin);
    batch.deliver(target, {
      type: known ? "message" : "stranger_message",
      from: uin,
      text,
    });
    return accept(state, batch, uin, cmd);
  },

  AddToList(state, batch, { uin }, { cmd, target }) {
    const answer = addToList(state, batch, uin, target);
    if (answer === undefined) return impossible(cmd);
    return { details: { cmd, res: RESULTS.ok, answer, target } };
  },

  Ack_AddToList(state, batch, session, { cmd, target, answer, reason }) {
    const { uin } = session;
    if (isTooFast(state, uin, cmd)) return penalised(state, cmd);
    if (answer === "ask" && state.rules.ackTwice) {
      if (session.askedOnce !== target) {
        session.askedOnce = target;
        return penalised(state, cmd);
      }
      delete session.askedOnce;
    }
    const done = answer === "ask"
      ? ask(state, batch, uin, target, reason)
      : answerRequest(state, batch, uin, target, answer, reason);
    return done ? accept(state, batch, uin, cmd) : impossible(cmd);
  },

  DelFromList(state, _batch, { uin }, { cmd, target }) {
    return state.store.removeFriend(uin, target)
      ? { details: { cmd, res: RESULTS.ok } }
      : penalised(state, cmd);
  },

  Change_Stat(state, batch, session, { cmd, status }) {
    if (isTooFast(state, session.uin, cmd)) return penalised(state, cmd);
    const before = session.status;
    session.status = status;
    batch.undo(() => session.status = before);
    sendPresence(state, batch, session.uin);
    return accept(state, batch, session.uin, cmd);
  },
};

/** The page of a list behind a number, and whether it is the last. */
function pageOf(
  uins: readonly string[],
  limit: number,
  after: string | undefined,
): { uins: string[]; complete: boolean } {
  const behind = after === undefined ? undefined : stripZeros(after);
  const rest = behind === undefined
    ? uins
    : uins.filter((uin) => compareUins(uin, behind) > 0);
  const page = rest.slice(0, Math.min(limit, PAGE));
  return { uins: page, complete: page.length === rest.length };
}

function stripZeros(uin: string): string {
  return uin.replace(/^0+(?=\d)/, "");
}

/** The commands that only look. */
const LOOKS: Looks = {
  List({ store }, { cmd, uin, limit = 0, after }) {
    if (limit === 0) return [{ cmd, res: 0, count: store.countFriends(uin) }];
    return [{ cmd, res: 0, ...pageOf(store.friends(uin), limit, after) }];
  },

  Query_Stat(state, { cmd, uin, limit = 0, after }) {
    const online = state.store.friends(uin)
      .filter((friend) => seenStatus(state, friend) !== "offline");
    if (limit === 0) {
      return [
        { cmd, res: 0, count: online.length },
        { cmd, res: 0, complete: true, friends: [] },
      ];
    }
    const { uins, complete } = pageOf(online, limit, after);
    const friends = uins.map((friend) => {
      const { nickname, profile } = state.store.account(friend)!;
      return {
        uin: friend,
        nickname,
        status: seenStatus(state, friend),
        face: profile.face ?? 0,
      };
    });
    return [{ cmd, res: 0, complete, friends }];
  },

  GetInfo({ store }, { cmd, target, level }) {
    const account = store.account(target);
    if (account === undefined) return [{ cmd, res: RESULTS.penalised }];
    return [{ cmd, res: 0, level, ...fullProfile(account, level) }];
  },

  Finger({ store }, { cmd, age, sex, province, extra }) {
    const after = extra?.UN === undefined ? undefined : stripZeros(extra.UN);
    const criteria = defined({ age, sex, province, after });
    const found = store.search(criteria, PAGE + 1);
    const people = found.slice(0, PAGE)
      .map(({ uin, nickname }: Account) => ({ uin, nickname }));
    return [{ cmd, res: 0, complete: found.length <= PAGE, people }];
  },
};

/** Does a command that changes something, inside a transaction. */
export function runWrite<C extends WriteCommand["cmd"]>(
  state: State,
  batch: Batch,
  session: Session,
  command: Extract<WriteCommand, { cmd: C }>,
): Outcome {
  return (ACTS[command.cmd as C] as Acts[C])(state, batch, session, command);
}

/** Does a command that only looks; Query_Stat without a limit has two replies. */
export function runQuery<C extends QueryCommand["cmd"]>(
  state: State,
  command: Extract<QueryCommand, { cmd: C }>,
): Details[] {
  return (LOOKS[command.cmd as C] as Looks[C])(state, command);
}

/** RA of a refused login, "login failed", as the old server said it. */
const LOGIN_FAILED = "登录失败";

/** The lowest number is 10000. */
const LEAST_UIN_DIGITS = 5;

/** Whether a number could be anybody's. */
function isPossible(uin: string): boolean {
  return stripZeros(uin).length >= LEAST_UIN_DIGITS;
}

/**
 * Logs in. The client that is logged in already keeps its
 * session and is online; any other client of the number is logged out, and
 * waits for its turn. Undefined if nobody is to be answered.
 */
export async function logIn(
  state: State,
  command: Extract<Command, { cmd: "Login" }>,
  holder: string,
  signal: AbortSignal,
): Promise<Details | undefined> {
  const { cmd, uin, passwordMd5 } = command;
  const { batches, loginPace, rules, sessions, store } = state;
  if (!isPossible(uin)) return { cmd, res: RESULTS.invalidUin };
  const isRight = () => isPassword(store.passwordMd5(uin), passwordMd5);
  const isHolder = () => sessions.get(uin)?.holder === holder;
  if (isRight()) {
    // A session whose time is over lapses here.
    sessions.touch(uin, holder);
    if (!await loginPace.wait(uin, signal, isHolder)) return undefined;
  }
  // Asked again, because the password can change while the login waits.
  if (!isRight()) {
    return { cmd, res: 0, loggedIn: false, reason: LOGIN_FAILED };
  }
  await batches.run((batch) => openSession(state, batch, uin, holder));
  const { heartbeatSeconds, idleSeconds } = rules;
  return { cmd, res: 0, loggedIn: true, heartbeatSeconds, idleSeconds };
}

function openSession(
  state: State,
  batch: Batch,
  uin: string,
  holder: string,
): void {
  const { polls, sessions } = state;
  const before = sessions.get(uin);
  if (before?.holder === holder) {
    const { status } = before;
    before.status = "online";
    batch.undo(() => before.status = status);
  } else {
    const session = sessions.open(uin, holder);
    batch.undo(() => {
      if (before === undefined) sessions.end(uin);
      else sessions.put(before);
    });
    batch.after(() => {
      if (sessions.get(uin) === session) {
        polls.end(uin, { type: "not_logged_in" });
      }
    });
  }
  sendPresence(state, batch, uin);
}

function isPassword(expected: string | undefined, given: string): boolean {
  const encoder = new TextEncoder();
  const a = encoder.encode(expected ?? "");
  const b = encoder.encode(given);
  if (a.length !== b.length || a.length === 0) return false;
  // No early exit: the time must not say how much of it is right.
  let difference = 0;
  a.forEach((byte, at) => difference |= byte ^ b[at]!);
  return difference === 0;
}

/** Logs out; always done, whether there was a session or not. */
export async function logOut(
  state: State,
  uin: string,
  holder: string,
): Promise<Details> {
  const session = state.sessions.touch(uin, holder);
  if (session !== undefined) {
    await state.batches.run((batch) => {
      if (state.sessions.get(uin) === session) endSession(state, batch, uin);
    });
  }
  return { cmd: "Logout", res: 0 };
}

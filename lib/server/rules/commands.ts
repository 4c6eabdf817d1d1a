/** What each command does. @module */

import { defined } from "../../defined.ts";
import {
  type CommandName,
  RESULTS,
  type Status,
} from "../../protocol/codes.ts";
import { isDigits } from "../../protocol/qq_number.ts";
import type { Command } from "../../protocol/command.ts";
import type { Reply } from "../../protocol/reply.ts";
import type { ReplyHead } from "../../protocol/reply_types.ts";
import type { Batch } from "../store/batches.ts";
import { addToList, answerRequest, ask } from "./friendship.ts";
import { LATER_PAGE, maxItemBytes, PAGE } from "../limits.ts";
import { seenStatus, sendPresence } from "./presence.ts";
import { fullProfile } from "./profiles.ts";
import type { Session } from "./sessions.ts";
import type { PacedCommand } from "./penalties.ts";
import { isMailboxFull, type State } from "./state.ts";
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
      | "Change_Stat2"
      | "CLTMSG";
  }
>;

/** The commands that only look. */
export type QueryCommand = Extract<
  Command,
  {
    cmd:
      | "List"
      | "Query_Stat"
      | "GetInfo"
      | "Finger"
      | "SimpleInfo2"
      | "Query_Stat2";
  }
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

/** Whether a paced command comes too early. VER=1.4 has no pace. */
function isTooFast(
  { sendPace }: State,
  { uin, ver }: { uin: string; ver?: string },
  cmd: PacedCommand,
): boolean {
  return ver !== "1.4" && sendPace.isTooFast(uin, cmd);
}

/** Notes that a paced command was accepted. */
function accept(
  { sendPace }: State,
  batch: Batch,
  { uin, ver }: { uin: string; ver?: string },
  cmd: PacedCommand,
): Outcome {
  if (ver !== "1.4") batch.undo(sendPace.accept(uin, cmd));
  return { details: { cmd, res: RESULTS.ok } };
}

/** The commands that change something; each runs inside a transaction. */
const ACTS: Acts = {
  CLTMSG(state, batch, { uin }, command) {
    const { cmd, target, text } = command;
    const { store, robots } = state;
    if (isTooFast(state, command, cmd)) return penalised(state, cmd);
    if (!store.hasAccount(target)) return impossible(cmd);
    if (robots.has(target)) {
      if (isMailboxFull(state, uin)) return impossible(cmd);
      robots.tell(store, batch, target, uin, text, maxItemBytes(state.limits));
      return accept(state, batch, command, cmd);
    }
    if (isMailboxFull(state, target)) return impossible(cmd);
    const known = target === uin || store.hasFriend(target, uin);
    batch.deliver(target, {
      type: known ? "message" : "stranger_message",
      from: uin,
      text,
    });
    return accept(state, batch, command, cmd);
  },

  AddToList(state, batch, { uin }, { cmd, target }) {
    const answer = addToList(state, batch, uin, target);
    if (answer === undefined) return impossible(cmd);
    return { details: { cmd, res: RESULTS.ok, answer, target } };
  },

  Ack_AddToList(state, batch, session, command) {
    const { cmd, target, answer, reason } = command;
    const { uin } = session;
    if (isTooFast(state, command, cmd)) return penalised(state, cmd);
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
    return done ? accept(state, batch, command, cmd) : impossible(cmd);
  },

  DelFromList(state, _batch, { uin }, { cmd, target }) {
    return state.store.removeFriend(uin, target)
      ? { details: { cmd, res: RESULTS.ok } }
      : penalised(state, cmd);
  },

  Change_Stat(state, batch, session, command) {
    const { cmd, status } = command;
    if (isTooFast(state, command, cmd)) return penalised(state, cmd);
    setStatus(state, batch, session, status);
    return accept(state, batch, command, cmd);
  },

  Change_Stat2(state, batch, session, { cmd, status }) {
    setStatus(state, batch, session, status);
    return { details: { cmd, res: RESULTS.ok } };
  },
};

function setStatus(
  state: State,
  batch: Batch,
  session: Session,
  status: Status,
): void {
  const before = session.status;
  session.status = status;
  batch.undo(() => session.status = before);
  sendPresence(state, batch, session.uin);
}

/** The page of a list behind a number, and whether it is the last. */
function pageOf(
  uins: readonly string[],
  limit: number,
  after: string | undefined,
  most = PAGE,
): { uins: string[]; complete: boolean } {
  const behind = after === undefined ? undefined : stripZeros(after);
  const rest = behind === undefined
    ? uins
    : uins.filter((uin) => compareUins(uin, behind) > 0);
  const page = rest.slice(0, Math.min(limit, most));
  return { uins: page, complete: page.length === rest.length };
}

/** A number as accounts have it. */
export function stripZeros(uin: string): string {
  return uin.replace(/^0+(?=\d)/, "");
}

/** The commands that only look. */
const LOOKS: Looks = {
  List({ store }, { cmd, ver, uin, limit: wanted, after }) {
    // VER=1.4 takes all if it does not say how many.
    const isWhole = ver === "1.4" && wanted === undefined;
    if (isWhole) {
      const friends = store.friends(uin);
      return [{ cmd, res: 0, ...pageOf(friends, Infinity, after, Infinity) }];
    }
    const limit = wanted ?? 0;
    if (limit === 0) return [{ cmd, res: 0, count: store.countFriends(uin) }];
    return [{ cmd, res: 0, ...pageOf(store.friends(uin), limit, after) }];
  },

  Query_Stat(state, { cmd, uin, limit = 0, after }) {
    const online = onlineFriends(state, uin);
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

  SimpleInfo2({ store }, { cmd, uin, offset }) {
    const all = store.friends(uin);
    const page = all.slice(offset, offset + LATER_PAGE);
    const friends = page.map((friend) => {
      const { nickname, profile } = store.account(friend)!;
      return { uin: friend, nickname, face: profile.face ?? 0 };
    });
    const next = offset + page.length;
    return [
      next >= all.length
        ? { cmd, res: 0, complete: true, friends }
        : { cmd, res: 0, complete: false, next, friends },
    ];
  },

  Query_Stat2(state, { cmd, uin, after }) {
    const online = onlineFriends(state, uin);
    const { uins, complete } = pageOf(online, LATER_PAGE, after);
    const friends = uins.map((friend) => ({
      uin: friend,
      status: seenStatus(state, friend),
    }));
    return [{ cmd, res: 0, complete, friends }];
  },

  GetInfo({ store }, { cmd, target, level }) {
    const account = store.account(target);
    if (account === undefined) return [{ cmd, res: RESULTS.penalised }];
    return [{ cmd, res: 0, level, ...fullProfile(account, level) }];
  },

  Finger({ store }, { cmd, age, sex, province, extra }) {
    const after = extra?.UN === undefined ? undefined : stripZeros(extra.UN);
    // A number is a place in a table that is lost.
    const place = isDigits(province ?? "") ? undefined : province;
    const criteria = defined({ age, sex, province: place, after });
    const found = store.search(criteria, PAGE + 1);
    const people = found.slice(0, PAGE)
      .map(({ uin, nickname }: Account) => ({ uin, nickname }));
    return [{ cmd, res: 0, complete: found.length <= PAGE, people }];
  },
};

function onlineFriends(state: State, uin: string): string[] {
  return state.store.friends(uin)
    .filter((friend) => seenStatus(state, friend) !== "offline");
}

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

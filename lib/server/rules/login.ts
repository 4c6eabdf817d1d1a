/** Logging in and out. @module */

import { RESULTS } from "../../protocol/codes.ts";
import type { Command } from "../../protocol/command.ts";
import type { Batch } from "../store/batches.ts";
import type { LinePort } from "./bindings.ts";
import { type Details, stripZeros } from "./commands.ts";
import { endSession, sendPresence } from "./presence.ts";
import type { Session } from "./sessions.ts";
import type { State } from "./state.ts";

/** RA of a refused login, "login failed", as the old server said it. */
const LOGIN_FAILED = "登录失败";

/** The same in VER=1.4, whose clients look for these words. */
const PASSWORD_ERROR = "Password error";

/** The lowest number is 10000. */
const LEAST_UIN_DIGITS = 5;

/** Where a Login comes from. */
export interface LoginFrom {
  holder: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
  /** Its connection, if that speaks lines. */
  line: LinePort | undefined;
}

/** Whether a number could be anybody's. */
export function isPossible(uin: string): boolean {
  return stripZeros(uin).length >= LEAST_UIN_DIGITS;
}

/**
 * Logs in. The client that is logged in already keeps its
 * session and gets the status of the Login; any other client of the number is logged out, and
 * waits for its turn. Undefined if nobody is to be answered.
 */
export async function logIn(
  state: State,
  command: Extract<Command, { cmd: "Login" }>,
  { holder, signal, line }: LoginFrom,
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
    const reason = command.ver === "1.4" ? PASSWORD_ERROR : LOGIN_FAILED;
    return { cmd, res: 0, loggedIn: false, reason };
  }
  const { status = "online" } = command;
  await batches.run((batch) => {
    openSession(state, batch, { uin, holder, status });
    batch.after(() => bind(state, uin, line));
  });
  const { heartbeatSeconds, idleSeconds } = rules;
  return { cmd, res: 0, loggedIn: true, heartbeatSeconds, idleSeconds };
}

/** Mail is pushed to who logged in over lines, and to nobody else. */
function bind(
  { bindings, polls, sessions }: State,
  uin: string,
  line: LinePort | undefined,
): void {
  if (line === undefined) return bindings.unbind(uin);
  // It may have been logged out in the same commit.
  if (sessions.get(uin) === undefined) return;
  polls.end(uin, { type: "empty" });
  bindings.bind(uin, line);
}

function openSession(
  state: State,
  batch: Batch,
  { uin, holder, status }: Pick<Session, "uin" | "holder" | "status">,
): void {
  const { polls, sessions } = state;
  const before = sessions.get(uin);
  if (before?.holder === holder) {
    const { status: last } = before;
    before.status = status;
    batch.undo(() => before.status = last);
  } else {
    const session = sessions.open(uin, holder, status);
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

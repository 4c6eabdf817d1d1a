/** From a request to its answer. @module */

import { type CommandName, RESULTS } from "../protocol/codes.ts";
import type { Command } from "../protocol/command.ts";
import { encodeReply, type Reply } from "../protocol/reply.ts";
import type { QqAnswer, QqRequest } from "./http/answer.ts";
import { UncommittedError } from "./store/batches.ts";
import {
  type Details,
  penalised,
  type QueryCommand,
  runQuery,
  runWrite,
  type WriteCommand,
} from "./rules/commands.ts";
import { isPossible, logIn, logOut } from "./rules/login.ts";
import type { LineRequest } from "./lines/line_connection.ts";
import { type Faults, misbehave } from "./faults.ts";
import { actOnce, digestOf } from "./rules/idempotency.ts";
import { KEPT_MS } from "./limits.ts";
import { pollMail } from "./rules/mailboxes.ts";
import { isTooLong, type ReadRequest, readRequest } from "./request.ts";
import type { Session } from "./rules/sessions.ts";
import type { State } from "./rules/state.ts";

/** Answers past their time are swept out every so many acts, twice as many at a time. */
const FORGET_EVERY = 64;

/** Options of a command answerer, in addition to the state of the server. */
export interface CommandAnswererOptions {
  /** Scripted misbehaviour, for tests. */
  faults?: Faults;
  /** Called with unexpected errors. */
  onError: (error: unknown) => void;
}

/** A request that was read, and what a connection of lines adds to it. */
type Reading = ReadRequest & Partial<Pick<LineRequest, "line" | "onLate">>;

/** Executes commands and returns their replies. */
export class CommandAnswerer {
  #state: State;
  #faults: Faults | undefined;
  #onError: (error: unknown) => void;
  #acts = 0;
  #closed = new AbortController();

  constructor(state: State, { faults, onError }: CommandAnswererOptions) {
    this.#state = state;
    this.#faults = faults;
    this.#onError = onError;
  }

  /** Answers NULL from now on. */
  close(): void {
    this.#closed.abort();
  }

  /** Answers one request. Never rejects. */
  async answer(request: QqRequest | LineRequest): Promise<QqAnswer> {
    if (this.#closed.signal.aborted) return { type: "null", closes: true };
    try {
      if (isTooLong(request, this.#state.limits)) {
        return { type: "null", closes: true };
      }
      const found = readRequest(request);
      if (found === undefined) return { type: "null" };
      const read: Reading = "line" in request
        ? { ...found, line: request.line, onLate: request.onLate }
        : found;
      const { cmd, uin } = read.command;
      const fault = this.#faults?.take(cmd, uin);
      if (fault === undefined) return await this.#perform(read);
      return await misbehave(fault, {
        clock: this.#state.clock,
        signal: AbortSignal.any([read.signal, this.#closed.signal]),
        perform: () => this.#perform(read),
        // Its own session may be there: RES=20 then stands for another's.
        failed: (res) => this.#failed(read, res, "elsewhere"),
      });
    } catch (error) {
      // The batch has reported it, once for all of its acts.
      if (!(error instanceof UncommittedError)) this.#onError(error);
      return { type: "null" };
    }
  }

  async #perform(read: Reading): Promise<QqAnswer> {
    const { command, holder } = read;
    const { cmd, uin } = command;
    if (cmd === "Login") return await this.#logInBehindCaptcha(read, command);
    if (cmd === "VERIFYCODE") return await this.#verify(read, command);
    if (cmd === "Logout") {
      return this.#reply(read, [await logOut(this.#state, uin, holder)]);
    }
    if (
      cmd === "CLTMSG" && this.#state.rules.smallH && command.text.includes("h")
    ) return { type: "null" };
    const session = this.#state.sessions.touch(uin, holder);
    if (session === undefined) return this.#notLoggedIn(read);
    switch (cmd) {
      case "GetMsgEx":
        return await this.#poll(read);
      case "List":
      case "Query_Stat":
      case "GetInfo":
      case "Finger":
      case "SimpleInfo2":
      case "Query_Stat2":
        return this.#reply(
          read,
          runQuery(this.#state, command as QueryCommand),
        );
      default:
        return await this.#act(read, session, command as WriteCommand);
    }
  }

  async #logInBehindCaptcha(
    read: Reading,
    command: Extract<Command, { cmd: "Login" }>,
  ): Promise<QqAnswer> {
    const picture = command.ver === "1.4" && isPossible(command.uin)
      ? this.#state.captchas.keep(read.holder, command)
      : undefined;
    return picture === undefined
      ? await this.#logIn(read, command)
      : this.#reply(read, [{ cmd: "VERIFYCODE", res: 0, picture }]);
  }

  async #verify(
    read: Reading,
    { cmd, uin, text }: Extract<Command, { cmd: "VERIFYCODE" }>,
  ): Promise<QqAnswer> {
    const outcome = this.#state.captchas.answer(read.holder, uin, text);
    switch (outcome.type) {
      case "login":
        return await this.#logIn(read, outcome.command);
      case "picture":
        return this.#reply(read, [
          { cmd, res: 0, picture: outcome.picture },
        ]);
      case "none":
        return this.#reply(read, [{ cmd, res: 0 }]);
    }
  }

  async #logIn(
    read: Reading,
    command: Extract<Command, { cmd: "Login" }>,
  ): Promise<QqAnswer> {
    const { address, holder, line, session, signal } = read;
    const details = await logIn(this.#state, command, { holder, signal, line });
    if (details === undefined) return { type: "null" };
    if ("loggedIn" in details && !details.loggedIn) {
      const refusal = { address, uin: command.uin };
      const answers = await this.#state.loginDelays.refused(refusal, signal);
      if (!answers) return { type: "null" };
    }
    const answer = this.#reply(read, [details]);
    return session === null
      ? answer
      : withHeader(answer, "Tqq-Session", session);
  }

  async #act(
    read: Reading,
    session: Session,
    command: WriteCommand,
  ): Promise<QqAnswer> {
    const state = this.#state;
    const { cmd, uin } = command;
    const { key, signal } = read;
    const digest = key === null ? "" : await digestOf(read.body);
    const answer = await state.batches.run((batch) => {
      this.#forget();
      return actOnce(
        state,
        batch,
        { uin, key, digest },
        (batch) => {
          const { details, lateMs = 0 } = read.oddAnswer
            ? penalised(state, cmd)
            : runWrite(state, batch, session, command);
          return { body: this.#encode(read, details), lateMs };
        },
        () => this.#encode(read, { cmd, res: RESULTS.penalised }),
      );
    });
    if (answer.lateMs > 0) {
      read.onLate?.();
      const held = await state.penalties.hold(uin, answer.lateMs, signal);
      if (!held) return { type: "null" };
    }
    return this.#bodies(read, [answer.body]);
  }

  async #poll(read: Reading): Promise<QqAnswer> {
    const { command: { uin }, key, signal } = read;
    const { limits } = this.#state;
    const seconds = Math.min(read.waitSeconds, limits.waitSeconds);
    const empty = this.#reply(read, [{ cmd: "GetMsgEx", res: 0, items: [] }]);
    const end = await pollMail(this.#state, {
      uin,
      key,
      headBytes: bodyBytesOf(empty) - 1,
      waitMs: seconds * 1000,
      signal,
    });
    if (end.type === "gone") return { type: "null" };
    if (end.type === "not_logged_in") return this.#notLoggedIn(read);
    if (end.type === "followed") return this.#failed(read, RESULTS.penalised);
    const items = end.type === "mail" ? end.items : [];
    const answer = this.#reply(read, [{ cmd: "GetMsgEx", res: 0, items }]);
    return seconds > 0
      ? withHeader(answer, "Preference-Applied", `wait=${seconds}`)
      : answer;
  }

  #forget(): void {
    if (this.#acts++ % FORGET_EVERY !== 0) return;
    const { clock, store } = this.#state;
    store.forgetAnswers(clock.now() - KEPT_MS, 2 * FORGET_EVERY);
  }

  /** RES=20, which says to a client with a Tqq-Session whether another has the number. */
  #notLoggedIn(
    read: Reading,
    by = this.#state.sessions.takenBy(read.command.uin),
  ): QqAnswer {
    const answer = this.#reply(read, [
      { cmd: read.command.cmd, res: RESULTS.notLoggedIn },
    ]);
    return read.session === null || by === undefined
      ? answer
      : withHeader(answer, "Tqq-Session", by);
  }

  #failed(read: Reading, res: number, by?: "elsewhere"): QqAnswer {
    return res === RESULTS.notLoggedIn
      ? this.#notLoggedIn(read, by)
      : this.#reply(read, [{ cmd: read.command.cmd, res }]);
  }

  #reply(read: Reading, details: Details[]): QqAnswer {
    return this.#bodies(read, details.map((each) => this.#encode(read, each)));
  }

  /** The body with an empty SEQ, for a kept answer is repeated with another. */
  #encode({ command: { ver = "1.1", uin } }: ReadRequest, details: Details) {
    const body = encodeReply({ ver, seq: "", uin, ...details } as Reply);
    const refused = details.cmd === "AddToList" as CommandName &&
      details.res === 0 && "answer" in details && details.answer === "refused";
    return refused && this.#state.rules.refusedCode === 3
      ? body.replace("&CD=2&", "&CD=3&")
      : body;
  }

  #bodies({ command, key, seq }: Reading, bodies: string[]): QqAnswer {
    // One client splits all that it has read there.
    const end = command.ver === "1.4" ? "\r\n" : "";
    return {
      type: "reply",
      bodies: bodies.map((body) =>
        body.replace("&SEQ=&", () => `&SEQ=${seq}&`) + end
      ),
      headers: key === null ? {} : { "Idempotency-Key": key },
    };
  }
}

function withHeader(answer: QqAnswer, name: string, value: string): QqAnswer {
  return answer.type === "reply"
    ? { ...answer, headers: { ...answer.headers, [name]: value } }
    : answer;
}

function bodyBytesOf(answer: QqAnswer): number {
  if (answer.type !== "reply") return 0;
  return new TextEncoder().encode(answer.bodies[0]).length;
}

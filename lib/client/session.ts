/** The session of a client: its requests, whether it is logged in, its status. @module */

import { defined } from "../defined.ts";
import {
  type CommandName,
  commandNamed,
  type Status,
} from "../protocol/codes.ts";
import { type Command, encodeCommand } from "../protocol/command.ts";
import { MalformedError } from "../protocol/errors.ts";
import {
  decodeText,
  encodeExtra,
  encodeRequestText,
  extraOf,
  type KnownCodes,
  knownCodes,
  parseFields,
  shown,
} from "../protocol/fields.ts";
import { isDigits } from "../protocol/qq_number.ts";
import type { MailItem } from "../protocol/mailbox.ts";
import { decodeReply, type DoneReply, type Reply } from "../protocol/reply.ts";
import { malformedReply, QqError } from "./errors.ts";
import {
  Exchange,
  type OutgoingRequest,
  type ReceivedReply,
  type RequestOptions,
  type SendOptions,
} from "./exchange.ts";
import type { MailPort, PollAnswer } from "./mail.ts";
import type { Settings } from "./options.ts";
import { decodeLargeReply } from "./large_reply.ts";
import { MAIL_BYTES, RESPONSE_BYTES } from "../reply_body.ts";
import type { LinkedSignal } from "../signals.ts";
import { type Mark, SessionEvidence, toPollError } from "./session_evidence.ts";
import { type ClientStatus, StatusFeed } from "./status.ts";

type Head = "ver" | "seq" | "uin";

/** A command without what the session knows. */
export type CommandInput = Command extends infer C
  ? C extends Command ? Omit<C, Head> : never
  : never;

/** The reply to an order that was done. */
export type ReplyTo<C extends CommandInput["cmd"]> = DoneReply extends infer R
  ? R extends { cmd: infer K } ? C extends K ? R : never : never
  : never;

/** The reply to a request that was done, with its headers. */
interface CheckedReply {
  reply: Reply;
  headers: ReceivedReply["headers"];
}

/** What a Login, or the text of a picture, may be answered with. */
type LoginAnswer = ReplyTo<"Login"> | ReplyTo<"VERIFYCODE">;

/** Most pictures of one login; then it is refused. */
const PICTURES = 5;

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(
    hex.match(/../g) ?? [],
    (byte) => Number.parseInt(byte, 16),
  );
}

/** The commands that change something. */
const ACTS: ReadonlySet<CommandName> = /* @__PURE__ */ new Set([
  "CLTMSG",
  "AddToList",
  "Ack_AddToList",
  "DelFromList",
  "Change_Stat",
  "Change_Stat2",
]);

/** Whether a lost answer leaves something unknown: what nobody knows may act. */
function canAct(name: string): boolean {
  const cmd = commandNamed(name);
  return cmd === undefined || ACTS.has(cmd);
}

/** Why a session is gone after a request that failed on the way. */
const RESTARTED = "the server has ended the session, as after a restart";

/** Logins in a row that may fail because the presence cannot be set; the next one goes on without. */
const PRESENCE_TRIES = 5;

/** LI of a server that does not say it. */
const IDLE_SECONDS = 300;

const NONE: KnownCodes = [];
const HEAD = /* @__PURE__ */ knownCodes("VER CMD SEQ UIN");

/** The session of an account at its server. */
export class Session implements MailPort {
  readonly uin: string;
  readonly clock: MailPort["clock"];
  readonly random: MailPort["random"];
  readonly times: MailPort["times"];
  readonly statuses: StatusFeed;
  readonly #settings: Settings;
  readonly #exchange: Exchange;
  readonly #evidence = new SessionEvidence();
  /** The presence that each login sets. */
  #presence: Status;
  /** Logins in a row that could not set it. */
  #presenceFailures = 0;
  session: MailPort["session"] = "none";
  takenBy: MailPort["takenBy"];
  /** Whether a Login was sent whose outcome is not known. */
  #loginOpen = false;
  loggedInAt = -Infinity;
  heartbeatSeconds: number | undefined;
  idleSeconds: number | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.uin = settings.uin;
    this.clock = settings.clock;
    this.random = settings.random;
    this.times = settings.times;
    this.statuses = new StatusFeed(settings.onStatus);
    this.#exchange = new Exchange(settings);
    this.#presence = settings.presence;
  }

  get honoursKeys(): boolean | undefined {
    return this.#exchange.honoursKeys;
  }

  get aliveMs(): number {
    const limits = [this.heartbeatSeconds ?? 0, this.idleSeconds ?? 0]
      .filter((seconds) => seconds > 0);
    return limits.length === 0 ? Infinity : Math.min(...limits) * 1000;
  }

  get lapseMs(): number {
    return (this.idleSeconds || IDLE_SECONDS) * 1000;
  }

  nextSeq(): string {
    return this.#exchange.nextSeq();
  }

  setStatus(status: ClientStatus): void {
    this.statuses.set(status);
  }

  setOnline(): void {
    if (this.statuses.current.type === "online") return;
    this.setStatus({ type: "online", since: this.clock.now() });
  }

  /** Logs in. Leaves the status of a failure to the caller, who knows what comes next. */
  async login(options: RequestOptions): Promise<void> {
    this.session = "none";
    this.takenBy = undefined;
    this.setStatus({ type: "connecting" });
    const reply = await this.#sendLogin(options);
    if (!reply.loggedIn) {
      const reason = this.#hide(reply.reason);
      throw new QqError(
        "login_refused",
        `Cannot log in ${this.uin}: the server refused: ${reason}`,
        { cmd: "Login", res: 0, reason },
      );
    }
    this.heartbeatSeconds = reply.heartbeatSeconds;
    this.idleSeconds = reply.idleSeconds;
    this.session = "in";
    this.#evidence.loggedIn();
    this.loggedInAt = this.clock.now();
    await this.#restorePresence(options);
    this.setOnline();
  }

  /** Changes the presence, and sets it again at each login from now on. */
  async setPresence(status: Status, options: RequestOptions): Promise<void> {
    this.#presence = status;
    await this.request({ cmd: "Change_Stat", status }, options);
  }

  /**
   * A login makes the account online. Where another presence is wanted and
   * cannot be set, the login has failed, and the next one tries again.
   */
  async #restorePresence({ signal }: RequestOptions): Promise<void> {
    const status = this.#presence;
    if (status === "online" || this.#settings.version === "1.4") return;
    try {
      await this.request(
        { cmd: "Change_Stat", status },
        defined({ signal }),
      );
      this.#presenceFailures = 0;
    } catch (error) {
      const isRefusal = error instanceof QqError &&
        error.code !== "unreachable" && error.code !== "not_logged_in";
      if (isRefusal && ++this.#presenceFailures >= PRESENCE_TRIES) {
        // The server will not have it: better online than never logged in.
        this.#presenceFailures = 0;
        return;
      }
      if (this.session === "in") {
        this.session = "none";
        this.#loginOpen = true;
      }
      throw error;
    }
  }

  async #sendLogin(options: RequestOptions): Promise<ReplyTo<"Login">> {
    const { licence, passwordMd5, version } = this.#settings;
    const presence = this.#presence;
    this.#loginOpen = true;
    try {
      const { headers, reply } = await this.#send({
        cmd: "Login",
        passwordMd5,
        licence,
        // The earlier versions set it after the login.
        ...(version === "1.4" && presence !== "online"
          ? { status: presence }
          : {}),
      }, {
        ...options,
        answeredBy: "VERIFYCODE",
      });
      const name = headers.get("Tqq-Session");
      this.#evidence.loginAnswered(name === this.#settings.session);
      const answer = await this.#readPictures(reply as LoginAnswer, options);
      this.#loginOpen = false;
      return answer;
    } catch (error) {
      if (error instanceof QqError) {
        // The server answered, or was not reached.
        this.#loginOpen = error.res === undefined &&
          error.code !== "unreachable";
      }
      throw error;
    }
  }

  /** Gives the text of each picture, until the login is answered. */
  async #readPictures(
    first: LoginAnswer,
    { signal }: RequestOptions,
  ): Promise<ReplyTo<"Login">> {
    const { captcha } = this.#settings;
    let reply = first;
    for (let nth = 0; reply.cmd === "VERIFYCODE"; nth++) {
      const { picture } = reply;
      if (captcha === undefined || picture === undefined || nth === PICTURES) {
        throw new QqError(
          "login_refused",
          `Cannot log in ${this.uin}: the server wants the text in a picture`,
          { cmd: "Login", res: 0, reason: "captcha wanted" },
        );
      }
      const text = await captcha(bytesOf(picture));
      reply = await this.request({ cmd: "VERIFYCODE", text }, {
        ...defined({ signal }),
        answeredBy: "Login",
      }) as LoginAnswer;
    }
    return reply;
  }

  /** Whether the server may hold a session of ours. */
  get needsLogout(): boolean {
    return this.session === "in" || this.#loginOpen;
  }

  /** Logs the account out. */
  async logout(
    options: RequestOptions & { timeoutMs?: number },
  ): Promise<void> {
    await this.request({ cmd: "Logout" }, options);
    this.session = "none";
    this.#loginOpen = false;
    this.setStatus({ type: "offline", reason: "logged out" });
  }

  /** Sends one GetMsgEx and returns its mail. */
  // Not async: thousands of polls wait, and each would keep its state.
  poll(
    options: SendOptions & { waitSeconds: number; until: LinkedSignal },
  ): Promise<PollAnswer> {
    const startAt = this.clock.now();
    return this.#send({ cmd: "GetMsgEx" }, options).then(
      ({ headers, reply }) => {
        const applied = headers.get("Preference-Applied") ?? "";
        return {
          items: (reply as { items: MailItem[] }).items,
          waited: /(^|[,;\s])wait\s*=/i.test(applied),
        };
      },
      (error) => {
        throw toPollError(error, this.clock.now() - startAt);
      },
    );
  }

  /** Another reader has the mailbox: what follows is as after a login elsewhere. */
  overtaken(): void {
    this.session = "lost";
  }

  /** Asks whether the other session is still open; what the reply says is noted. */
  async probe(options: RequestOptions): Promise<void> {
    await this.request({ cmd: "GetInfo", level: 0, target: this.uin }, options);
    if (this.session === "lost") this.session = "in";
  }

  /** Does one command. Rejects with QqError unless it was done. */
  async request<C extends CommandInput["cmd"]>(
    order: CommandInput & { cmd: C },
    options: SendOptions,
  ): Promise<ReplyTo<C>> {
    const { reply } = await this.#send(order, options);
    return reply as ReplyTo<C>;
  }

  // Not async: thousands of polls wait, and each would keep its state.
  #send(
    order: CommandInput,
    options: SendOptions,
  ): Promise<CheckedReply> {
    const { cmd } = order;
    const outgoing: OutgoingRequest = {
      cmd,
      acts: canAct(cmd),
      options,
      cutAtBytes: cmd === "GetMsgEx" ? MAIL_BYTES : undefined,
    };
    const before = this.#evidence.mark(this.clock.now());
    return this.#exchange.send(outgoing, (seq) => {
      const { version: ver } = this.#settings;
      return encodeCommand({ ...order, ver, seq, uin: this.uin } as Command);
    }).then(
      (incoming) => this.#read(outgoing, incoming, before),
      (error) => {
        this.#evidence.failed(error);
        throw error;
      },
    );
  }

  async #read(
    outgoing: OutgoingRequest,
    incoming: ReceivedReply,
    before: Mark,
  ): Promise<CheckedReply> {
    const { body, headers, key, omittedBytes, pieces, seq } = incoming;
    try {
      const reply = omittedBytes > 0 || body.length > RESPONSE_BYTES
        ? await decodeLargeReply(pieces, omittedBytes)
        : decodeReply(body);
      this.#settle(outgoing, incoming, before, reply);
      return { reply, headers };
    } catch (error) {
      this.#evidence.failed(error);
      if (!(error instanceof MalformedError)) throw error;
      const message = this.#hide(error.message);
      throw malformedReply(message, {
        ...this.#exchange.details(outgoing.cmd, key, seq),
        // Not where it says what is hidden.
        cause: message === error.message ? error : undefined,
      });
    }
  }

  /** Does a command of any name, and gives the fields of its reply. */
  async raw(
    cmd: string,
    fields: Readonly<Record<string, string>>,
    options: RequestOptions,
  ): Promise<Record<string, string>> {
    if (cmd === "" || /[&=%\s]/.test(cmd)) {
      throw new TypeError(
        `Cannot send a raw command: cmd must be a word without & = %, got ${
          shown(cmd)
        }`,
      );
    }
    const outgoing: OutgoingRequest = { cmd, acts: canAct(cmd), options };
    const before = this.#evidence.mark(this.clock.now());
    const incoming = await this.#exchange.send(outgoing, (seq) => {
      const { version } = this.#settings;
      return `VER=${version}&CMD=${cmd}&SEQ=${seq}&UIN=${this.uin}${
        encodeExtra(cmd, fields, HEAD, encodeRequestText)
      }`;
    }).catch((error) => {
      this.#evidence.failed(error);
      throw error;
    });
    const { key, seq } = incoming;
    const reply = extraOf(parseFields(incoming.body), NONE, decodeText) ??
      {};
    const { CMD = "", RES = "", SEQ = "" } = reply;
    if (!isDigits(RES)) {
      throw malformedReply(
        `Cannot do ${cmd}: the reply's RES must be a whole number, got ${
          shown(RES)
        }`,
        this.#exchange.details(cmd, key, seq),
      );
    }
    this.#settle(outgoing, incoming, before, {
      cmd: CMD,
      seq: SEQ,
      res: Number(RES),
    });
    return reply;
  }

  /** Ends all requests and the status. */
  close(): void {
    this.#exchange.close();
    this.session = "none";
    this.setStatus({ type: "offline", reason: "disposed" });
    this.statuses.end();
  }

  /** A server may repeat what it was sent: the hash is as good as the password. */
  #hide(text: string): string {
    const { passwordMd5 } = this.#settings;
    return text.replaceAll(new RegExp(passwordMd5, "gi"), "***");
  }

  /** Updates the session after a reply. */
  #settle(
    outgoing: OutgoingRequest,
    incoming: ReceivedReply,
    before: Mark,
    head: { cmd: string; seq: string; res: number },
  ): void {
    try {
      this.#exchange.settle(outgoing, incoming, head);
      this.#evidence.answered(before);
    } catch (error) {
      const isLost = error instanceof QqError && error.code === "not_logged_in";
      // A late answer to a request of the session before says nothing of this one.
      if (isLost && this.#evidence.isCurrent(before)) {
        if (this.session === "in" || this.takenBy !== undefined) {
          this.#loseSession(before, incoming.headers.get("Tqq-Session"));
        }
      }
      throw error;
    }
  }

  #loseSession(before: Mark, by: string | null): void {
    const cause = this.#evidence.causeOf(before, by, this.lapseMs);
    const { isRestart } = cause;
    this.takenBy = cause.takenBy;
    this.session = isRestart ? "restarted" : "lost";
    // The loop that waits for the end of the other session shows its own status.
    if (this.statuses.current.type === "replaced" && !isRestart) return;
    this.setStatus(
      isRestart
        ? { type: "offline", reason: RESTARTED, code: "not_logged_in" }
        : {
          type: "replaced",
          ...(this.takenBy === "overtaken" ? { overtaken: true } : {}),
        },
    );
  }
}

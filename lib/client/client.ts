/** One account at a server. @module */

import { type Resolvers, withResolvers } from "../with_resolvers.ts";
import { defined } from "../defined.ts";
import type { AddAnswer, Sex, Status } from "../protocol/codes.ts";
import type { MailItem } from "../protocol/mailbox.ts";
import type { OnlineFriend, Person } from "../protocol/pages.ts";
import type { Profile } from "../protocol/profile.ts";
import { malformedReply, QqError } from "./errors.ts";
import { type CallOptions, followUp, type RequestOptions } from "./exchange.ts";
import type { MailBatch, MailOptions } from "./mail.ts";
import { type FetchMailOptions, MailReader } from "./mail_reader.ts";
import { type QqClientOptions, type Settings, settingsOf } from "./options.ts";
import { PAGE_ENTRIES, readPages } from "./paging.ts";
import { Session } from "./session.ts";
import type { ClientStatus } from "./status.ts";

/**
 * A profile, and the fields of it that the codec does not name.
 *
 * @category QQ client
 */
export interface ProfileAnswer extends Profile {
  /** Fields by wire code, such as `CV`; absent where there are none. */
  extra?: Record<string, string>;
}

/**
 * Criteria of a search. An absent field matches everybody.
 *
 * @category QQ client
 */
export interface SearchOptions extends CallOptions {
  /** Age to search for, in years. */
  age?: number;
  /** Sex to search for. */
  sex?: Sex;
  /** Province to search for, not empty. */
  province?: string;
}

/**
 * Options of closing a client, as {@linkcode QqClient.close} takes them.
 *
 * @category QQ client
 */
export interface CloseOptions {
  /**
   * How long it waits for the reply to the Logout, in milliseconds; with 0 it
   * sends none.
   *
   * @default {5000}
   */
  timeoutMs?: number;
}

/** How long a disposal waits for the logout, in milliseconds. */
const LOGOUT_MS = 5000;

/**
 * One account at a server: a method a command.
 *
 * Only `mail()` and `mailBatches()` log in by themselves, try again and wait;
 * every other method sends its request once. They reject with {@linkcode
 * QqError}, whose `code` says why; with the signal's reason where their signal
 * ends them; with a TypeError or RangeError for what cannot be sent; and with
 * an `InvalidStateError` DOMException once the client is disposed.
 *
 * @example Read and answer
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeCommand, encodeReply, QqClient, type Reply } from "@tqq/tqq";
 *
 * // A server in a function, in place of `endpoint: "http://127.0.0.1:8000/"`.
 * const sent: string[] = [];
 * const server: typeof fetch = (_url, init) => {
 *   const { cmd, seq, uin, ...rest } = decodeCommand(String(init?.body));
 *   const head = { cmd, ver: "1.1", seq, uin, res: 0 };
 *   if ("text" in rest) sent.push(rest.text);
 *   const reply = {
 *     Login: { ...head, loggedIn: true, heartbeatSeconds: 60, idleSeconds: 300 },
 *     GetMsgEx: { ...head, items: [{ type: "message", from: "10002", text: "hi" }] },
 *   }[cmd as string] ?? head;
 *   return Promise.resolve(new Response(encodeReply(reply as Reply)));
 * };
 *
 * await using client = new QqClient({ uin: "10001", password: "demo", fetch: server });
 * for await (const item of client.mail()) {
 *   if (item.type !== "message") continue;
 *   await client.send(item.from, `you said: ${item.text}`);
 *   break;
 * }
 * assertEquals(sent, ["you said: hi"]);
 * ```
 * @category QQ client
 */
export class QqClient implements AsyncDisposable {
  /** QQ number of the account. */
  readonly uin: string;
  readonly #settings: Settings;
  readonly #session: Session;
  readonly #mail: MailReader;
  /** Made once somebody asks for it. */
  #closed: Resolvers<void> | undefined;
  #isClosed = false;
  #disposing: Promise<void> | undefined;

  /**
   * Creates a client. It sends nothing before its first call.
   *
   * @throws {TypeError} If the QQ number, the password or the URL is invalid.
   * @throws {RangeError} If a time is out of range.
   */
  constructor(options: QqClientOptions) {
    this.#settings = settingsOf(options);
    this.uin = this.#settings.uin;
    this.#session = new Session(this.#settings);
    this.#mail = new MailReader(this.#session);
  }

  /**
   * Whether the client is logged in, as far as it knows: another login ends the session.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals(qq.loggedIn, true);
   * ```
   */
  get loggedIn(): boolean {
    return this.#session.session === "in";
  }

  /**
   * Whether the server may have a session of this client: the client is logged
   * in, or it sent a Login whose outcome is unknown.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * assertEquals(qq.needsLogout, false);
   * await qq.login();
   * assertEquals(qq.needsLogout, true);
   * ```
   */
  get needsLogout(): boolean {
    return this.#session.needsLogout;
  }

  /**
   * Whether the server executes a command that is repeated with the same key
   * only once: it sent the Idempotency-Key back. Undefined before its first reply.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * assertEquals(qq.honoursKeys, undefined);
   * await qq.login();
   * assertEquals(qq.honoursKeys, true);
   * ```
   */
  get honoursKeys(): boolean | undefined {
    return this.#session.honoursKeys;
  }

  /**
   * The server's heartbeat (HI), in seconds; undefined before the first login.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals(qq.heartbeatSeconds, 60);
   * ```
   */
  get heartbeatSeconds(): number | undefined {
    return this.#session.heartbeatSeconds;
  }

  /**
   * Time without a request after which the session ends (LI), in seconds; undefined before the first login.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals(qq.idleSeconds, 300);
   * ```
   */
  get idleSeconds(): number | undefined {
    return this.#session.idleSeconds;
  }

  /**
   * Logs in. The server keeps one session per QQ number, which belongs to this
   * machine's address: a login from another address ends it.
   *
   * @throws {QqError} With the code `login_refused` if the password is wrong.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals((await qq.status().next()).value?.type, "online");
   * ```
   */
  async login(options: RequestOptions = {}): Promise<void> {
    try {
      await this.#session.login(options);
    } catch (error) {
      const { code, message, reason = message } = error as QqError;
      this.#session.setStatus(
        code === "login_refused" || code === "invalid_uin"
          ? { type: "refused", reason }
          : {
            type: "offline",
            reason: String(message ?? error),
            ...(error instanceof QqError ? { code } : {}),
          },
      );
      throw error;
    }
  }

  /**
   * Logs out, and ends a running loop over `mail()`.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.logout();
   * assertEquals(qq.loggedIn, false);
   * ```
   */
  async logout(options: RequestOptions = {}): Promise<void> {
    this.#mail.stop();
    await this.#session.logout(options);
  }

  /**
   * Returns the QQ numbers of all friends in ascending order, at most 20,000.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals(await qq.friends(), ["10000", "10002"]);
   * ```
   */
  async friends(options: CallOptions = {}): Promise<string[]> {
    const fail = failureOf("List");
    return await readPages(
      async (after) => {
        const reply = await this.#session.request(
          { cmd: "List", limit: PAGE_ENTRIES, after },
          options,
        );
        if (!("uins" in reply)) throw fail(COUNT_ONLY);
        return { complete: reply.complete, entries: reply.uins };
      },
      (uin) => uin,
      fail,
    );
  }

  /**
   * Returns all friends that are online or busy, in ascending order of their numbers.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * const [robot] = await qq.onlineFriends();
   * assertEquals(robot?.uin, "10000");
   * ```
   */
  async onlineFriends(options: CallOptions = {}): Promise<OnlineFriend[]> {
    const fail = failureOf("Query_Stat");
    return await readPages(
      async (after) => {
        const reply = await this.#session.request(
          { cmd: "Query_Stat", limit: PAGE_ENTRIES, after },
          options,
        );
        if (!("friends" in reply)) throw fail(COUNT_ONLY);
        return { complete: reply.complete, entries: reply.friends };
      },
      ({ uin }) => uin,
      fail,
    );
  }

  /**
   * Returns the profile of a QQ number.
   *
   * @param uin The other QQ number.
   * @param level 0 or 1: the nickname; 2, the default: the usual fields; 3: all.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * const { nickname, sex } = await qq.profile("10002");
   * assertEquals([nickname, sex], ["Alice", "female"]);
   * ```
   */
  async profile(
    uin: string,
    level = 2,
    options: CallOptions = {},
  ): Promise<ProfileAnswer> {
    const { extra, profile } = await this.#session.request(
      { cmd: "GetInfo", target: uin, level },
      options,
    );
    return extra === undefined ? profile : { ...profile, extra };
  }

  /**
   * Adds a friend, or sends a friend request.
   *
   * @param uin The other QQ number.
   * @param reason Text of the friend request. If the other person must agree
   * first, a request is sent at once, with a key derived from this command's key.
   * Without a reason no request is sent.
   * @returns `added`: you are friends now. `needs_verification`: the request was
   * sent; without a reason, call `askFriend` to send it. `refused`: the other
   * person accepts no friends.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * assertEquals(await qq.addFriend("10010"), "added");
   * ```
   */
  async addFriend(
    uin: string,
    reason?: string,
    options: RequestOptions = {},
  ): Promise<AddAnswer> {
    const key = options.key ?? crypto.randomUUID();
    const { answer } = await this.#session.request(
      { cmd: "AddToList", target: uin },
      { ...options, key },
    );
    if (answer === "needs_verification" && reason !== undefined) {
      await this.askFriend(uin, reason, followUp({ ...options, key }));
    }
    return answer;
  }

  /**
   * Sends a friend request.
   *
   * @param uin The other QQ number.
   * @param reason Text that the other person sees.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.removeFriend("10002");
   * await qq.askFriend("10002", "It is me");
   * assertEquals(await qq.friends(), ["10000"]);
   * ```
   */
  async askFriend(
    uin: string,
    reason = "",
    options: RequestOptions = {},
  ): Promise<void> {
    await this.#session.request(
      { cmd: "Ack_AddToList", target: uin, answer: "ask", reason },
      options,
    );
  }

  /**
   * Answers a friend request.
   *
   * @param uin The other QQ number.
   * @param answer Whether to accept or refuse the request.
   * @param reason Text that the other person sees.
   * @example
   * ```ts
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await using other = new QqClient({ uin: "10010", password: "demo" });
   * await Promise.all([qq.login(), other.login()]);
   * await other.askFriend("10001", "It is me");
   * await qq.answerRequest("10010", "accept");
   * ```
   */
  async answerRequest(
    uin: string,
    answer: "accept" | "refuse",
    reason = "",
    options: RequestOptions = {},
  ): Promise<void> {
    await this.#session.request(
      { cmd: "Ack_AddToList", target: uin, answer, reason },
      options,
    );
  }

  /**
   * Removes a friend from this account's list. The other list stays as it is.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.removeFriend("10002");
   * assertEquals(await qq.friends(), ["10000"]);
   * ```
   */
  async removeFriend(uin: string, options: RequestOptions = {}): Promise<void> {
    await this.#session.request({ cmd: "DelFromList", target: uin }, options);
  }

  /**
   * Searches people. The reply of the server of 2005 is not documented, so this
   * reads replies as the embedded server sends them.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * const [person] = await qq.search({ province: "江苏省" });
   * assertEquals(person, { uin: "10002", nickname: "Alice" });
   * ```
   */
  async search(options: SearchOptions = {}): Promise<Person[]> {
    const { age, province, sex, ...rest } = options;
    return await readPages(
      async (after) => {
        const { complete, people } = await this.#session.request({
          cmd: "Finger",
          ...defined({ age, sex, province }),
          // The first page is asked for as the old clients did.
          ...(after === "0"
            ? {}
            : { extra: { TN: String(PAGE_ENTRIES), UN: after } }),
        }, rest);
        return { complete, entries: people };
      },
      ({ uin }) => uin,
      failureOf("Finger"),
    );
  }

  /**
   * Changes the presence that friends see. Every later login sets it again, even
   * if this call fails.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.setStatus("busy").catch(({ code }) => assertEquals(code, "not_logged_in"));
   * await qq.login(); // sets it again
   * await qq.setStatus("invisible");
   * ```
   */
  async setStatus(status: Status, options: RequestOptions = {}): Promise<void> {
    await this.#session.setPresence(status, options);
  }

  /**
   * Sends a message. The server may accept a message to a stranger without
   * showing it. Wait about a second between two messages, because the server
   * limits the rate; {@linkcode Pacer} does that.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.send("10000", "你好", { key: "greeting-1" });
   * assertEquals(qq.honoursKeys, true); // sent once, however often
   * ```
   */
  async send(
    uin: string,
    text: string,
    options: RequestOptions = {},
  ): Promise<void> {
    await this.#session.request({ cmd: "CLTMSG", target: uin, text }, options);
  }

  /**
   * Reads the mailbox once, which empties it. After an error, repeat the call
   * with the error's `key` and `seq`: a server that honours keys returns the same
   * mail again. Items that an ended loop over `mail()` did not yield are returned
   * first, without a request.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.send("10000", "你好");
   * assertEquals(await qq.fetchMail(), [{ type: "message", from: "10000", text: "你好" }]);
   * ```
   */
  async fetchMail(options: FetchMailOptions = {}): Promise<MailItem[]> {
    return await this.#mail.once(options);
  }

  /**
   * Yields the mail, item by item. The loop logs in, polls, waits and logs in
   * again as `MAIL_POLICY` says, and keeps the session alive. It ends without an
   * error when the signal aborts, on `logout()` and when the client is closed.
   * It throws a {@linkcode QqError} with the code `login_refused` or
   * `invalid_uin`, because trying again cannot succeed. A second loop at the same
   * time throws an `InvalidStateError`.
   *
   * Items that an ended loop did not yield are yielded by the next one.
   *
   * @example
   * ```ts
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.send("10000", "你好");
   * for await (const item of qq.mail()) {
   *   if (item.type === "message" && item.text === "你好") break;
   * }
   * ```
   */
  mail(options: MailOptions = {}): AsyncGenerator<MailItem, void, undefined> {
    return this.#mail.items(options);
  }

  /**
   * Yields the mail, one batch per poll. The next poll is sent when the loop asks
   * for the next batch, so store a batch before that. A poll whose reply was lost
   * is repeated with the same key and SEQ. All else is as in `mail()`.
   *
   * @example
   * ```ts
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.send("10000", "你好");
   * for await (const { items } of qq.mailBatches()) {
   *   if (items.length > 0) break; // store them before the next batch
   * }
   * ```
   */
  mailBatches(
    options: MailOptions = {},
  ): AsyncGenerator<MailBatch, void, undefined> {
    return this.#mail.batches(options);
  }

  /**
   * Yields the status now and on each change, until the client is closed. Each
   * iteration is independent; a slow one loses the oldest of more than 64
   * changes.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * const statuses = qq.status();
   * assertEquals((await statuses.next()).value?.type, "offline");
   * await statuses.return();
   * ```
   */
  status(): AsyncGenerator<ClientStatus, void, undefined> {
    return this.#session.statuses.read();
  }

  /**
   * Resolves when the client is closed.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * qq.close();
   * await qq.closed();
   * assertEquals(qq.loggedIn, false);
   * ```
   */
  closed(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = withResolvers();
      if (this.#isClosed) this.#closed.resolve();
    }
    return this.#closed.promise;
  }

  /**
   * Sends a command of any name.
   *
   * @param cmd Name of the command, CMD.
   * @param fields Fields after VER, CMD, SEQ and UIN by wire code, not escaped.
   * @returns All fields of the reply by wire code, from VER to RES too. Each is
   * decoded as one text, so in a list a comma within an element looks like a
   * separator.
   * @throws {QqError} If RES is not 0.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * const { FN, UN } = await qq.raw("List", { TN: "1", UN: "0" });
   * assertEquals([FN, UN], ["0", "10000,"]);
   * ```
   */
  async raw(
    cmd: string,
    fields: Readonly<Record<string, string>> = {},
    options: RequestOptions = {},
  ): Promise<Record<string, string>> {
    return await this.#session.raw(cmd, fields, options);
  }

  /**
   * Ends the loops, logs out if logged in, and ends the status. Pending requests
   * reject. Closes the transport if the client created it. A second call returns
   * the promise of the first.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { QqClient } from "@tqq/tqq";
   *
   * await using qq = new QqClient({ uin: "10001", password: "demo" });
   * await qq.login();
   * await qq.close({ timeoutMs: 1000 });
   * assertEquals(qq.loggedIn, false);
   * ```
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#disposing ??= this.#dispose(options.timeoutMs ?? LOGOUT_MS);
    return this.#disposing;
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #dispose(logoutMs: number): Promise<void> {
    const { ownsTransport, timeoutMs, transport } = this.#settings;
    this.#mail.close();
    try {
      if (this.needsLogout && logoutMs > 0) {
        await this.#session.logout({
          timeoutMs: Math.min(timeoutMs, logoutMs),
        }).catch(() => {});
      }
      this.#session.close();
      if (ownsTransport) await transport.close?.();
    } finally {
      this.#isClosed = true;
      this.#closed?.resolve();
    }
  }
}

const COUNT_ONLY = "the reply must hold a page, got a count";

function failureOf(cmd: string): (why: string) => QqError {
  return (why) => malformedReply(`Cannot do ${cmd}: ${why}`, { cmd });
}

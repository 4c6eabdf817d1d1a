/** What an embedded QQ server can do. @module */

import type { MailItem } from "../protocol/mailbox.ts";
import type { Answerer } from "./http/answer.ts";
import type { FetchInfo } from "./http/handler.ts";
import type { ListenOptions, QqListener } from "./listener/listener.ts";
import type { AccountChanges, AccountOptions } from "./options.ts";
import type { Robot } from "./robots.ts";
import type { Account } from "./store/store.ts";

/**
 * An embedded QQ server.
 *
 * @category Server
 */
export interface QqServer {
  /**
   * Answers a request, as `Deno.serve` hands it over; bound, so that it can be
   * passed on. NULL is an empty 200, and of the two replies to a Query_Stat
   * without a limit only the first is given. Without `info` all requests come
   * from one address, `local`.
   */
  readonly fetch: (request: Request, info?: FetchInfo) => Promise<Response>;
  /** Answers a request that another front has read; bound. Never rejects. */
  readonly answer: Answerer;
  /**
   * Listens for clients of 2005, who speak an HTTP of their own; clients of
   * our days are served as well. NULL is a bare close, and the two replies to
   * a Query_Stat without a limit are given both.
   *
   * @throws {Error} Where the address cannot be had, or the server is closed.
   * @example
   * ```ts
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * const { hostname, port } = server.listen({ port: 0 });
   * console.log(`old clients connect to ${hostname}:${port}`);
   * await server.close();
   * ```
   */
  listen(options?: ListenOptions): QqListener;
  /**
   * Creates an account, and the friendships that its options name.
   *
   * @throws {TypeError | RangeError} If the number is taken or a value is invalid.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { md5Hex } from "@tqq/tqq";
   * import { createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await server.createAccount({ uin: "10001", passwordMd5: md5Hex("secret") });
   * assertEquals(server.accounts()[0]?.uin, "10001");
   * await server.close();
   * ```
   */
  createAccount(options: AccountOptions): Promise<void>;
  /**
   * Changes what an account says.
   *
   * @throws {TypeError | RangeError} If there is no such account or a value is invalid.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.updateAccount("10001", { policy: "nobody" });
   * assertEquals(server.accounts()[1]?.policy, "nobody");
   * await server.close();
   * ```
   */
  updateAccount(uin: string, changes: AccountChanges): Promise<void>;
  /**
   * Changes a password. A session that is open stays.
   *
   * @throws {TypeError | RangeError} Where there is no such account, or the text is no MD5.
   * @example
   * ```ts
   * import { md5Hex } from "@tqq/tqq";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.setPassword("10001", md5Hex("another"));
   * await server.close();
   * ```
   */
  setPassword(uin: string, passwordMd5: string): Promise<void>;
  /**
   * Removes an account with its mail and from all lists. False where there is none.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(await server.removeAccount("10002"), true);
   * assertEquals(await server.removeAccount("10002"), false);
   * await server.close();
   * ```
   */
  removeAccount(uin: string): Promise<boolean>;
  /**
   * All accounts, ascending by number, without passwords.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.accounts()[2]?.nickname, "Alice");
   * await server.close();
   * ```
   */
  accounts(): Account[];
  /**
   * The numbers whose password has this MD5.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { md5Hex } from "@tqq/tqq";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.accountsWithPassword(md5Hex("demo")).length, 5);
   * await server.close();
   * ```
   */
  accountsWithPassword(passwordMd5: string): string[];
  /**
   * Puts each on the other's friend list, without mail.
   *
   * @throws {RangeError} Where one has no account.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.befriend("10002", "10020"); // without mail to either
   * assertEquals(server.isOnline("10020"), false);
   * await server.close();
   * ```
   */
  befriend(a: string, b: string): Promise<void>;
  /**
   * Whether an account's friends see it as online or busy.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * assertEquals(server.isOnline("10001"), false);
   * assertEquals(server.isOnline("10000"), true); // the robot
   * await server.close();
   * ```
   */
  isOnline(uin: string): boolean;
  /**
   * Lets code answer for an account, from now on.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * server.addRobot("10002", (from, text) => `${from} said ${text}`);
   * assertEquals(server.isOnline("10002"), true);
   * await server.close();
   * ```
   */
  addRobot(uin: string, robot: Robot): void;
  /**
   * Puts an item into a mailbox, durably.
   *
   * @throws {RangeError | TypeError} Where there is no such account, the
   * mailbox is full, or no reply could carry the item.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * await server.deliver("10001", { type: "added", from: "10010", text: "" });
   * assertEquals(server.isOnline("10001"), false); // it waits in the mailbox
   * await server.close();
   * ```
   */
  deliver(uin: string, item: MailItem): Promise<void>;
  /**
   * Ends, and its listeners with it: late answers are given at once, waiting
   * polls and later requests get NULL. The store stays open.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { addDemo, createServer } from "@tqq/tqq/server";
   *
   * const server = createServer();
   * await addDemo(server);
   * const { port } = server.listen({ port: 0 });
   * assertEquals(port > 0, true);
   * await server.close();
   * ```
   */
  close(): Promise<void>;
}

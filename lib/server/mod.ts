/**
 * An embedded QQ server: the QQ HTTP protocol as tqq.tencent.com:8000 spoke it
 * between 2005 and about 2010, for tests, for demonstrations, and for clients
 * of those years that want to be answered once more.
 *
 * `listen` is its front for the clients of those years, and for any other;
 * `fetch` is that for `Deno.serve` and its like; `answer` is where another front
 * hands over what it has read. A listener also serves VER=1.4, over HTTP and as
lines on a TCP connection, where mail is pushed.
 *
 * Where nobody has described what the old server did, this one chooses:
 *
 * - What cannot be gets RES=3 at once: a message, a request or AddToList to a
 *   number that nobody has, an answer to a request that nobody made, asking who
 *   is a friend already or lets nobody ask, a full mailbox. RES=3 comes late to
 *   a client that is too fast, deletes a number that is not on its list, or sends a CD of 3.
 * - AddToList says "added" of who is on the list already, and "refused" of
 *   oneself and where a list has no room.
 * - Presence goes to those who have the account on their list and are logged
 *   in; messages and requests are kept for all. Who was invisible leaves
 *   without a word.
 * - A message to oneself is a friend's.
 * - A number that is bound to a connection of lines has its mail pushed there,
 *   and GetMsgEx finds none. The end of the connection is a Logout.
 * - Finger takes `UN` as the last number received, as List does.
 * - An Idempotency-Key that is empty or longer than 64 characters is no key.
 * - A request without a length, with a Transfer-Encoding, or with an `Origin`
 *   (a web page's) that `allowOrigins` does not list gets NULL; one that expects
 *   a 100 is read without.
 *
 * @example For clients of 2005
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * await addDemo(server);
 * const { port } = server.listen({ port: 0 });
 * const client = await Deno.connect({ port });
 * await client.write(new TextEncoder().encode(
 *   "POST  HTTP/1.1\r\nContent-length: 34\r\n\r\n" +
 *     "VER=1.1&CMD=Logout&SEQ=1&UIN=10001\r\n",
 * ));
 * const reply = new Uint8Array(1024);
 * const length = await client.read(reply);
 * const [, body] = new TextDecoder().decode(reply.subarray(0, length!))
 *   .split("\r\n\r\n");
 * assertEquals(body, "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0");
 * client.close();
 * await server.close();
 * ```
 *
 * @example Behind another HTTP server
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * await addDemo(server);
 * const listening = Deno.serve({ port: 0, onListen: () => {} }, server.fetch);
 * const { port } = listening.addr;
 * const response = await fetch(`http://127.0.0.1:${port}/`, {
 *   method: "POST",
 *   body: "VER=1.1&CMD=Logout&SEQ=1&UIN=10001",
 * });
 * assertEquals(
 *   await response.text(),
 *   "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0",
 * );
 * await server.close();
 * await listening.shutdown();
 * ```
 *
 * @module
 */

export { drawCaptcha } from "./captcha_picture.ts";
export type { Captcha } from "./rules/captchas.ts";
export type { Answerer, QqAnswer, QqRequest } from "./http/answer.ts";
export { addDemo, DEMO_PASSWORD, echo } from "./demo.ts";
export { type Fault, Faults, type Misbehaviour } from "./faults.ts";
export type { FetchInfo } from "./http/handler.ts";
export { LIMITS, type Limits } from "./limits.ts";
export type { ListenOptions, QqListener } from "./listener/listener.ts";
export type { LoginDelayOptions, LoginRefusal } from "./rules/login_delays.ts";
export { MemoryStore } from "./store/memory_store.ts";
export type { Robot } from "./robots.ts";
export type {
  AccountChanges,
  AccountOptions,
  ServerOptions,
} from "./options.ts";
export type { QqServer } from "./qq_server.ts";
export { createServer } from "./server.ts";
export type {
  Account,
  KeptAnswer,
  MailRow,
  Mark,
  PersonQuery,
  Policy,
  ProfileDetails,
  Store,
} from "./store/store.ts";
export { type Clock, systemClock } from "../clock.ts";
export {
  type Animal,
  ANIMALS,
  BLOOD_TYPES,
  type BloodType,
  type CommandName,
  COMMANDS,
  type Sex,
  SEXES,
  type Status,
  STATUSES,
  ZODIAC,
  type Zodiac,
} from "../protocol/codes.ts";
export type {
  MailItem,
  StatusMail,
  TextMail,
  UnknownMail,
  UnreadableMail,
} from "../protocol/mailbox.ts";
export type { Profile } from "../protocol/profile.ts";

/** A server with a fake clock, and people who talk to it. @module */

import { md5Hex } from "../../../lib/md5.ts";
import {
  createServer,
  type QqAnswer,
  type QqServer,
  type ServerOptions,
} from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";

export const PASSWORD = "secret";
export const PASSWORD_MD5 = md5Hex(PASSWORD);
export const LOGIN = `PS=${PASSWORD_MD5}&M5=1&LC=9326B87B234E7235`;

/** How one request differs from a usual one. */
export interface Asking {
  address?: string;
  key?: string;
  prefer?: string;
  session?: string;
  signal?: AbortSignal;
  contentType?: string;
  method?: string;
}

/** A server, its clock, and the errors that it reported. */
export class Stage {
  readonly clock = new FakeClock();
  readonly errors: unknown[] = [];
  readonly server: QqServer;
  #seq = 1000;

  constructor(options: ServerOptions = {}) {
    this.server = createServer({
      clock: this.clock,
      onError: (error) => this.errors.push(error),
      sendBurst: 1,
      ...options,
    });
  }

  /** Accounts with the same password. */
  async accounts(...uins: string[]): Promise<this> {
    for (const uin of uins) {
      await this.server.createAccount({
        uin,
        passwordMd5: PASSWORD_MD5,
        nickname: `n${uin}`,
      });
    }
    return this;
  }

  /** The answer to a body. */
  post(body: string | Uint8Array, asking: Asking = {}): Promise<QqAnswer> {
    return this.server.answer({
      method: asking.method ?? "POST",
      body: typeof body === "string" ? new TextEncoder().encode(body) : body,
      contentType: asking.contentType ?? null,
      idempotencyKey: asking.key ?? null,
      prefer: asking.prefer ?? null,
      ...(asking.session === undefined ? {} : { session: asking.session }),
      address: asking.address ?? "10.0.0.1",
      signal: asking.signal ?? new AbortController().signal,
    });
  }

  /** The answer as text, without what is before RES. */
  async ask(
    uin: string,
    cmd: string,
    fields = "",
    asking: Asking = {},
  ): Promise<string> {
    const body = `VER=1.1&CMD=${cmd}&SEQ=${this.#seq++}&UIN=${uin}${
      fields === "" ? "" : `&${fields}`
    }`;
    return tail(await this.post(body, asking));
  }

  /** Logs in, after the second that a new session may have to wait. */
  async login(...uins: string[]): Promise<void> {
    for (const uin of uins) await this.late(this.ask(uin, "Login", LOGIN));
  }

  /** What a GetMsgEx hands out, as `MT UN MG` in wire form. */
  async mail(uin: string, asking: Asking = {}): Promise<string> {
    return mailIn(await this.ask(uin, "GetMsgEx", "", asking));
  }

  /** Runs a script: lines as `LINE` describes them, or `wait MS`. */
  async play(script: string): Promise<void> {
    for (const line of script.trim().split("\n").map((one) => one.trim())) {
      const wait = /^wait (\d+)$/.exec(line);
      if (wait !== null) {
        await this.clock.advance(Number(wait[1]));
        continue;
      }
      const [, uin, address, key, cmd, fields = "", expected] = LINE.exec(
        line,
      )!;
      const asking: Asking = {
        ...(address === undefined ? {} : { address }),
        ...(key === undefined ? {} : { key }),
      };
      const [ms, answer] = await this.late(
        this.#answerIn(uin!, cmd!, fields, asking),
      );
      if (!line.includes(" ->")) continue;
      const shown = ms === 0 ? answer : `after ${ms} ${answer}`;
      assertEquals(shown, expected ?? "", line);
    }
  }

  #answerIn(
    uin: string,
    cmd: string,
    fields: string,
    asking: Asking,
  ): Promise<string> {
    if (cmd === "login") return this.ask(uin, "Login", LOGIN, asking);
    if (cmd === "mail") return this.mail(uin, asking);
    if (cmd === "online") {
      return Promise.resolve(String(this.server.isOnline(uin)));
    }
    if (cmd !== "friends") return this.ask(uin, cmd, fields, asking);
    return this.ask(uin, "List", "TN=160&UN=0", asking)
      .then((answer) => answer.replace(/.*UN=/, ""));
  }

  /** How long, in milliseconds of the fake clock, an answer takes, and what it is. */
  async late(answer: Promise<string>): Promise<[number, string]> {
    const from = this.clock.now();
    let ended = false;
    const done = answer.finally(() => ended = true);
    await settle();
    // A store on disk commits in a later turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await settle();
    while (!ended && this.clock.next !== undefined) {
      await this.clock.advance(this.clock.next);
    }
    return [this.clock.now() - from, await done];
  }
}

/**
 * A line of a script: `UIN[@ADDRESS][#KEY] CMD FIELDS -> ANSWER`, or without an
 * answer that is compared. `CMD` may be `login`, `mail` (the answer is as that of
 * `Stage.mail`), `friends` (the numbers on the list) or `online` (`true` or
 * `false`). An answer that is not there at once is `after MS ANSWER`.
 */
const LINE =
  /^(\d+)(?:@([\d.]+))?(?:#(\S+))? (\S+)(?: (.*?))??(?: ->(?: (.*))?)?$/;

/** An answer as text, without what is before RES; `|` between two replies. */
export function tail(answer: QqAnswer): string {
  if (answer.type === "null") return "NULL";
  if (answer.type !== "reply") return answer.type;
  return answer.bodies.map((body) => body.slice(body.indexOf("RES="))).join(
    "|",
  );
}

/** The lists of a mailbox's reply. */
export function mailIn(reply: string): string {
  const match = /^RES=0&MN=(\d+)&MT=(.*)&UN=(.*)&MG=(.*)$/.exec(reply);
  return match === null ? reply : match.slice(2).join(" ").trim();
}

/** A test that runs a script, after a preparation. */
export type ScriptRow = [name: string, script: string, options?: ServerOptions];

/** Runs a test for each script. */
export function onStages(
  prepare: (stage: Stage) => Promise<void>,
  rows: readonly ScriptRow[],
): void {
  for (const [name, script, options] of rows) {
    onStage(name, async (stage) => {
      await prepare(stage);
      await stage.play(script);
    }, options);
  }
}

/** Runs a test on a stage and ends it. */
export function onStage(
  name: string,
  run: (stage: Stage) => Promise<void>,
  options: ServerOptions = {},
): void {
  Deno.test(name, async () => {
    const stage = new Stage(options);
    try {
      await run(stage);
    } finally {
      await stage.server.close();
    }
  });
}

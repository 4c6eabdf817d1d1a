/** Logins that wait for the text of a picture. @module */

import type { Clock } from "../../clock.ts";
import { toHex } from "../../hex.ts";
import type { Command } from "../../protocol/command.ts";

/**
 * A picture with a text that a person can read.
 *
 * @category Server
 */
export interface Captcha {
  /** The picture, a PNG. */
  readonly png: Uint8Array;
  /** The text in it. Case and blanks around it do not matter. */
  readonly text: string;
}

/** Bounds of the logins that are kept. */
const KEPT = {
  /** Most at a time; beyond, the oldest goes. */
  most: 1000,
  /** How long one is kept, in milliseconds. */
  ms: 300_000,
} as const;

/** A Login that is carried out once the text is given. */
interface KeptLogin {
  readonly command: Extract<Command, { cmd: "Login" }>;
  readonly at: number;
  captcha: Captcha;
}

/** What follows from a text: a picture, the login, or nothing. */
export type CaptchaOutcome =
  | { type: "picture"; picture: string }
  | { type: "login"; command: Extract<Command, { cmd: "Login" }> }
  | { type: "none" };

/** The logins that are kept, at most one of a client and number. */
export class Captchas {
  readonly #clock: Clock;
  readonly #draw: (uin: string) => Captcha | undefined;
  readonly #kept = new Map<string, KeptLogin>();

  constructor(clock: Clock, draw: (uin: string) => Captcha | undefined) {
    this.#clock = clock;
    this.#draw = draw;
  }

  /** Keeps a Login if its number needs a text, and returns the picture in hex. */
  keep(
    holder: string,
    command: Extract<Command, { cmd: "Login" }>,
  ): string | undefined {
    const key = keyOf(holder, command.uin);
    this.#kept.delete(key);
    const captcha = this.#draw(command.uin);
    if (captcha === undefined) return undefined;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT.most) this.#kept.delete(oldest!);
    this.#kept.set(key, { command, captcha, at: this.#clock.now() });
    return toHex(captcha.png).toUpperCase();
  }

  /** Compares a text with that of the picture. A login that it completes is used up. */
  answer(holder: string, uin: string, text = ""): CaptchaOutcome {
    const key = keyOf(holder, uin);
    const kept = this.#kept.get(key);
    if (kept === undefined || this.#clock.now() - kept.at >= KEPT.ms) {
      this.#kept.delete(key);
      return { type: "none" };
    }
    if (text.trim().toLowerCase() === kept.captcha.text.trim().toLowerCase()) {
      this.#kept.delete(key);
      return { type: "login", command: kept.command };
    }
    kept.captcha = this.#draw(uin) ?? kept.captcha;
    return { type: "picture", picture: toHex(kept.captcha.png).toUpperCase() };
  }
}

function keyOf(holder: string, uin: string): string {
  return `${uin} ${holder}`;
}

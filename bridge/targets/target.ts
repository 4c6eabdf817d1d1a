/** Targets: the addresses to which the bridge connects or posts by itself. @module */

import { createHash } from "node:crypto";
import type { TargetKind } from "../../mod.ts";

export { TARGET_KINDS, type TargetKind } from "../../mod.ts";

/** What a target may be set to. */
export interface TargetSettings {
  readonly url: string;
  /** The only account whose events it gets; `undefined` means all accounts. */
  readonly account?: string | undefined;
  /** Names of the events that it gets, or what stands before a dot in one; `undefined` means all. */
  readonly events?: readonly string[] | undefined;
  /** What is done with segments of OneBot calls that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: "text" | "strict" | undefined;
  /** Whether it also gets the messages that the account itself sent. @default {false} */
  readonly self?: boolean | undefined;
  /** How long ago an event must have been sent for a pong to confirm it, in seconds. @default {0} */
  readonly confirmAfter?: number | undefined;
  /** Sent to the target as `Authorization: Bearer`; a secret. */
  readonly accessToken?: string | undefined;
  /** Signs what is posted; a secret. */
  readonly secret?: string | undefined;
}

/** A target as a store keeps it. */
export interface TargetRecord extends TargetSettings {
  readonly id: string;
  /** Part of the names of its positions; stays the same when the URL changes. */
  readonly key: string;
  readonly kind: TargetKind;
  readonly isEnabled: boolean;
}

/** A target that was set by a flag or a variable. */
export interface FlagTarget extends TargetSettings {
  readonly kind: TargetKind;
}

/** The part before `UIN/KEY` in the name of a position of each kind. */
export const POSITION_PREFIXES: Readonly<Record<TargetKind, string>> = {
  "onebot-reverse": "/onebot/reverse/",
  "onebot-post": "/onebot/post/",
  hook: "/hook/",
};

/** Protocols of each kind. */
export const TARGET_PROTOCOLS: Readonly<Record<TargetKind, readonly string[]>> =
  {
    "onebot-reverse": ["ws:", "wss:"],
    "onebot-post": ["http:", "https:"],
    hook: ["http:", "https:"],
  };

/** Returns the URL without what may be secret in it: credentials, query and fragment. */
export function shownUrl(url: string): string {
  const { origin, protocol, host, pathname } = new URL(url);
  return origin === "null" ? `${protocol}//${host}${pathname}` : origin +
    pathname;
}

/** A digest that identifies a URL. It leaves the query out, because that may hold a token that changes. */
export function digestUrl(url: string): string {
  return digest(shownUrl(url));
}

/** Id of the target that a kind, a URL and an account have by default. */
export function targetId(
  kind: TargetKind,
  { url, account }: TargetSettings,
): string {
  return digest(`${kind} ${account ?? ""} ${shownUrl(url)}`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whether two targets of one kind have the same address and accounts. */
export function isSameTarget(
  a: TargetSettings & { kind: TargetKind },
  b: TargetSettings & { kind: TargetKind },
): boolean {
  return a.kind === b.kind && a.account === b.account &&
    shownUrl(a.url) === shownUrl(b.url);
}

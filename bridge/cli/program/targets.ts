/** The targets of flags and variables. @module */

import { type Config, ConfigError } from "../../config/config.ts";
import type { DeliveryNotice } from "../../endpoint/outbound/outbound_target.ts";
import type { Log } from "../../ops/log.ts";
import { AddressPolicy } from "../../targets/address_policy.ts";
import { type FlagTarget, shownUrl } from "../../targets/target.ts";
import type { TargetServiceOptions } from "../../targets/target_service.ts";
import type { TargetStore } from "../../targets/target_store.ts";

/** Maximum number of targets and accounts whose last notice is remembered; the oldest is forgotten. */
const NOTICES = 100_000;

/**
 * Options of the targets of a program.
 *
 * @throws {ConfigError} If the address of a flag is not allowed.
 */
export function targetOptions(
  { targets }: Config,
  store: TargetStore,
): Omit<TargetServiceOptions, "journal" | "now"> {
  const { accessToken, secret, hookEvents, hookSecret } = targets;
  const addresses = new AddressPolicy(targets);
  const flags: FlagTarget[] = [
    ...targets.reverse.map((target) => ({
      ...target,
      kind: "onebot-reverse" as const,
      accessToken,
    })),
    ...targets.post.map((target) => ({
      ...target,
      kind: "onebot-post" as const,
      secret,
    })),
    ...targets.hook.map((target) => ({
      ...target,
      kind: "hook" as const,
      events: hookEvents,
      secret: hookSecret,
    })),
  ];
  for (const { kind, url } of flags) {
    const rule = addresses.brokenRule(url);
    if (rule === undefined) continue;
    throw new ConfigError(`Cannot use --${kind} ${shownUrl(url)}: ${rule}`);
  }
  return { store, flags, addresses };
}

/** Logs what repeats at a target once, because nobody may listen there for days; a warning always. */
export function logOnce(
  log: Log,
  what: string,
): (notice: DeliveryNotice) => void {
  const last = new Map<string, string>();
  return (notice) => {
    const { account, url, reason, isWarning = false } = notice;
    const message = `${what}: ${notice.what}`;
    if (isWarning) return log.warn(message, { account, url, reason });
    const line = `${account} ${url}`;
    const text = `${notice.what} ${reason}`;
    if (last.get(line) === text) return;
    last.delete(line);
    last.set(line, text);
    if (last.size > NOTICES) last.delete(last.keys().next().value!);
    log.info(message, { account, url, reason });
  };
}

/** Security events in the log. @module */

import type { Clock } from "../../lib/clock.ts";
import type { AuditEntry, AuditSink } from "../access/audit.ts";
import type { Log } from "./log.ts";

/** How long refusals of one actor and kind are counted before a line says how many there were, in milliseconds. */
const REFUSAL_MS = 60_000;

/** Maximum number of actors and kinds that are counted at once; refusals of others are not logged. */
export const MAX_REFUSALS = 10_000;

/** Refusals since the line of the first one. */
interface Refusals {
  count: number;
  entry: AuditEntry;
  cancel: () => void;
}

/** Logs each security event, and refusals at most once a minute for an actor and kind. */
export class AuditLog implements AuditSink {
  readonly #log: Pick<Log, "info">;
  readonly #clock: Clock;
  readonly #refusals = new Map<string, Refusals>();

  constructor(log: Pick<Log, "info">, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  add(
    { message, actor, subject, subjectName, reason, count }: AuditEntry,
  ): void {
    this.#log.info(message, {
      audit: true,
      actor: actor.id,
      actorName: actor.name,
      address: actor.address,
      subject,
      subjectName,
      reason,
      count,
    });
  }

  /** Logs the first at once, and how many followed when the minute is over. */
  addRefusal(entry: AuditEntry): void {
    const key = JSON.stringify([entry.actor.id, entry.message, entry.reason]);
    const known = this.#refusals.get(key);
    if (known !== undefined) {
      known.count++;
      known.entry = entry;
      return;
    }
    if (this.#refusals.size >= MAX_REFUSALS) return;
    this.add(entry);
    this.#watch(key, entry);
  }

  /** Logs what is counted. */
  close(): void {
    for (const key of [...this.#refusals.keys()]) this.#flush(key);
  }

  #watch(key: string, entry: AuditEntry): void {
    const cancel = this.#clock.after(REFUSAL_MS, () => this.#flush(key));
    this.#refusals.set(key, { count: 0, entry, cancel });
  }

  #flush(key: string): void {
    const { count, entry, cancel } = this.#refusals.get(key)!;
    cancel();
    this.#refusals.delete(key);
    if (count > 0) this.add({ ...entry, count });
  }
}

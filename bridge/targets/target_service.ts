/** Listing, setting and removing targets. @module */

import { randomBytes } from "node:crypto";
import { defined } from "../../lib/defined.ts";
import {
  type BridgeCommandData,
  type BridgeCommandName,
  type BridgeCommandParams,
  TARGET_STATES,
  type TargetChange,
  type TargetInfo,
  type TargetState,
} from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Journal } from "../journal/journal.ts";
import { AddressPolicy } from "./address_policy.ts";
import { LineStatus, TargetStatus } from "./line_status.ts";
import {
  digestUrl,
  type FlagTarget,
  isSameTarget,
  POSITION_PREFIXES,
  shownUrl,
  TARGET_PROTOCOLS,
  targetId,
  type TargetKind,
  type TargetRecord,
} from "./target.ts";
import type { TargetStore } from "./target_store.ts";

/** Default number of targets in one answer of `targets`. */
const PAGE = 100;

/** A target in use, of a flag or of the store. */
export interface Target extends TargetRecord {
  readonly from: TargetInfo["from"];
}

/** What serves the targets of a kind. */
export interface TargetRunner {
  /** Called when targets were set or removed. */
  refresh(): void;
  /** Tries again what waits for its next attempt. */
  retry(id: string): void;
  /** Resolves once nothing writes the positions of a key any more. */
  ended(key: string): Promise<void>;
}

export interface TargetServiceOptions {
  readonly store: TargetStore;
  /** Targets of flags and variables, which cannot be changed. */
  readonly flags?: readonly FlagTarget[];
  readonly addresses?: AddressPolicy;
  /** Undefined if positions are not open. */
  readonly journal?: Journal | undefined;
  readonly now?: () => number;
}

/** The targets of a bridge, and how delivery to each goes. */
export class TargetService {
  readonly addresses: AddressPolicy;
  readonly #store: TargetStore;
  readonly #flags: readonly FlagTarget[];
  readonly #journal: Journal | undefined;
  readonly #now: () => number;
  readonly #runners = new Map<TargetKind, TargetRunner>();
  readonly #statuses = new Map<string, TargetStatus>();
  #targets: readonly Target[] | undefined;
  /** The target made of a record or a flag, so that runners recognise one that did not change. */
  readonly #known = new WeakMap<object, Target>();

  constructor(options: TargetServiceOptions) {
    this.#store = options.store;
    this.#flags = options.flags ?? [];
    this.addresses = options.addresses ?? new AddressPolicy();
    this.#journal = options.journal;
    this.#now = options.now ?? Date.now;
    this.#store.watch?.(() => this.#changedElsewhere());
  }

  /** Lists the targets, sorted by id. */
  list(
    grant: Grant,
    { after = "", limit = PAGE }: BridgeCommandParams<"targets">,
  ): BridgeCommandData<"targets"> {
    assertReachesAll(grant, "targets");
    const found = this.all().filter(({ id }) => id > after);
    const page = found.slice(0, limit);
    return {
      targets: page.map((target) => this.#describe(target)),
      ...(found.length > page.length ? { next: page.at(-1)!.id } : {}),
    };
  }

  /**
   * Adds or changes a target, and tries it at once.
   *
   * @returns Its id; `stored` resolves once it is stored, absent if it is already.
   * @throws {CommandError} `forbidden` for a limited token, `already_exists` for
   * an address that another target has, `bad_params`.
   * @throws {RangeError} If there are too many targets.
   */
  set(
    grant: Grant,
    change: TargetChange,
  ): { id: string; stored?: Promise<void> } {
    assertReachesAll(grant, "setTarget");
    const { id, url } = change;
    if (url !== undefined && !URL.canParse(url)) {
      throw badTarget("its URL must be a valid URL");
    }
    const current = id === undefined ? undefined : this.#find("set", id);
    const hasChanges = Object.keys(change).some((name) => name !== "id");
    if (current !== undefined && !hasChanges) {
      this.#runners.get(current.kind)?.retry(current.id);
      return { id: current.id };
    }
    if (current?.from === "flag") throw isOfFlag("change", current.id);
    const record = current === undefined
      ? this.#create(change)
      : merge(current, change);
    if (change.kind !== undefined && change.kind !== record.kind) {
      throw badTarget(`its kind must stay ${record.kind}`);
    }
    this.#checkUrl(record);
    const { id: ownId, kind } = record;
    const stored = this.#store.put(record);
    // At once if it is stored: a second change must see the first.
    if (stored === undefined) this.#changed(kind);
    return stored === undefined
      ? { id: ownId }
      : { id: ownId, stored: stored.then(() => this.#changed(kind)) };
  }

  /**
   * Removes a target, and its positions once nothing is under way.
   *
   * @throws {CommandError} `forbidden` for a limited token, `bad_params` for an
   * unknown id or a target of a flag.
   */
  async remove(
    grant: Grant,
    { id }: { id: string },
  ): Promise<Record<string, never>> {
    assertReachesAll(grant, "removeTarget");
    const target = this.#find("remove", id);
    if (target.from === "flag") throw isOfFlag("remove", id);
    const removed = this.#store.remove(id);
    if (typeof removed !== "boolean") await removed;
    this.#statuses.delete(id);
    this.#changed(target.kind);
    await this.#runners.get(target.kind)?.ended(target.key);
    await this.#dropPositions(target);
    return {};
  }

  /** Stops using a stored target that asked for it. Returns false for a target of a flag. */
  disable(id: string): boolean {
    const record = this.#store.get(id);
    if (record === undefined || !record.isEnabled) return false;
    const changed = () => this.#changed(record.kind);
    const stored = this.#store.put({ ...record, isEnabled: false });
    // If that fails, the target asks again when it is tried next.
    if (stored === undefined) changed();
    else stored.then(changed, () => {});
    return true;
  }

  /** All targets, sorted by id. The same object is returned for a target until it changes. */
  all(): readonly Target[] {
    return this.#targets ??= this.#readTargets();
  }

  /** Registers what serves a kind. */
  serve(kind: TargetKind, runner: TargetRunner): void {
    this.#runners.set(kind, runner);
  }

  /** The status of one account at a target, which starts as `connecting`. */
  line({ id }: Target, account: string): LineStatus {
    let status = this.#statuses.get(id);
    if (status === undefined) {
      this.#statuses.set(id, status = new TargetStatus(this.#now()));
    }
    return new LineStatus(status, account, this.#now);
  }

  /** Ends the status of an account at a target. */
  endLine({ id }: Target, account: string, line: LineStatus): void {
    const lines = this.#statuses.get(id)?.lines;
    if (lines?.get(account) === line) lines.delete(account);
  }

  /** Number of accounts at the targets of a kind, by state; a disabled target counts once. */
  counts(kind: TargetKind): Record<TargetState | "disabled", number> {
    const counts = { connecting: 0, open: 0, retrying: 0, disabled: 0 };
    for (const target of this.all()) {
      if (target.kind !== kind) continue;
      if (!target.isEnabled) counts.disabled++;
      const lines = this.#statuses.get(target.id)?.lines.values() ?? [];
      for (const { state } of lines) counts[state]++;
    }
    return counts;
  }

  #readTargets(): Target[] {
    const stored = this.#store.list();
    const targets = new Map<string, Target>();
    for (const flag of this.#flags) {
      // The same address in the store is the same target: one position, one delivery.
      const same = stored.find((one) => isSameTarget(one, flag));
      const target = this.#flagTarget(flag, same);
      if (!targets.has(target.id)) targets.set(target.id, target);
    }
    for (const record of stored) {
      if (targets.has(record.id)) continue;
      let target = this.#known.get(record);
      if (target === undefined) {
        this.#known.set(record, target = { ...record, from: "store" });
      }
      targets.set(record.id, target);
    }
    return [...targets.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  }

  #flagTarget(flag: FlagTarget, same: TargetRecord | undefined): Target {
    const id = same?.id ?? targetId(flag.kind, flag);
    const key = same?.key ?? digestUrl(flag.url);
    const known = this.#known.get(flag);
    if (known?.id === id && known.key === key) return known;
    const target: Target = { ...flag, id, key, isEnabled: true, from: "flag" };
    this.#known.set(flag, target);
    return target;
  }

  #create(change: TargetChange): TargetRecord {
    const { kind, url } = change;
    if (kind === undefined || url === undefined) {
      throw badTarget("a new one must have kind and url");
    }
    const account = change.account ?? undefined;
    const isTaken = (has: (target: Target) => boolean) => this.all().some(has);
    if (isTaken((one) => isSameTarget(one, { kind, url, account }))) {
      throw new CommandError(
        "already_exists",
        `Cannot set the target: ${
          shownUrl(url)
        } is a target of this kind and account already. Change that one.`,
      );
    }
    const id = targetId(kind, { url, account });
    const key = digestUrl(url);
    return merge({
      id: isTaken((one) => one.id === id) ? randomId() : id,
      key: isTaken((one) => one.kind === kind && one.key === key)
        ? randomId()
        : key,
      kind,
      url,
      isEnabled: true,
    }, change);
  }

  #checkUrl({ id, kind, url, account }: TargetRecord): void {
    const { protocol, username, password, hash } = new URL(url);
    const protocols = TARGET_PROTOCOLS[kind];
    if (!protocols.includes(protocol)) {
      throw badTarget(
        `the URL of ${kind} must start with ${
          protocols.join("// or ")
        }//, got ${protocol}`,
      );
    }
    if (username + password + hash !== "") {
      throw badTarget("its URL must have no user, password and fragment");
    }
    const rule = this.addresses.brokenRule(url);
    if (rule !== undefined) throw badTarget(rule);
    const other = this.all().find((one) =>
      one.id !== id && isSameTarget(one, { kind, url, account })
    );
    if (other === undefined) return;
    throw new CommandError(
      "already_exists",
      `Cannot set the target: ${shownUrl(url)} is target ${other.id} already`,
    );
  }

  #find(verb: string, id: string): Target {
    const target = this.all().find((one) => one.id === id);
    if (target !== undefined) return target;
    throw new CommandError(
      "bad_params",
      `Cannot ${verb} the target: the id must be that of a target, got ${
        JSON.stringify(id)
      }. The command targets lists them.`,
    );
  }

  #changed(kind: TargetKind): void {
    this.#targets = this.#readTargets();
    this.#runners.get(kind)?.refresh();
  }

  #changedElsewhere(): void {
    this.#targets = this.#readTargets();
    const ids = new Set(this.#targets.map(({ id }) => id));
    for (const id of this.#statuses.keys()) {
      if (!ids.has(id)) this.#statuses.delete(id);
    }
    for (const runner of this.#runners.values()) runner.refresh();
  }

  /** What is left here goes when the runner looks for positions without a target. */
  async #dropPositions({ kind, key }: Target): Promise<void> {
    if (this.#journal === undefined) return;
    if (this.all().some((one) => one.kind === kind && one.key === key)) return;
    const journal = this.#journal;
    const consumers = journal.consumersOf(POSITION_PREFIXES[kind])
      .filter((consumer) => consumer.endsWith(`/${key}`));
    await Promise.all(consumers.map((one) => journal.dropPosition(one)));
  }

  #describe(target: Target): TargetInfo {
    const { id, kind, url, account, isEnabled, from } = target;
    const status = this.#statuses.get(id);
    const lines = [...status?.lines.values() ?? []];
    const states: TargetInfo["states"] = {};
    for (const state of TARGET_STATES) {
      const count = lines.filter((line) => line.state === state).length;
      if (count > 0) states[state] = count;
    }
    const positions = lines.map((line) => line.position())
      .filter((position) => position !== undefined);
    if (positions.length === 0) positions.push(...this.#keptPositions(target));
    const head = this.#journal?.head ?? 0;
    const attempts = lines.map(({ nextAttemptAt }) => nextAttemptAt)
      .filter((at) => at !== undefined);
    return {
      id,
      kind,
      url: shownUrl(url),
      ...defined({
        account,
        events: target.events === undefined ? undefined : [...target.events],
        segments: target.segments,
        self: target.self,
        confirmAfter: target.confirmAfter,
      }),
      enabled: isEnabled,
      from,
      states,
      since: new Date(status?.since ?? this.#now()).toISOString(),
      ...(positions.length === 1 ? { position: positions[0]! } : {}),
      lag: Math.max(0, ...positions.map((position) => head - position)),
      delivered: status?.delivered ?? 0,
      failures: status?.failures ?? 0,
      ...defined({ lastError: status?.lastError }),
      ...(attempts.length === 0
        ? {}
        : { nextAttemptAt: new Date(Math.min(...attempts)).toISOString() }),
    };
  }

  /** The stored positions of a target that nothing serves. */
  #keptPositions({ kind, key, account }: Target): number[] {
    const journal = this.#journal;
    if (journal === undefined) return [];
    const prefix = POSITION_PREFIXES[kind];
    const consumers = account === undefined
      ? journal.consumersOf(prefix).filter((one) => one.endsWith(`/${key}`))
      : [`${prefix}${account}/${key}`];
    return consumers.map((consumer) => journal.position(consumer))
      .filter((position) => position !== undefined);
  }
}

/** A record with what a change gives; `null` clears a field. */
function merge(record: TargetRecord, change: TargetChange): TargetRecord {
  const { id: _, kind: __, enabled, url, ...fields } = change;
  const {
    account,
    events,
    segments,
    self,
    confirmAfter,
    accessToken,
    secret,
  } = { ...record, ...fields };
  return {
    id: record.id,
    key: record.key,
    kind: record.kind,
    url: url === undefined ? record.url : new URL(url).href,
    isEnabled: enabled ?? record.isEnabled,
    ...defined({
      account: account ?? undefined,
      events: events ?? undefined,
      segments: segments ?? undefined,
      self: self ?? undefined,
      confirmAfter: confirmAfter ?? undefined,
      accessToken: accessToken ?? undefined,
      secret: secret ?? undefined,
    }),
  };
}

function assertReachesAll(grant: Grant, command: BridgeCommandName): void {
  if (grant.accounts === "all") return;
  throw new CommandError(
    "forbidden",
    `Cannot do ${command}: the token ${grant.name} must reach all accounts`,
  );
}

function badTarget(rule: string): CommandError {
  return new CommandError("bad_params", `Cannot set the target: ${rule}`);
}

function isOfFlag(verb: string, id: string): CommandError {
  return new CommandError(
    "bad_params",
    `Cannot ${verb} the target ${id}: it is set by a flag or a variable. Change that, and start the bridge again.`,
  );
}

function randomId(): string {
  return randomBytes(8).toString("hex");
}

/** The workers of a kind of target, one for each target and account. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { BridgeApi } from "../../core/bridge_api.ts";
import { POSITION_PREFIXES, type TargetKind } from "../../targets/target.ts";
import type { LineStatus } from "../../targets/line_status.ts";
import type {
  Target,
  TargetRunner,
  TargetService,
} from "../../targets/target_service.ts";
import type { OutboundLine } from "./outbound_target.ts";

export interface OutboundWorker {
  /** Called about once a second. */
  sweep(now: number): void;
  /** Ends it; resolves once it writes no position any more. */
  stop(): Promise<void>;
}

/** What {@linkcode OutboundWorkers} are made of. */
export interface OutboundWorkersOptions {
  readonly kind: TargetKind;
  readonly targets: TargetService;
  readonly context: {
    readonly bridge: BridgeApi;
    readonly clock: Clock;
    readonly onError: (error: unknown) => void;
  };
  /** Creates a worker; its events begin after the head. */
  create(line: OutboundLine, head: number): OutboundWorker;
}

/** How often accounts are looked for that came or went, in milliseconds. */
const SWEEP_MS = 1000;

/** How often positions without a target are looked for, in milliseconds. */
const DROP_MS = 60_000;

/** A worker with what it was made from. */
interface Running {
  readonly target: Target;
  readonly account: string;
  readonly status: LineStatus;
  readonly worker: OutboundWorker;
}

/** Starts and stops workers as targets and accounts come and go. */
export class OutboundWorkers implements TargetRunner {
  readonly #options: OutboundWorkersOptions;
  readonly #prefix: string;
  readonly #running = new Map<string, Running>();
  /** Workers that are ending; their keys are free only afterwards. */
  readonly #ending = new Map<string, Promise<void>>();
  /** Head of the journal when accounts were last looked for: a new account is read from there. */
  #head: number;
  #knownTargets = new Set<string>();
  #cancelSweep: (() => void) | undefined;
  #isStarted = false;
  /** Positions that had no target when they were last looked at. */
  #orphans: ReadonlySet<string> = new Set();
  #orphansAt = -Infinity;

  constructor(options: OutboundWorkersOptions) {
    this.#options = options;
    this.#prefix = POSITION_PREFIXES[options.kind];
    this.#head = options.context.bridge.journal.head;
    for (const { id } of this.#targets) this.#knownTargets.add(id);
    options.targets.serve(options.kind, this);
  }

  start(): void {
    this.#isStarted = true;
    if (this.#hasWork) this.#sweep();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelSweep?.();
    for (const key of [...this.#running.keys()]) this.#end(key);
    await Promise.all(this.#ending.values());
  }

  refresh(): void {
    if (!this.#isStarted) return;
    this.#cancelSweep?.();
    this.#sweep();
  }

  retry(id: string): void {
    for (const [key, { target, status }] of [...this.#running]) {
      if (target.id === id && status.state !== "open") this.#end(key);
    }
    this.refresh();
  }

  async ended(key: string): Promise<void> {
    const endings = [...this.#ending].filter(([line]) =>
      line.endsWith(`/${key}`)
    );
    await Promise.all(endings.map(([, ended]) => ended));
  }

  /** All targets of the kind, also disabled ones, because their positions stay. */
  get #targets(): Target[] {
    const { kind, targets } = this.#options;
    return targets.all().filter((target) => target.kind === kind);
  }

  /** Without targets, only positions of former ones may be left to drop. */
  get #hasWork(): boolean {
    const { journal } = this.#options.context.bridge;
    return this.#targets.length > 0 || this.#running.size > 0 ||
      journal.consumersOf(this.#prefix).length > 0;
  }

  #sweep(): void {
    const { context } = this.#options;
    this.#cancelSweep = context.clock.after(SWEEP_MS, () => {
      if (this.#hasWork) this.#sweep();
    });
    try {
      this.#compare();
    } catch (error) {
      context.onError(error);
    }
  }

  #compare(): void {
    const { bridge, clock } = this.#options.context;
    const accounts = bridge.health().map(({ uin }) => uin);
    const targets = this.#targets;
    const lines = new Map<string, { target: Target; account: string }>();
    // Those of flags first: where a flag and a stored target serve one account, the flag's counts.
    const inOrder = [
      ...targets.filter(({ from }) => from === "flag"),
      ...targets.filter(({ from }) => from === "store"),
    ].filter(({ isEnabled }) => isEnabled);
    for (const target of inOrder) {
      for (const account of accounts) {
        if ((target.account ?? account) !== account) continue;
        const key = `${account}/${target.key}`;
        if (!lines.has(key)) lines.set(key, { target, account });
      }
    }
    for (const [key, { target, worker }] of [...this.#running]) {
      if (lines.get(key)?.target === target) worker.sweep(clock.now());
      else this.#end(key);
    }
    const { head } = bridge.journal;
    for (const [key, { target, account }] of lines) {
      if (this.#running.has(key) || this.#ending.has(key)) continue;
      // A new target starts from now on. Of a new account it gets every event.
      const isNew = !this.#knownTargets.has(target.id);
      this.#begin(key, target, account, isNew ? head : this.#head);
    }
    this.#knownTargets = new Set(targets.map(({ id }) => id));
    this.#head = head;
    this.#dropPositions(accounts, targets);
  }

  #begin(key: string, target: Target, account: string, head: number): void {
    const { targets, context } = this.#options;
    const consumer = `${this.#prefix}${key}`;
    const status = targets.line(target, account);
    status.position = () => context.bridge.journal.position(consumer);
    const line: OutboundLine = { target, account, consumer, status };
    const worker = this.#options.create(line, head);
    this.#running.set(key, { target, account, status, worker });
  }

  #end(key: string): void {
    const { target, account, status, worker } = this.#running.get(key)!;
    const { context, targets } = this.#options;
    this.#running.delete(key);
    targets.endLine(target, account, status);
    const ended = worker.stop()
      .catch((error) => context.onError(error))
      .finally(() => {
        this.#ending.delete(key);
        if (this.#isStarted) this.refresh();
      });
    this.#ending.set(key, ended);
  }

  /**
   * A position goes with its target or its account. Only one that had no target
   * at two looks is dropped, because an account that is added anew is missing
   * for a moment. Without accounts nothing is dropped, because the bridge may be
   * starting or stopping.
   */
  #dropPositions(
    accounts: readonly string[],
    targets: readonly Target[],
  ): void {
    const { bridge, clock, onError } = this.#options.context;
    const now = clock.now();
    if (now - this.#orphansAt < DROP_MS || accounts.length === 0) return;
    this.#orphansAt = now;
    const wanted = new Set(
      targets.flatMap(({ key, account }) =>
        (account === undefined
          ? accounts
          : accounts.filter((one) => one === account))
          .map((one) => `${this.#prefix}${one}/${key}`)
      ),
    );
    const orphans = bridge.journal.consumersOf(this.#prefix)
      .filter((consumer) => !wanted.has(consumer));
    for (const consumer of orphans) {
      if (!this.#orphans.has(consumer)) continue;
      bridge.journal.dropPosition(consumer).catch(onError);
    }
    this.#orphans = new Set(orphans);
  }
}

import type {
  Control,
  MembershipView,
} from "../../bridge/cluster/members/membership.ts";
import { Membership } from "../../bridge/cluster/members/membership.ts";
import type { MembershipLog } from "../../bridge/cluster/members/ownership.ts";
import type { Clock } from "../../lib/clock.ts";

/** A log of controls that several nodes share, for tests of ownership without a journal. */
export class ControlLog {
  readonly records: Control[] = [];
  readonly nodes: ControlLogNode[] = [];

  append(control: Control): void {
    this.records.push(control);
    for (const node of this.nodes) node.notify();
  }
}

/** A machine: its timers do not run while it is paused. */
export class Machine implements Clock {
  readonly #clock: Clock;
  #isPaused = false;
  #due: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#clock.after(delayMs, () => {
      if (!this.#isPaused) return run();
      this.#due.push(() => {
        if (!isCancelled) run();
      });
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const due = this.#due;
    this.#due = [];
    for (const run of due) run();
  }
}

/** One node's connection to a {@linkcode ControlLog}. */
export class ControlLogNode implements MembershipLog {
  readonly #log: ControlLog;
  readonly #machine: Clock;
  readonly #delayMs: () => number;
  readonly #membership = new Membership();
  readonly #listeners = new Set<(controls: readonly Control[]) => void>();
  readonly #waiting = new Map<Control, () => void>();
  #applied = 0;
  #isDue = false;
  isCut = false;

  constructor(log: ControlLog, machine: Clock, delayMs: () => number) {
    this.#log = log;
    this.#machine = machine;
    this.#delayMs = delayMs;
    log.nodes.push(this);
  }

  get membership(): MembershipView {
    return this.#membership;
  }

  get applied(): number {
    return this.#applied;
  }

  control(control: Control): Promise<void> {
    const own = { ...control };
    return new Promise((resolve) => {
      this.#waiting.set(own, resolve);
      this.#send(own);
    });
  }

  onControls(listener: (controls: readonly Control[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#machine.after(this.#delayMs(), () => {
      this.#isDue = false;
      if (this.isCut) this.#machine.after(250, () => this.notify());
      else this.#apply();
    });
  }

  /** Sends it until it is in the log. */
  #send(control: Control): void {
    this.#machine.after(this.#delayMs(), () => {
      if (this.isCut) this.#machine.after(500, () => this.#send(control));
      else this.#log.append(control);
    });
  }

  #apply(): void {
    const controls = this.#log.records.slice(this.#applied);
    for (const control of controls) {
      this.#membership.apply(control, ++this.#applied);
    }
    for (const listener of this.#listeners) listener(controls);
    for (const control of controls) this.#waiting.get(control)?.();
  }
}

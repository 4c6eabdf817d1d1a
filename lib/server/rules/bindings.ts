/** Which connection of lines the mail of a number is pushed to. @module */

/** A connection that mail can be pushed to. */
export interface LinePort {
  /** The numbers whose mail goes there. Only {@linkcode Bindings} changes it. */
  readonly bound: Set<string>;
  /** There may be mail to push, or a number was bound or let go. */
  wake(): void;
}

/** The numbers that are bound to a connection, each to one. */
export class Bindings {
  readonly #byUin = new Map<string, LinePort>();

  /** The connection of a number. */
  get(uin: string): LinePort | undefined {
    return this.#byUin.get(uin);
  }

  /** Binds a number to a connection, and to no other. */
  bind(uin: string, port: LinePort): void {
    if (this.#byUin.get(uin) !== port) {
      this.unbind(uin);
      this.#byUin.set(uin, port);
      port.bound.add(uin);
    }
    port.wake();
  }

  /** Lets a number go. */
  unbind(uin: string): void {
    const port = this.#byUin.get(uin);
    if (port === undefined) return;
    this.#byUin.delete(uin);
    port.bound.delete(uin);
    port.wake();
  }
}

/** Lets sockets be served between turns of the event loop, at little cost. @module */

/** How long a byte may be on its way, in milliseconds; timers take its place until it arrives. */
const LATE_MS = 50;

/** How many strangers may connect before the program itself does. */
const STRANGERS = 8;

/**
 * A connection of the program to itself. Deno sees a byte on it only after it
 * has asked which sockets are ready, so all that are have their turn. A timer
 * does that, too, but takes 1 to 2 ms in which nothing may be to do.
 */
export class LoopbackRest implements Disposable {
  readonly #reader: Deno.Conn;
  readonly #writer: Deno.Conn;
  readonly #byte = new Uint8Array(1);
  #isUnderWay = false;
  #isBroken = false;

  private constructor(reader: Deno.Conn, writer: Deno.Conn) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Connects. `undefined` where that is not allowed, or others connect. */
  static async open(): Promise<LoopbackRest | undefined> {
    let writer: Deno.TcpConn | undefined;
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr as Deno.NetAddr;
      writer = await Deno.connect({ hostname: "127.0.0.1", port });
      writer.setNoDelay();
      for (let stranger = 0; stranger < STRANGERS; stranger++) {
        const reader = await listener.accept();
        if (reader.remoteAddr.port === writer.localAddr.port) {
          return new LoopbackRest(reader, writer);
        }
        reader.close();
      }
    } catch {
      // Timers do as well.
    }
    writer?.close();
    return undefined;
  }

  /** Calls back once the sockets that are ready were served. */
  rest(done: () => void): void {
    if (this.#isUnderWay || this.#isBroken) return void setTimeout(done, 0);
    this.#isUnderWay = true;
    let isOver = false;
    const end = () => {
      if (!isOver) done();
      isOver = true;
    };
    const timer = setTimeout(end, LATE_MS);
    Promise.all([
      this.#reader.read(this.#byte),
      this.#writer.write(this.#byte),
    ]).then(([read]) => {
      this.#isUnderWay = false;
      this.#isBroken ||= read !== 1;
    }, () => {
      this.#isBroken = true;
    }).then(() => {
      clearTimeout(timer);
      end();
    });
  }

  [Symbol.dispose](): void {
    this.#isBroken = true;
    this.#reader.close();
    this.#writer.close();
  }
}

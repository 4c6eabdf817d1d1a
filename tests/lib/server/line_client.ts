import { connect, type Socket } from "node:net";

/** The longest wait for what must come. */
const COMES_MS = 20_000;

/** A client of lines, or of anything else, over a real socket. */
export class LineClient {
  readonly #socket: Socket;
  #bytes: Uint8Array[] = [];
  #text = "";
  #hasEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const decoder = new TextDecoder();
    socket.on("data", (bytes: Uint8Array) => {
      this.#bytes.push(bytes);
      this.#text += decoder.decode(bytes, { stream: true });
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => this.#end());
    socket.on("end", () => this.#end());
  }

  /** Connects from an address of this machine. */
  static to(port: number, from = "127.0.0.1"): Promise<LineClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, localAddress: from });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new LineClient(socket)));
    });
  }

  /** How many reads there were, each with its bytes. */
  get reads(): number {
    return this.#bytes.length;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  send(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(data, () => resolve()));
  }

  /** The next line with its end, or null if none comes in time. */
  async line(ms = COMES_MS): Promise<string | null> {
    for (const until = Date.now() + ms;;) {
      const end = this.#text.indexOf("\n") + 1;
      if (end > 0) return this.#take(end);
      if (this.#hasEnded || Date.now() >= until) return null;
      await this.#change(until - Date.now());
    }
  }

  /** So many characters, or what there is at the end. */
  async characters(count: number): Promise<string> {
    while (this.#text.length < count && !this.#hasEnded) {
      await this.#change(COMES_MS);
    }
    return this.#take(Math.min(count, this.#text.length));
  }

  /** All that comes until the server closes. */
  async rest(): Promise<string> {
    while (!this.#hasEnded) await this.#change(COMES_MS);
    return this.#take(this.#text.length);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(end: number): string {
    const text = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return text;
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async #change(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

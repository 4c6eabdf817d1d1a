/**
 * Clients that misuse a bridge, in a process of their own: they connect again
 * whenever they are cut. They stop when standard input ends, and print what
 * became of them.
 *
 * deno run --allow-all tests/soak/hostile_clients.ts PORT QQ_PORT TOKEN ACCOUNTS KINDS
 *
 * @module
 */

import { delay } from "@std/async";
import { Mutations } from "../property/mutations.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";

/** Number of clients of each kind. */
export const OFFENDERS = {
  /** WebSockets that subscribe and read nothing. */
  stalled: 300,
  /** WebSockets that read 256 bytes every 50 ms. */
  tricklingReaders: 150,
  /** Requests whose head arrives a byte every 100 ms. */
  tricklingHeads: 150,
  /** Random bytes, on the gateway, in WebSockets and on the QQ server. */
  garbage: 300,
  /** Connections that pipeline requests for the largest file and read nothing. */
  unread: 200,
  /** Wrong tokens, without a pause. */
  wrongTokens: 8,
  /** Logins with wrong passwords, without a pause. */
  wrongPasswords: 8,
} as const;

export type Offender = keyof typeof OFFENDERS;

/** What became of the clients of a kind. */
export interface OffenderReport {
  /** Connections that were opened. */
  opened: number;
  /** Connections that the program ended. */
  cut: number;
  /** The longest life of a connection, in milliseconds, also of those that are open. */
  longestMs: number;
}

/** Where clients come from. Healthy ones come from 127.0.0.1. */
const ADDRESSES: Readonly<Record<Offender, string>> = {
  stalled: "127.0.0.2",
  tricklingReaders: "127.0.0.3",
  tricklingHeads: "127.0.0.4",
  // Its first client; each has an address of its own.
  garbage: addressOfGarbage(0),
  unread: "127.0.0.6",
  wrongTokens: "127.0.0.7",
  wrongPasswords: "127.0.0.8",
};

/** Returns the address of a client that sends garbage. */
function addressOfGarbage(nth: number): string {
  return `127.0.${1 + Math.floor(nth / 200)}.${1 + nth % 200}`;
}

/** Pause between two connections of a client that sends garbage, in milliseconds. */
const GARBAGE_PAUSE_MS = 1000;

/** The same of a client that stalls: each fills the buffers of both kernels again. */
const STALLED_PAUSE_MS = 60_000;

/** Time over which the clients of a kind begin, in milliseconds. */
const SPREAD_MS = 3000;

/** Pipelined requests of an unread connection. */
const PIPELINED = 60;

/** Pause after a connection that could not be opened, in milliseconds. */
const RETRY_MS = 500;

const encoder = new TextEncoder();

function sleep(ms: number): Promise<void> {
  return delay(ms);
}

class Offenders {
  readonly reports = {} as Record<Offender, OffenderReport>;
  readonly #open = new Map<RawSocket, { kind: Offender; since: number }>();
  #isEnding = false;

  constructor(
    readonly port: number,
    readonly qqPort: number,
    readonly token: string,
    readonly accounts: string,
  ) {
    for (const kind of Object.keys(OFFENDERS) as Offender[]) {
      this.reports[kind] = { opened: 0, cut: 0, longestMs: 0 };
    }
  }

  /** Runs all clients until {@linkcode Offenders.end}. */
  start(kinds: readonly string[]): void {
    const lives: Record<Offender, (nth: number) => Promise<void>> = {
      stalled: () => this.#stalled(),
      tricklingReaders: () => this.#tricklingReader(),
      tricklingHeads: () => this.#tricklingHead(),
      garbage: (nth) => this.#garbage(nth),
      unread: () => this.#unread(),
      wrongTokens: () => this.#wrongToken(),
      wrongPasswords: () => this.#wrongPassword(),
    };
    for (const [kind, count] of Object.entries(OFFENDERS)) {
      if (!kinds.includes(kind)) continue;
      for (let nth = 0; nth < count; nth++) {
        const spreadMs = kind === "stalled" ? STALLED_PAUSE_MS : SPREAD_MS;
        void this.#repeat(spreadMs, () => lives[kind as Offender](nth));
      }
    }
  }

  /** Stops all clients. */
  end(): void {
    this.#isEnding = true;
    const now = performance.now();
    for (const [socket, { kind, since }] of this.#open) {
      this.#note(kind, now - since);
      socket[Symbol.dispose]();
    }
  }

  async #repeat(spreadMs: number, live: () => Promise<void>): Promise<void> {
    await this.#pause(Math.random() * spreadMs);
    while (!this.#isEnding) await live().catch(() => sleep(RETRY_MS));
  }

  #note(kind: Offender, lifeMs: number): void {
    const report = this.reports[kind];
    report.longestMs = Math.max(report.longestMs, Math.round(lifeMs));
  }

  /** Connects, acts, and waits until the program ends the connection. */
  async #connection(
    kind: Offender,
    port: number,
    act: (socket: RawSocket) => Promise<void>,
    address = ADDRESSES[kind],
  ): Promise<void> {
    using socket = await RawSocket.connectFrom(address, port);
    const since = performance.now();
    this.reports[kind].opened++;
    this.#open.set(socket, { kind, since });
    try {
      await act(socket);
    } catch {
      // The program ended the connection while this wrote to it.
    }
    this.#open.delete(socket);
    if (this.#isEnding) return;
    this.reports[kind].cut++;
    this.#note(kind, performance.now() - since);
  }

  async #subscribe(socket: RawSocket): Promise<void> {
    await socket.write(
      upgradeHead(
        this.port,
        `/ws?access_token=${this.token}&accounts=${this.accounts}`,
      ),
    );
    const { status } = await socket.head();
    if (status !== 101) throw new Error(`status ${status}`);
  }

  /** Writes a byte now and then, which fails once the other side is gone. Nothing is read. */
  async #writeUntilCut(socket: RawSocket, byte: Uint8Array): Promise<void> {
    while (!this.#isEnding) {
      await sleep(1000);
      await socket.write(byte);
    }
  }

  #stalled(): Promise<void> {
    return this.#connection("stalled", this.port, async (socket) => {
      await this.#subscribe(socket);
      // Empty pongs are no input, and show whether the connection is there.
      await this.#writeUntilCut(
        socket,
        new Uint8Array([0x8a, 0x80, 0, 0, 0, 0]),
      );
    }).then(() => this.#pause(STALLED_PAUSE_MS));
  }

  #tricklingReader(): Promise<void> {
    return this.#connection("tricklingReaders", this.port, async (socket) => {
      await this.#subscribe(socket);
      while (!this.#isEnding && await socket.sip(256)) await sleep(50);
    });
  }

  #tricklingHead(): Promise<void> {
    return this.#connection("tricklingHeads", this.port, async (socket) => {
      for (const byte of encoder.encode(`GET /${"a".repeat(2000)} HTTP/1.1`)) {
        await socket.write(new Uint8Array([byte]));
        await sleep(100);
      }
    });
  }

  #garbage(nth: number): Promise<void> {
    const make = new Mutations(Math.random() * 2 ** 32);
    const port = nth % 3 === 0 ? this.qqPort : this.port;
    return this.#connection("garbage", port, async (socket) => {
      if (nth % 3 === 1) await this.#subscribe(socket);
      await socket.write(make.bytes(4000));
      await socket.rest();
    }, addressOfGarbage(nth)).then(() => this.#pause(GARBAGE_PAUSE_MS));
  }

  async #pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (!this.#isEnding && performance.now() < until) await sleep(500);
  }

  #unread(): Promise<void> {
    const request =
      `GET /mod.js HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\n\r\n`;
    return this.#connection("unread", this.port, async (socket) => {
      await socket.write(request.repeat(PIPELINED));
      await this.#writeUntilCut(socket, encoder.encode(request));
    });
  }

  #wrongToken(): Promise<void> {
    return this.#connection("wrongTokens", this.port, async (socket) => {
      await socket.write(
        `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\nAuthorization: Bearer wrong-${Math.random()}\r\nConnection: close\r\n\r\n`,
      );
      await socket.rest();
    });
  }

  #wrongPassword(): Promise<void> {
    const wrong = crypto.randomUUID().replaceAll("-", "");
    const body =
      `VER=1.1&CMD=Login&SEQ=1&UIN=10001&PS=${wrong}&M5=1&LC=9326B87B234E7235`;
    return this.#connection("wrongPasswords", this.qqPort, async (socket) => {
      await socket.write(
        `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      await socket.rest();
    });
  }
}

if (import.meta.main) {
  const [port, qqPort, token, accounts, kinds] = Deno.args;
  const offenders = new Offenders(
    Number(port),
    Number(qqPort),
    token!,
    accounts!,
  );
  offenders.start(kinds!.split(","));
  // What was read is dropped: only the end counts.
  for await (const _ of Deno.stdin.readable);
  offenders.end();
  console.log(JSON.stringify(offenders.reports));
  Deno.exit(0);
}

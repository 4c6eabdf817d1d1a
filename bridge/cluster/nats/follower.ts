/** Follows a stream by a consumer that is renewed whenever it is silent. @module */

import {
  digestOf,
  findLoss,
  type LogInfo,
  LogLostError,
  type LogMark,
  type LogRecord,
  LogTimeoutError,
} from "../replicated_log.ts";
import type { Msg } from "./deps.ts";
import { NatsApiError, type NatsLink, NO_STREAM } from "./link.ts";
import { recordIdOf } from "./message_id.ts";

const NANOSECONDS = 1_000_000;
const HEARTBEAT_MS = 500;

/** A consumer is renewed after this silence: two heartbeats were missed. */
const SILENCE_MS = 1250;
const CHECK_MS = 250;

/** A question without an answer is asked again after this time: one that was sent while no server led the stream is never answered. */
const ASK_AGAIN_MS = 300;

/**
 * A consumer that is not made within this time is not waited for. The servers
 * elect its leader apart from the stream's, and heartbeats cannot wait for both.
 */
const CONSUMER_MS = 300;

/** Wait at the end of the stream before it is read again, while there is no consumer. */
const READ_GAP_MS = 100;

/** The server deletes the consumer of a node that is gone after this time. */
const INACTIVE_MS = 5000;

/** Size of the records that wait to be applied, in bytes. Beyond it, the consumer is dropped until half is applied. */
const MAX_WAITING_BYTES = 64 * 2 ** 20;

/** A missing end is looked at again after this time, because a new leader can lag for a moment. */
const CONFIRM_MS = 1000;

/** The same for a stream that is gone: servers that have just started do not know it yet. */
const CONFIRM_DELETED_MS = 5000;

/** What a follower asks of the stream. */
export interface StreamReader {
  info(): Promise<LogInfo>;
  /** Bytes of a record; `undefined` if it is not kept. */
  read(index: number): Promise<Uint8Array | undefined>;
  /** The first record behind an index; `undefined` if there is none. */
  next(index: number): Promise<LogRecord | undefined>;
}

/** What a follower needs. */
export interface FollowerOptions {
  readonly link: NatsLink;
  readonly stream: string;
  readonly reader: StreamReader;
  readonly after: LogMark;
  readonly onRecords: (records: readonly LogRecord[]) => void | Promise<void>;
  readonly onLost: (error: LogLostError) => void;
  /** Called when the consumer is made again, after the first time. */
  readonly onRenewal?: () => void;
  /**
   * Size of the records that may wait, in bytes.
   *
   * @default {67108864}
   */
  readonly maxWaitingBytes?: number;
}

/**
 * The client library's ordered consumer delivered nothing for minutes after
 * the leader of a stream was killed. This one looks after itself: it is renewed
 * behind the last record after 1.25 s of silence and whenever a message is
 * missing, and compares the stream with what it took from it each time.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #maxWaitingBytes: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #mark: LogMark;
  /** The last record, whose digest is computed when it is needed. */
  #last: LogRecord | undefined;
  #queue: LogRecord[] = [];
  #waitingBytes = 0;
  #waiting = 0;
  /** Records that the server had not delivered when it delivered the last one. */
  #pending = 0;
  #isPumping = false;
  #isPaused = false;
  #isRenewing = false;
  #renewAt = 0;
  #heardAt = -Infinity;
  #consumed = 0;
  #consumer: string | undefined;
  #drop = () => {};
  #wake = () => {};
  #suspectedAt: number | undefined;
  #hasStopped = false;
  #renewals = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? MAX_WAITING_BYTES;
    this.#mark = options.after;
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#check();
  }

  /** How often the consumer was made. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Bytes that wait to be applied. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Number of stored records that are not applied, as far as this follower knows. */
  get lag(): number {
    return this.#pending + this.#waiting;
  }

  stop(): void {
    this.#hasStopped = true;
    clearInterval(this.#timer);
    this.#queue = [];
    this.#drop();
    this.#wake();
  }

  #check(): void {
    const now = performance.now();
    if (this.#hasStopped || this.#isRenewing || this.#isPaused) return;
    if (now < this.#renewAt || now - this.#heardAt < SILENCE_MS) return;
    if (!this.#options.link.isConnected) return;
    this.#isRenewing = true;
    this.#renew().catch(() => {
      this.#drop();
      this.#renewAt = performance.now() + CHECK_MS;
    }).finally(() => this.#isRenewing = false);
  }

  async #renew(): Promise<void> {
    const { link, stream } = this.#options;
    this.#drop();
    if (!await this.#isSound() || this.#hasStopped || this.#isPaused) return;
    const inbox = link.createInbox();
    let isDropped = false;
    const unsubscribe = link.subscribe(inbox, (message) => {
      if (!isDropped) this.#take(message);
    });
    this.#drop = () => {
      if (isDropped) return;
      isDropped = true;
      this.#heardAt = -Infinity;
      unsubscribe();
      if (this.#consumer !== undefined) this.#delete(this.#consumer);
      this.#consumer = undefined;
    };
    this.#consumed = 0;
    const creating = link.api<{ name: string }>(
      `CONSUMER.CREATE.${stream}`,
      {
        stream_name: stream,
        config: {
          deliver_subject: inbox,
          deliver_policy: "by_start_sequence",
          opt_start_seq: this.#mark.index + 1,
          ack_policy: "none",
          replay_policy: "instant",
          flow_control: true,
          idle_heartbeat: HEARTBEAT_MS * NANOSECONDS,
          inactive_threshold: INACTIVE_MS * NANOSECONDS,
          mem_storage: true,
          num_replicas: 1,
        },
      },
    );
    await this.#readWhile(creating);
    const created = await creating;
    if (this.#renewals++ > 0) this.#options.onRenewal?.();
    // The follower stopped, or a message was missing, while the server answered.
    if (isDropped) return this.#delete(created.name);
    this.#consumer = created.name;
    this.#heardAt = performance.now();
  }

  /** Reads records one by one while a consumer is being made for long. Never rejects. */
  async #readWhile(creating: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = creating.catch(() => {}).then(() => {
      isOver = true;
    });
    await this.#wait(over, CONSUMER_MS);
    while (!isOver && !this.#hasStopped && !this.#isPaused) {
      const record = await this.#options.reader.next(this.#mark.index)
        .catch(() => undefined);
      if (record !== undefined) this.#accept(record, 0);
      else await this.#wait(over, READ_GAP_MS);
    }
  }

  #wait(over: Promise<void>, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    void over.then(resolve);
    return promise.finally(() => clearTimeout(timer));
  }

  #delete(consumer: string): void {
    const { link, stream } = this.#options;
    // If that fails, the server deletes it by itself.
    link.api(`CONSUMER.DELETE.${stream}.${consumer}`, {}).catch(() => {});
  }

  /** Compares the stream with what was taken from it. Reports a loss, and returns whether there is none. */
  async #isSound(): Promise<boolean> {
    const { reader } = this.#options;
    const mark = this.#currentMark();
    const info = await this.#readInfo();
    if (info === undefined) return false;
    const known = mark.digest === undefined || mark.index > info.last
      ? undefined
      : await reader.read(mark.index);
    const loss = findLoss(mark, info, known && digestOf(known));
    if (loss === undefined) {
      this.#suspectedAt = undefined;
      this.#mark = { ...mark, created: info.created };
      return true;
    }
    const isSure = known !== undefined ||
      mark.created !== undefined && mark.created !== info.created;
    this.#reportLoss(loss, isSure ? 0 : CONFIRM_MS);
    return false;
  }

  /** Reads the state of the stream; `undefined` if there is no stream. */
  async #readInfo(): Promise<LogInfo | undefined> {
    try {
      return await askAgain(() => this.#options.reader.info());
    } catch (error) {
      if (!(error instanceof NatsApiError) || error.code !== NO_STREAM) {
        throw error;
      }
      const { index, created } = this.#mark;
      if (index > 0 || created !== undefined) {
        this.#reportLoss(
          new LogLostError(
            `Cannot follow the log: the stream ${this.#options.stream} was deleted. See "If the log has lost records" in bridge/cluster/README.md.`,
          ),
          CONFIRM_DELETED_MS,
        );
      } else this.#renewAt = performance.now() + CHECK_MS;
      return undefined;
    }
  }

  /** Reports a loss that has been seen for a time. */
  #reportLoss(loss: LogLostError, confirmMs: number): void {
    const now = performance.now();
    this.#suspectedAt ??= now;
    if (now - this.#suspectedAt < confirmMs) {
      this.#renewAt = now + CHECK_MS;
    } else if (!this.#hasStopped) {
      this.stop();
      this.#options.onLost(loss);
    }
  }

  #currentMark(): LogMark {
    if (this.#last === undefined) return this.#mark;
    return { ...this.#mark, digest: digestOf(this.#last.bytes) };
  }

  #take(message: Msg): void {
    this.#heardAt = performance.now();
    const { headers } = message;
    if (headers?.code === 100) {
      // A request to slow down is answered at once: waiting records have a bound of their own.
      const stalled = message.reply || headers.get("Nats-Consumer-Stalled");
      if (stalled) this.#options.link.publish(stalled);
      const last = headers.get("Nats-Last-Consumer");
      if (last !== "" && Number(last) !== this.#consumed) this.#drop();
      return;
    }
    const tokens = message.reply?.split(".") ?? [];
    const at = tokens.length > 9 ? 7 : 5;
    const [index, consumed] = [Number(tokens[at]), Number(tokens[at + 1])];
    if (!Number.isSafeInteger(index) || consumed !== this.#consumed + 1) {
      return this.#drop();
    }
    this.#consumed = consumed;
    this.#accept({
      index,
      id: recordIdOf(headers?.get("Nats-Msg-Id") ?? ""),
      // A copy: `slice` of a Buffer shares the memory of the connection.
      bytes: new Uint8Array(message.data),
    }, Number(tokens[at + 3]) || 0);
  }

  /** Takes a record, unless it was taken: it can come from the consumer and be read. */
  #accept(record: LogRecord, pending: number): void {
    const { index } = record;
    if (this.#hasStopped || index <= this.#mark.index) return;
    this.#last = record;
    this.#mark = { ...this.#mark, index };
    this.#queue.push(record);
    this.#waiting++;
    this.#pending = pending;
    this.#waitingBytes += record.bytes.length;
    if (this.#waitingBytes > this.#maxWaitingBytes) {
      this.#isPaused = true;
      this.#drop();
    }
    if (this.#isPumping) return;
    this.#isPumping = true;
    // After the turn, so that all messages of one read are delivered together.
    queueMicrotask(() => this.#pump().catch(() => {}));
  }

  async #pump(): Promise<void> {
    try {
      while (this.#queue.length > 0 && !this.#hasStopped) {
        const records = this.#queue;
        this.#queue = [];
        await this.#options.onRecords(records);
        this.#waiting -= records.length;
        for (const { bytes } of records) this.#waitingBytes -= bytes.length;
        if (this.#waitingBytes <= this.#maxWaitingBytes / 2) {
          this.#isPaused = false;
        }
      }
    } finally {
      this.#isPumping = false;
    }
  }
}

/** Asks again and again until there is an answer or the first question has none in time. */
function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const again = setInterval(() => {
    ask().then(resolve, (error) => {
      if (!(error instanceof LogTimeoutError)) reject(error);
    });
  }, ASK_AGAIN_MS);
  ask().then(resolve, reject);
  return promise.finally(() => clearInterval(again));
}

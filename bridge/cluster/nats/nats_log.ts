/** The log as one stream of NATS JetStream. @module */

import { Buffer } from "node:buffer";
import { sleep, systemClock } from "../../../lib/clock.ts";
import {
  APPEND_TIMEOUT_MS,
  FOUND_ID,
  LogFullError,
  type LogInfo,
  type LogLostError,
  type LogMark,
  type LogRecord,
  LogTimeoutError,
  type ReplicatedLog,
} from "../replicated_log.ts";
import { NoResponderError } from "../rpc.ts";
import { messageIdOf, recordIdOf } from "./message_id.ts";
import { Follower, type StreamReader } from "./follower.ts";
import { NatsApiError, type NatsLink, NO_STREAM, parseReply } from "./link.ts";

const NANOSECONDS = 1_000_000;
const DUPLICATE_WINDOW_MS = 120_000;

/** Timeout of what changes the stream, in milliseconds. */
const CHANGE_TIMEOUT_MS = 5000;

const CREATE_TIMEOUT_MS = 10_000;
const CREATE_RETRY_MS = 200;

/** A message without an answer is sent again after this time: an answer takes some milliseconds. */
const RESEND_MS = 1500;
const RESEND_GAP_MS = 100;

/**
 * JetStream: the same message is being stored. Servers from 2.10 on also say so,
 * for two minutes, of one that they refused, or that they dropped when they lost
 * the lead and were elected again.
 */
const UNDER_WAY = 10158;

/** An append whose message is still being stored after this time is given up: storing takes some milliseconds. */
const UNDER_WAY_MS = 1500;

/** JetStream: too few servers for the replicas. */
const NO_PEERS = 10005;

/** JetStream: the log has no space. */
const FULL = new Set([10023, 10047, 10052, 10077]);

/** JetStream: no such message; another message has the subject. */
const NO_MESSAGE = 10037;
const WRONG_LAST = 10071;

interface StreamInfo {
  created: string;
  config: { max_bytes: number; num_replicas: number };
  state: { bytes: number; first_seq: number; last_seq: number };
  cluster?: { leader?: string };
}

interface StoredMessage {
  message: { seq: number; data?: string; hdrs?: string };
}

/** How a stream is created. */
export interface StreamOptions {
  /** Number of servers that keep each record. */
  readonly replicas: number;
  /** Size at which records are refused, in bytes. */
  readonly maxBytes: number;
}

/** The log of one cluster: a stream with replicas that refuses records when it is full. */
export class NatsLog implements ReplicatedLog, StreamReader {
  readonly #link: NatsLink;
  readonly #stream: string;
  readonly #logSubject: string;
  readonly #foundSubject: string;
  readonly #followers = new Set<Follower>();
  readonly #onRenewal: () => void;

  /**
   * @param link The connection; `close` ends it.
   * @param name Name of the cluster.
   * @param onRenewal Called when a follower begins anew.
   */
  constructor(link: NatsLink, name: string, onRenewal: () => void = () => {}) {
    this.#link = link;
    this.#onRenewal = onRenewal;
    this.#stream = `TQQ_${name}`;
    this.#logSubject = `tqq.${name}.log`;
    this.#foundSubject = `tqq.${name}.found`;
  }

  /** Whether a server is connected at the moment. */
  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  /**
   * Creates the stream. Waits up to 10 s for servers that do not know each other
   * yet. Rejects with NatsApiError if there is a stream with other settings.
   */
  async create({ replicas, maxBytes }: StreamOptions): Promise<void> {
    const deadline = performance.now() + CREATE_TIMEOUT_MS;
    for (;;) {
      try {
        return await this.#create(replicas, maxBytes);
      } catch (error) {
        const isEarly = error instanceof NatsApiError &&
          error.code === NO_PEERS;
        if (!isEarly || performance.now() > deadline) throw error;
      }
      await sleep(systemClock, CREATE_RETRY_MS);
    }
  }

  async #create(replicas: number, maxBytes: number): Promise<void> {
    await this.#link.api(`STREAM.CREATE.${this.#stream}`, {
      name: this.#stream,
      subjects: [this.#logSubject, this.#foundSubject],
      num_replicas: replicas,
      max_bytes: maxBytes,
      storage: "file",
      retention: "limits",
      discard: "new",
      duplicate_window: DUPLICATE_WINDOW_MS * NANOSECONDS,
      deny_delete: true,
    }, CHANGE_TIMEOUT_MS);
  }

  /** Changes the size at which records are refused, in bytes. */
  async setMaxBytes(maxBytes: number): Promise<void> {
    const { config } = await this.#info();
    if (config.max_bytes === maxBytes) return;
    await this.#link.api(`STREAM.UPDATE.${this.#stream}`, {
      ...config,
      max_bytes: maxBytes,
    }, CHANGE_TIMEOUT_MS);
  }

  /** Deletes the stream with all records. */
  async delete(): Promise<void> {
    await this.#link.api(
      `STREAM.DELETE.${this.#stream}`,
      {},
      CHANGE_TIMEOUT_MS,
    );
  }

  /** Name of the server that leads the stream; `undefined` while there is none. */
  async leader(): Promise<string | undefined> {
    return (await this.#info()).cluster?.leader;
  }

  append(record: Uint8Array, id: string, attempt = 0): Promise<number> {
    return this.#publish(this.#logSubject, record, {
      "Nats-Msg-Id": messageIdOf(id, attempt),
    });
  }

  async found(record: Uint8Array): Promise<boolean> {
    try {
      await this.#publish(this.#foundSubject, record, {
        "Nats-Msg-Id": FOUND_ID,
        "Nats-Expected-Last-Subject-Sequence": "0",
      });
    } catch (error) {
      if (!(error instanceof NatsApiError) || error.code !== WRONG_LAST) {
        throw error;
      }
    }
    // Ours, also if the first acknowledgement was lost and this is a repetition.
    const stored = await this.readFound();
    return stored !== undefined &&
      Buffer.compare(stored.bytes, record) === 0;
  }

  async readFound(): Promise<LogRecord | undefined> {
    return await this.#get({ last_by_subj: this.#foundSubject });
  }

  follow(
    after: number | LogMark,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
    onLost: (error: LogLostError) => void,
  ): Promise<() => Promise<void>> {
    const follower = new Follower({
      link: this.#link,
      stream: this.#stream,
      reader: this,
      after: typeof after === "number" ? { index: after } : after,
      onRecords,
      onLost,
      onRenewal: this.#onRenewal,
    });
    this.#followers.add(follower);
    return Promise.resolve(() => {
      this.#followers.delete(follower);
      follower.stop();
      return Promise.resolve();
    });
  }

  async info(): Promise<LogInfo> {
    const { created, config, state } = await this.#info();
    const first = await this.#get({
      seq: Math.max(1, state.first_seq),
      next_by_subj: this.#logSubject,
    });
    return {
      created,
      first: first?.index ?? state.last_seq + 1,
      last: state.last_seq,
      bytes: state.bytes,
      ...config.max_bytes > 0 ? { maxBytes: config.max_bytes } : {},
    };
  }

  lag(): number {
    return Math.max(0, ...[...this.#followers].map(({ lag }) => lag));
  }

  async first(): Promise<number> {
    return (await this.info()).first;
  }

  async read(index: number): Promise<Uint8Array | undefined> {
    return (await this.#get({ seq: index }))?.bytes;
  }

  async next(index: number): Promise<LogRecord | undefined> {
    return await this.#get({ seq: index + 1, next_by_subj: ">" });
  }

  async purge(upTo: number): Promise<void> {
    await this.#link.api(`STREAM.PURGE.${this.#stream}`, {
      filter: this.#logSubject,
      seq: upTo + 1,
    }, CHANGE_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.stop();
    this.#followers.clear();
    await this.#link.close();
  }

  #info(): Promise<StreamInfo> {
    return this.#link.api<StreamInfo>(`STREAM.INFO.${this.#stream}`, {});
  }

  async #get(
    query: Record<string, unknown>,
  ): Promise<LogRecord | undefined> {
    try {
      const { message } = await this.#link.api<StoredMessage>(
        `STREAM.MSG.GET.${this.#stream}`,
        query,
      );
      return {
        index: message.seq,
        id: idIn(Buffer.from(message.hdrs ?? "", "base64").toString()),
        bytes: new Uint8Array(Buffer.from(message.data ?? "", "base64")),
      };
    } catch (error) {
      if (
        error instanceof NatsApiError &&
        (error.code === NO_MESSAGE || error.code === NO_STREAM)
      ) return undefined;
      throw error;
    }
  }

  /**
   * Publishes a message, again and again under its id, because what was sent to
   * a leader that died is never answered: with one try of 5 s, the beats of a
   * node could come too late after an election.
   */
  async #publish(
    subject: string,
    record: Uint8Array,
    head: Record<string, string>,
  ): Promise<number> {
    let deadline = performance.now() + APPEND_TIMEOUT_MS;
    let isUnderWay = false;
    for (;;) {
      const leftMs = deadline - performance.now();
      const stored = await this.#publishOnce(
        subject,
        record,
        head,
        Math.min(RESEND_MS, leftMs),
      );
      if (typeof stored === "number") return stored;
      if (!(stored instanceof LogTimeoutError)) throw stored;
      const now = performance.now();
      if (stored instanceof UnderWayError && !isUnderWay) {
        isUnderWay = true;
        deadline = Math.min(deadline, now + UNDER_WAY_MS);
      }
      if (deadline - now < RESEND_GAP_MS) throw stored;
      await sleep(systemClock, RESEND_GAP_MS);
      // On a busy machine a sleep can take longer.
      if (performance.now() >= deadline) throw stored;
    }
  }

  /** Publishes a message once. Resolves with its index, or with the error. */
  async #publishOnce(
    subject: string,
    record: Uint8Array,
    head: Record<string, string>,
    timeoutMs: number,
  ): Promise<number | Error> {
    try {
      const reply = await this.#link.request(subject, record, timeoutMs, head);
      const ack = parseReply<{ seq: number }>(subject, reply);
      // 0: another try of the same message, which is not stored yet.
      return ack.seq > 0 ? ack.seq : new UnderWayError();
    } catch (error) {
      if (error instanceof NoResponderError) {
        return new LogTimeoutError(
          "Cannot append the record: no server leads the stream, or there is none",
        );
      }
      if (!(error instanceof NatsApiError)) return error as Error;
      if (error.code === UNDER_WAY) return new UnderWayError();
      return FULL.has(error.code)
        ? new LogFullError(
          `Cannot append the record: the log is full, ${error.message}`,
        )
        : error;
    }
  }
}

/** Id of the record whose message has these headers. */
function idIn(head: string): string {
  return recordIdOf(/^Nats-Msg-Id: *(.*?)\r?$/im.exec(head)?.[1] ?? "");
}

/** The servers say that they are storing the message. */
class UnderWayError extends LogTimeoutError {
  constructor() {
    super("Cannot append the record: it is under way");
  }
}

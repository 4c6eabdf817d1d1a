/** Gives this node's replica to nodes that lack one. @module */

import { backup, DatabaseSync } from "node:sqlite";
import type { Clock } from "../../../lib/clock.ts";

/** Bytes of one answer. */
export const COPY_PIECE_BYTES = 512 * 1024;

/** Pages that are copied before the event loop gets a turn. */
const PAGES_A_TURN = 256;

/** Time without a request after which a copy is deleted, in milliseconds. */
const COPY_LIFE_MS = 60_000;

/** A request for a copy. */
export interface CopyRequest {
  /** Random name of the copy, which its caller chooses. */
  readonly id: string;
  /** Where the piece begins that is asked for; absent: asks how far the copy is. */
  readonly offset?: number;
}

/** How far a copy is, as JSON. A piece is answered with its bytes; with none if the copy is gone. */
export interface CopyState {
  /** Size of the copy; absent while it is being made. */
  readonly bytes?: number;
  /** Why none is given. */
  readonly refused?: string;
}

interface Copy {
  readonly id: string;
  /** Undefined while the copy is being made. */
  file: Deno.FsFile | undefined;
  bytes: number;
  failure: string | undefined;
  cancel: () => void;
}

/**
 * Copies the replica into a file beside it, and hands that out in pieces. One
 * copy at a time: others are refused until it is fetched, or nobody asks for it.
 */
export class ReplicaSource {
  readonly #path: string;
  readonly #clock: Clock;
  #copy: Copy | undefined;
  #isMaking = false;
  #isClosed = false;

  /** @param path The replica's file. */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#removeFile();
  }

  /** Answers a request, which can begin a copy. */
  async answer({ id, offset }: CopyRequest): Promise<Uint8Array> {
    const text = (state: CopyState) =>
      new TextEncoder().encode(JSON.stringify(state));
    if (this.#copy?.id === id) this.#keep(this.#copy);
    else if (offset === undefined) this.#begin(id);
    const copy = this.#copy;
    if (copy?.id !== id) {
      const refused = "another node gets a copy";
      return offset === undefined ? text({ refused }) : new Uint8Array();
    }
    const { file, bytes, failure } = copy;
    if (failure !== undefined) {
      this.#drop();
      return text({ refused: failure });
    }
    if (file === undefined) return text({});
    if (offset === undefined) return text({ bytes });
    return await this.#piece(file, offset, bytes);
  }

  /** Deletes the copy, and gives no more. */
  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  async #piece(
    file: Deno.FsFile,
    offset: number,
    bytes: number,
  ): Promise<Uint8Array> {
    const piece = new Uint8Array(
      Math.max(0, Math.min(COPY_PIECE_BYTES, bytes - offset)),
    );
    file.seekSync(offset, Deno.SeekMode.Start);
    let length = 0;
    while (length < piece.length) {
      const read = await file.read(piece.subarray(length));
      if (read === null) break;
      length += read;
    }
    return piece.subarray(0, length);
  }

  #begin(id: string): void {
    if (this.#copy !== undefined || this.#isMaking || this.#isClosed) return;
    const copy: Copy = {
      id,
      file: undefined,
      bytes: 0,
      failure: undefined,
      cancel: () => {},
    };
    this.#copy = copy;
    this.#keep(copy);
    this.#isMaking = true;
    this.#make().then(() => {
      this.#isMaking = false;
      if (this.#copy !== copy) return this.#removeFile();
      copy.file = Deno.openSync(this.#file, { read: true });
      copy.bytes = copy.file.statSync().size;
    }).catch((error) => {
      this.#isMaking = false;
      copy.failure = error instanceof Error ? error.message : String(error);
    });
  }

  async #make(): Promise<void> {
    this.#removeFile();
    using file = Deno.openSync(this.#file, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    const source = new DatabaseSync(this.#path, { readOnly: true });
    try {
      // One instant, however long the copy takes.
      source.exec("BEGIN");
      source.prepare("SELECT count(*) FROM meta").get();
      await backup(source, this.#file, { rate: PAGES_A_TURN });
    } finally {
      source.close();
    }
    file.syncSync();
  }

  /** The copy lives as long as somebody asks for it. */
  #keep(copy: Copy): void {
    copy.cancel();
    copy.cancel = this.#clock.after(COPY_LIFE_MS, () => this.#drop());
  }

  #drop(): void {
    this.#copy?.cancel();
    this.#copy?.file?.close();
    this.#copy = undefined;
    // A copy that is being made is removed when it is done.
    if (!this.#isMaking) this.#removeFile();
  }

  get #file(): string {
    return `${this.#path}.copy`;
  }

  #removeFile(): void {
    try {
      Deno.removeSync(this.#file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Encrypts the records of a cluster, so that NATS and its disks see none of them. @module */

import type { LogMessage } from "../replicated_log.ts";
import {
  ForgedRecordError,
  type RecordCodec,
  type RecordPart,
} from "../replica/codec.ts";
import { type ClusterKeys, NONCE_BYTES, toNonce } from "./keys.ts";
import { toParts } from "./parts.ts";

/** Every sealed record begins with this, and one byte of flags that are 0 in this version. */
const MAGIC = new TextEncoder().encode("TQQ1");
const FLAGS = 0;
const HEAD_BYTES = MAGIC.length + 1 + NONCE_BYTES;

// Parts are joined later, so a mark of the byte order inside a text must stay.
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

const ID = /^([0-9a-f]{1,32})\.([1-9]\d{0,15})(?:\.(\d{1,2}))?$/;

/**
 * AES-256-GCM with the key of the process that writes. Number, part and number
 * of parts are the nonce, so the same record is always the same bytes and no
 * nonce is used twice. The cluster's name, the process and the number are
 * authenticated.
 */
export class SealedCodec implements RecordCodec {
  readonly #keys: ClusterKeys;

  /** @param keys The keys of the cluster. */
  constructor(keys: ClusterKeys) {
    this.#keys = keys;
  }

  encode(node: string, number: number, text: string): LogMessage[] {
    const parts = toParts(text);
    return parts.map((plain, part) => {
      const nonce = toNonce(number, part, parts.length);
      const bound = [node, number, FLAGS];
      const sealed = this.#keys.seal("record", node, nonce, bound, plain);
      const bytes = new Uint8Array(HEAD_BYTES + sealed.length);
      bytes.set(MAGIC);
      bytes[MAGIC.length] = FLAGS;
      bytes.set(nonce, MAGIC.length + 1);
      bytes.set(sealed, HEAD_BYTES);
      const suffix = parts.length === 1 ? "" : `.${part}`;
      return { id: `${node}.${number}${suffix}`, bytes };
    });
  }

  decode({ id, bytes }: LogMessage): RecordPart {
    const [, node, digits, suffix] = ID.exec(id) ?? [];
    if (node === undefined) throw forged(id, "its id is not one of a record");
    const number = Number(digits);
    if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
      throw forged(id, "it is not encrypted");
    }
    const nonce = bytes.slice(MAGIC.length + 1, HEAD_BYTES);
    const flags = bytes[MAGIC.length];
    const bound = [node, number, flags];
    let plain: Uint8Array;
    try {
      const sealed = bytes.subarray(HEAD_BYTES);
      plain = this.#keys.open("record", node, nonce, bound, sealed);
    } catch (cause) {
      throw forged(id, "it was not written with the secret key", cause);
    }
    const view = new DataView(nonce.buffer, nonce.byteOffset);
    const [part, parts] = [view.getUint16(8), view.getUint16(10)];
    const isSame = flags === FLAGS && part < parts &&
      Number(view.getBigUint64(0)) === number &&
      (parts === 1 ? suffix === undefined : Number(suffix) === part);
    if (!isSame) throw forged(id, "its id is not the one it was written under");
    return { node, number, part, parts, text: TEXT.decode(plain) };
  }
}

function forged(id: string, rule: string, cause?: unknown): ForgedRecordError {
  return new ForgedRecordError(
    `Cannot read record ${JSON.stringify(id.slice(0, 64))}: ${rule}`,
    { cause },
  );
}

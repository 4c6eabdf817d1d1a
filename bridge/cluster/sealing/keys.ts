/** The keys of a cluster, all derived from one secret key. @module */

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  scryptSync,
} from "node:crypto";
import { type Cipher, SecretCipher } from "../../storage/cipher.ts";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** About 50 ms, once a start: the key may be a text that people remember. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 1 } as const;

/** Derived keys that are kept; the oldest is derived again when it is needed. */
const MAX_KEYS = 1000;

/** What keys are derived for. */
export type KeyPurpose = "record" | "request" | "answer" | "copy";

/** Seals for the nodes of one cluster. Each writer has a key of its own, so that it can count its nonces. */
export class ClusterKeys {
  readonly #master: Uint8Array;
  readonly #keys = new Map<string, Uint8Array>();

  /**
   * @param secretKey Any text, the same on all nodes.
   * @param salt Random bytes in the founding record.
   * @param name Name of the cluster.
   */
  constructor(secretKey: string, salt: Uint8Array, readonly name: string) {
    this.#master = scryptSync(secretKey, salt, KEY_BYTES, SCRYPT);
  }

  /** Encrypts the passwords of accounts, in records and in replicas. */
  accountCipher(): Cipher {
    return new SecretCipher(this.#key("account", ""), new Uint8Array());
  }

  /** A proof that its maker has the secret key, in hex. */
  sign(text: string): string {
    return createHmac("sha256", this.#key("found", "")).update(text).digest(
      "hex",
    );
  }

  /**
   * Encrypts with the key of a writer. The tag comes last.
   *
   * @param nonce 12 bytes that this writer never uses for another text.
   * @param bound What the text is bound to: it opens only with the same.
   */
  seal(
    purpose: KeyPurpose,
    writer: string,
    nonce: Uint8Array,
    bound: readonly unknown[],
    plain: Uint8Array,
  ): Uint8Array {
    const cipher = createCipheriv(ALGORITHM, this.#key(purpose, writer), nonce);
    cipher.setAAD(this.#toBytes(bound));
    const sealed = cipher.update(plain);
    cipher.final();
    const result = new Uint8Array(sealed.length + TAG_BYTES);
    result.set(sealed);
    result.set(cipher.getAuthTag(), sealed.length);
    return result;
  }

  /** Decrypts what `seal` made; throws if anything differs. */
  open(
    purpose: KeyPurpose,
    writer: string,
    nonce: Uint8Array,
    bound: readonly unknown[],
    sealed: Uint8Array,
  ): Uint8Array {
    if (sealed.length < TAG_BYTES) throw new SyntaxError("it is cut off");
    const key = this.#key(purpose, writer);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.#toBytes(bound));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    decipher.final();
    return new Uint8Array(plain);
  }

  #key(
    purpose: KeyPurpose | "found" | "account",
    writer: string,
  ): Uint8Array {
    const label = `${purpose} ${writer}`;
    const known = this.#keys.get(label);
    if (known !== undefined) return known;
    const key = new Uint8Array(
      hkdfSync("sha256", this.#master, new Uint8Array(), label, KEY_BYTES),
    );
    if (this.#keys.size >= MAX_KEYS) {
      this.#keys.delete(this.#keys.keys().next().value!);
    }
    this.#keys.set(label, key);
    return key;
  }

  #toBytes(bound: readonly unknown[]): Uint8Array {
    return new TextEncoder().encode(JSON.stringify([this.name, ...bound]));
  }
}

/** A nonce of a number and two smaller ones. */
export function toNonce(number: number, high = 0, low = 0): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setBigUint64(0, BigInt(number));
  view.setUint16(8, high);
  view.setUint16(10, low);
  return nonce;
}

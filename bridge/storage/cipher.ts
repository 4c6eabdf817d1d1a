/** Encrypts texts that are as good as passwords. @module */

import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scryptSync,
} from "node:crypto";
import { decodeBase64Url, encodeBase64Url } from "../base64url.ts";

/** Where a sealed text is stored. It opens nowhere else. */
export interface SealedPlace {
  /** Name of the file in the data folder, such as `bridge.db`. */
  readonly file: string;
  readonly table: string;
  /** Primary key of the row, such as a QQ number. */
  readonly row: string;
}

/** Encrypts texts for a place. */
export interface Cipher {
  /** Encrypts; the same text gives another result each time. */
  seal(text: string, place: SealedPlace): string;
  /**
   * Decrypts.
   *
   * @throws {CipherError} If it was sealed with another key or for another
   * place, or was changed.
   */
  open(sealed: string, place: SealedPlace): string;
  /** Whether a sealed text has the present form; an earlier one is to be sealed anew. */
  isCurrent(sealed: string): boolean;
}

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Sealed for a place. */
const BOUND = "v2.";

/** Sealed by version 0.1.0: it opens in any row. */
const UNBOUND = "v1.";

/** About 50 ms, once a start: the key may be a text that people remember. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 1 } as const;

export const SALT_BYTES = 16;

/** A sealed text that cannot be opened in its place. */
export class CipherError extends Error {
  override name = "CipherError";
}

/**
 * AES-256-GCM with a key that is derived from any text. Sealed texts begin with
 * `v2.`, followed by base64url. Their place is authenticated with them.
 */
export class SecretCipher implements Cipher {
  readonly #key: Uint8Array;
  readonly #acceptsUnbound: boolean;

  /**
   * @param secretKey Any text.
   * @param salt Random bytes that are stored beside what is sealed.
   */
  constructor(
    secretKey: string | Uint8Array,
    salt: Uint8Array,
    acceptsUnbound = false,
  ) {
    this.#key = typeof secretKey === "string"
      ? scryptSync(secretKey, salt, KEY_BYTES, SCRYPT)
      : secretKey;
    this.#acceptsUnbound = acceptsUnbound;
  }

  /** A cipher with the same key that also opens what version 0.1.0 sealed. */
  acceptingUnbound(): SecretCipher {
    return new SecretCipher(this.#key, new Uint8Array(), true);
  }

  seal(text: string, place: SealedPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    cipher.setAAD(toBytes(place));
    const sealed = [cipher.update(text, "utf8"), cipher.final()];
    return BOUND +
      encodeBase64Url(join([nonce, ...sealed, cipher.getAuthTag()]));
  }

  open(sealed: string, place: SealedPlace): string {
    try {
      return this.#open(sealed, place);
    } catch (cause) {
      const { file, table, row } = place;
      throw new CipherError(
        `Cannot decrypt row ${row} of ${table} in ${file}: it must be what was encrypted for that row with the secret key. Put the file back from a backup.`,
        { cause },
      );
    }
  }

  isCurrent(sealed: string): boolean {
    return sealed.startsWith(BOUND);
  }

  #open(sealed: string, place: SealedPlace): string {
    const isBound = sealed.startsWith(BOUND);
    if (!isBound && !(this.#acceptsUnbound && sealed.startsWith(UNBOUND))) {
      throw new SyntaxError("the version is not accepted");
    }
    const bytes = decodeBase64Url(sealed.slice(BOUND.length));
    if (bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SyntaxError("the text is cut off");
    }
    const decipher = createDecipheriv(
      ALGORITHM,
      this.#key,
      bytes.subarray(0, NONCE_BYTES),
      { authTagLength: TAG_BYTES },
    );
    if (isBound) decipher.setAAD(toBytes(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = [
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ];
    return new TextDecoder().decode(join(opened));
  }
}

function toBytes({ file, table, row }: SealedPlace): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([file, table, row]));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

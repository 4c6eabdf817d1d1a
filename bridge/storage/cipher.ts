/** Hides texts that are as good as passwords. @module */

import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scryptSync,
} from "node:crypto";
import { decodeBase64Url, encodeBase64Url } from "../deps.ts";
import type { Cipher } from "./qq_store.ts";

export type { Cipher } from "./qq_store.ts";

const ALGORITHM = "aes-256-gcm";
const VERSION = "v1.";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** About 50 ms, once a start: the key may be a text that people remember. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 1 } as const;

/** Bytes of a salt. */
export const SALT_BYTES = 16;

/** What was sealed with another key, or is broken. */
export class CipherError extends Error {
  override name = "CipherError";
}

/**
 * AES-256-GCM with a key that is derived from any text. Sealed texts begin with
 * `v1.` and are base64url behind it.
 */
export class SecretCipher implements Cipher {
  readonly #key: Uint8Array;

  /**
   * @param secretKey The text.
   * @param salt Random bytes that are kept beside what is sealed.
   */
  constructor(secretKey: string, salt: Uint8Array) {
    this.#key = scryptSync(secretKey, salt, KEY_BYTES, SCRYPT);
  }

  /** Encrypts; the same text gives another result each time. */
  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    const sealed = [cipher.update(text, "utf8"), cipher.final()];
    return VERSION +
      encodeBase64Url(join([nonce, ...sealed, cipher.getAuthTag()]));
  }

  /**
   * Decrypts.
   *
   * @throws {CipherError} Where it was sealed with another key, or changed.
   */
  open(text: string): string {
    try {
      return this.#open(text);
    } catch (error) {
      throw new CipherError(
        "Cannot decrypt a secret: the key must be the one that it was encrypted with, got another or a changed text",
        { cause: error },
      );
    }
  }

  #open(text: string): string {
    if (!text.startsWith(VERSION)) throw new SyntaxError("no sealed text");
    const bytes = decodeBase64Url(text.slice(VERSION.length));
    if (bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SyntaxError("a sealed text that is cut off");
    }
    const decipher = createDecipheriv(
      ALGORITHM,
      this.#key,
      bytes.subarray(0, NONCE_BYTES),
      { authTagLength: TAG_BYTES },
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = [
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ];
    return new TextDecoder().decode(join(opened));
  }
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

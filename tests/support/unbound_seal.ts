import { Buffer } from "node:buffer";
import { createCipheriv, randomBytes, scryptSync } from "node:crypto";

/** Seals a text as version 0.1.0 did: for no row. */
export function sealUnbound(
  secretKey: string,
  salt: Uint8Array,
  text: string,
): string {
  const key = scryptSync(secretKey, salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = [cipher.update(text, "utf8"), cipher.final()];
  return `v1.${
    Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString("base64url")
  }`;
}

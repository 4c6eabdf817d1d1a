/** Addresses that many clients share. @module */

/** Those of all clients on this machine, and of a proxy that names no client. */
const SHARED: ReadonlySet<string> = new Set([
  "",
  "127.0.0.1",
  "::ffff:127.0.0.1",
  "::1",
]);

/** Whether an address says nothing about a client, so that no limit of one address applies. */
export function isSharedAddress(address: string | undefined): boolean {
  return SHARED.has(address ?? "");
}

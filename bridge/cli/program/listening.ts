/** Listening on the addresses of the settings. @module */

import {
  type Address,
  ConfigError,
  formatAddress,
} from "../../config/config.ts";

/** Listens. Throws a ConfigError that names the flag if the address is not available. */
export function listening<T>(
  flag: string,
  address: Address,
  listen: () => T,
): T {
  try {
    return listen();
  } catch (error) {
    throw addressError(flag, address, error);
  }
}

/** Converts the error of an unavailable address; returns other errors unchanged. */
export function addressError(
  flag: string,
  address: Address,
  error: unknown,
): unknown {
  const why = reasonOf(error);
  if (why === undefined) return error;
  return new ConfigError(
    `Cannot use ${flag}: must be an address and port that are free here, got ${
      formatAddress(address)
    }, which ${why} (port 0 takes any free one)`,
    { cause: error },
  );
}

function reasonOf(error: unknown): string | undefined {
  const { code } = error as { code?: string };
  if (error instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") {
    return "is in use";
  }
  if (
    error instanceof Deno.errors.AddrNotAvailable || code === "EADDRNOTAVAIL"
  ) {
    return "is not an address of this machine";
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES") {
    return "this user may not listen on";
  }
  return undefined;
}

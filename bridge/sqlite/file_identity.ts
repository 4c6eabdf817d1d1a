/** Identity and size of a file, and the space beside it. @module */

import { statfsSync } from "node:fs";

/**
 * Inode and birth time of a file: a copy has others, and a renamed file keeps
 * them. The inode alone is not enough, because file systems use it again. The
 * device number is left out, because it may change with a reboot.
 *
 * @returns Undefined if there is no such file, or if the platform does not give
 * both.
 */
export function fileIdentity(path: string): string | undefined {
  try {
    const { ino, birthtime } = Deno.statSync(path);
    if (ino === null || ino === 0 || birthtime === null) return undefined;
    return `${ino} ${birthtime.getTime()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

export function fileBytes(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** Bytes that an unprivileged user can still write to the file system of a path. */
export function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

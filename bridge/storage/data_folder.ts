/** The data folder: private, and used by one process at a time. @module */

import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { ConfigError, quote } from "../config/config_error.ts";
import {
  type FolderFiles,
  makeFolderDurably,
  systemFiles,
} from "./durable_files.ts";
import { BACKUP_MARK } from "../journal/backup_mark.ts";
import { finishRestore } from "./backup/restore_moves.ts";
import {
  findForeignEntry,
  findForeignOwner,
  type FolderFault,
  toConfigError,
} from "./folder_checks.ts";

/** Names of its files. */
export const FILES = {
  /** Locked while the folder is used; its content has no meaning. */
  lock: "lock",
  /** Describes the process that uses the folder, see {@linkcode Holder}. */
  running: "running.json",
  /** The control endpoint's socket; on Windows it is a named pipe instead. */
  control: "control.sock",
  /** Database of accounts, tokens and settings. */
  bridge: "bridge.db",
  /** Database of the journal. */
  journal: "journal.db",
  /** Database of the embedded server. */
  qq: "qq.db",
  /** The administrator's token of the first start, if its output is kept for good. */
  firstToken: "first-token",
} as const;

/** Control endpoint of a running program. */
export interface ControlAddress {
  /** Name of the socket in the folder, or of the pipe. */
  readonly socket: string;
}

/** Gateway of a running program. */
export interface GatewayAddress {
  readonly http: string;
  /** Token for users who can read the folder; a secret. */
  readonly token: string;
}

/** A process that uses a folder. */
export interface Holder {
  readonly pid: number;
  /** Its sub-command, such as `account add`. */
  readonly command: string;
  /** When it opened the folder, in ISO 8601. */
  readonly since: string;
  /** Its control endpoint, once that is open. */
  readonly control?: ControlAddress;
  /** URL of its gateway, once that is open. */
  readonly http?: string;
  /** Token for users who can read this file. */
  readonly token?: string;
}

/** Maximum number of bytes of a socket's path. */
const SOCKET_PATH_BYTES = Deno.build.os === "linux" ? 107 : 103;

/** Sub-commands that hold a folder until they are ended; the others release it soon. */
const LONG_LIVED: readonly string[] = ["serve", "qq-server"];

/** How long a start waits for a short sub-command, in milliseconds. */
export const LOCK_WAIT_MS = 5000;

/** How long a start waits for any holder, because the description can be of a killed process. */
const DOUBT_MS = 200;

const LOCK_RETRY_MS = 50;

/** How often a lock without a holder is tried again. */
const INHERITED_TRIES = 20;

/** Wait before each of these tries, in milliseconds. It blocks the event loop. */
const INHERITED_WAIT_MS = 10;

/** Another process uses the folder. Exit code 2. */
export class FolderHeldError extends ConfigError {
  override name = "FolderHeldError";
  /** The other process; `undefined` if it is unknown. */
  readonly holder: Holder | undefined;

  constructor(path: string, holder: Holder | undefined) {
    const who = holder === undefined
      ? "another process"
      : `"${holder.command}" (process ${holder.pid}, since ${holder.since})`;
    super(
      `Cannot use the data folder ${
        quote(path)
      }: one process at a time may, and it is used by ${who}`,
    );
    this.holder = holder;
  }
}

/** A folder that this process uses, and no other until it is closed. */
export class DataFolder implements Disposable {
  readonly path: string;
  /** What was corrected when the folder was opened, for the log. */
  readonly warnings: readonly string[];
  readonly #locks: readonly Deno.FsFile[];
  readonly #holder: Holder;
  readonly #pipeId = crypto.randomUUID();
  #isOpen = true;

  private constructor(
    path: string,
    locks: readonly Deno.FsFile[],
    holder: Holder,
    warnings: readonly string[],
  ) {
    this.path = path;
    this.#locks = locks;
    this.#holder = holder;
    this.warnings = warnings;
  }

  /**
   * Opens a folder, and creates it if there is none.
   *
   * @param command The sub-command, which errors of other processes name.
   * @throws {FolderHeldError} If another process uses it.
   * @throws {ConfigError} If it cannot be made, or is not fit.
   */
  static open(
    path: string,
    command: string,
    clock: Clock = systemClock,
    files: FolderFiles = systemFiles,
  ): DataFolder {
    assertOwn(path);
    const warnings = makeFolder(path, files);
    assertOwnEntries(path, ENTRIES);
    const locks = lockFolderSoon(path);
    if (locks === undefined) throw new FolderHeldError(path, readHolder(path));
    try {
      if (finishRestore(path)) {
        warnings.push(
          `The restore of the data folder ${
            quote(path)
          } was cut off: it is finished now`,
        );
      }
    } catch (error) {
      closeAll(locks);
      throw error;
    }
    const holder: Holder = {
      pid: Deno.pid,
      command,
      since: new Date(clock.now()).toISOString(),
    };
    const folder = new DataFolder(path, locks, holder, warnings);
    folder.#announce(holder);
    return folder;
  }

  /**
   * Opens a folder like {@linkcode DataFolder.open}, and waits for a short
   * sub-command that uses it.
   */
  static async openSoon(
    path: string,
    command: string,
    clock: Clock = systemClock,
  ): Promise<DataFolder> {
    const startedAt = clock.now();
    for (;;) {
      try {
        return DataFolder.open(path, command, clock);
      } catch (error) {
        if (!(error instanceof FolderHeldError)) throw error;
        const isBrief = error.holder === undefined ||
          !LONG_LIVED.includes(error.holder.command);
        const waitMs = isBrief ? LOCK_WAIT_MS : DOUBT_MS;
        if (clock.now() - startedAt >= waitMs) throw error;
      }
      await sleep(clock, LOCK_RETRY_MS);
    }
  }

  /** Returns the path of a file, which is created if there is none. Only the owner can read it. */
  file(name: string): string {
    assertOwnEntries(this.path, [name]);
    const path = `${this.path}/${name}`;
    openPrivate(path).close();
    if (looseMode(path) !== undefined) Deno.chmodSync(path, 0o600);
    return path;
  }

  /**
   * Path of the control endpoint's socket, which is not created here.
   *
   * @throws {ConfigError} If it is too long.
   */
  get controlPath(): string {
    if (Deno.build.os === "windows") {
      return `\\\\.\\pipe\\tqq-${this.#pipeId}`;
    }
    const path = `${this.path}/${FILES.control}`;
    const { length } = new TextEncoder().encode(path);
    if (length <= SOCKET_PATH_BYTES) return path;
    throw new ConfigError(
      `Cannot use the data folder ${
        quote(this.path)
      }: the path of its socket must have at most ${SOCKET_PATH_BYTES} bytes, got ${length}. Name a folder with a shorter path.`,
    );
  }

  /** Describes the control endpoint and the gateway in the folder, for other processes. */
  publish(gateway?: GatewayAddress): void {
    const socket = Deno.build.os === "windows"
      ? this.controlPath
      : FILES.control;
    this.#announce({ ...this.#holder, control: { socket }, ...gateway });
  }

  /** Releases the folder. A second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    removeFile(`${this.path}/${FILES.running}`);
    closeAll(this.#locks);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #announce(holder: Holder): void {
    const path = `${this.path}/${FILES.running}`;
    const draft = `${path}.new`;
    removeFile(draft);
    const file = openPrivate(draft);
    try {
      const bytes = new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(bytes.subarray(at));
      }
    } finally {
      file.close();
    }
    Deno.renameSync(draft, path);
  }
}

/** Returns the path of the socket, or the name of the pipe, of the program that uses a folder. */
export function controlPathOf(folder: string, { socket }: ControlAddress) {
  return socket === FILES.control ? `${folder}/${socket}` : socket;
}

/**
 * Returns the process that uses a folder now; undefined if there is none, or no
 * such folder. The description that a killed process left is ignored.
 */
export function holderOf(path: string): Holder | "unknown" | undefined {
  const lock = `${path}/${FILES.lock}`;
  const files = [
    // A link, or a pipe that would block, is no lock.
    () =>
      Deno.lstatSync(lock).isFile
        ? Deno.openSync(lock, { read: true, write: true })
        : undefined,
    () => openFolder(path),
  ];
  const isHeld = files.some((open) => {
    try {
      using file = open();
      return file !== undefined && !file.tryLockSync(true);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
  return isHeld ? readHolder(path) ?? "unknown" : undefined;
}

/**
 * Locks the file `lock` and the folder itself, because the file can be removed.
 * The system releases the locks when the process ends. No database is locked,
 * because that would conflict with SQLite's own locks.
 *
 * @returns Undefined if another process has locked one of them.
 */
function lockFolder(path: string): Deno.FsFile[] | undefined {
  const locks = [openPrivate(`${path}/${FILES.lock}`)];
  const folder = openFolder(path);
  if (folder !== undefined) locks.push(folder);
  if (locks.every((lock) => lock.tryLockSync(true))) return locks;
  closeAll(locks);
  return undefined;
}

/**
 * Locks the folder, and tries again for a moment if no program names itself as
 * its holder: a child that this process is starting has the locks of its parent
 * until it runs its own program.
 */
function lockFolderSoon(path: string): Deno.FsFile[] | undefined {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0;; tries++) {
    const locks = lockFolder(path);
    if (locks !== undefined || tries === INHERITED_TRIES) return locks;
    if (readHolder(path) !== undefined) return undefined;
    Atomics.wait(sleeper, 0, 0, INHERITED_WAIT_MS);
  }
}

/** Opens a folder to lock it; undefined on Windows, which cannot open folders, and removes no open file. */
function openFolder(path: string): Deno.FsFile | undefined {
  return Deno.build.os === "windows" ? undefined : Deno.openSync(path);
}

function closeAll(locks: readonly Deno.FsFile[]): void {
  for (const lock of locks) lock.close();
}

/** Returns what is wrong with the permissions of a folder or file; undefined if they are private. */
export function looseMode(path: string): string | undefined {
  const { mode } = Deno.statSync(path);
  if (mode === null || (mode & 0o077) === 0) return undefined;
  return `others may read it (mode ${(mode & 0o777).toString(8)})`;
}

function readHolder(path: string): Holder | undefined {
  const file = `${path}/${FILES.running}`;
  try {
    if (!Deno.lstatSync(file).isFile) return undefined;
    const holder = JSON.parse(Deno.readTextFileSync(file));
    return Number.isInteger(holder?.pid) && typeof holder.command === "string"
      ? holder
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names of all files that are opened, except those that SQLite adds. */
export const ENTRIES: readonly string[] = [
  ...Object.values(FILES),
  `${FILES.running}.new`,
  BACKUP_MARK,
];

/**
 * Throws if a folder belongs to another user: FolderHeldError if a program runs
 * on it, through which it can be used, else ConfigError.
 */
function assertOwn(path: string): void {
  let fault: FolderFault | undefined;
  try {
    fault = findForeignOwner(path);
  } catch {
    // There is no such folder, or it cannot be written: reported below.
    return;
  }
  if (fault === undefined) return;
  const holder = holderOf(path);
  if (holder === undefined) throw toConfigError(path, fault);
  throw new FolderHeldError(path, holder === "unknown" ? undefined : holder);
}

function assertOwnEntries(path: string, names: readonly string[]): void {
  const fault = findForeignEntry(path, names, [FILES.control]);
  if (fault !== undefined) throw toConfigError(path, fault);
}

function makeFolder(path: string, files: FolderFiles): string[] {
  try {
    if (makeFolderDurably(path, files)) return [];
    return closeFolder(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `Cannot use the data folder ${
        quote(path)
      }: must be a folder that can be made and written, got ${
        error instanceof Error ? error.name : "an error"
      }`,
      { cause: error },
    );
  }
}

/** Makes a folder private. A shared one, such as /tmp, is left as it is and refused. */
function closeFolder(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) {
    throw new ConfigError(
      `Cannot use the data folder ${quote(path)}: must be a folder, got a file`,
    );
  }
  const loose = looseMode(path);
  if (loose === undefined) return [];
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  if (names.length > 0 && !names.includes(FILES.lock)) {
    throw new ConfigError(
      `Cannot use the data folder ${
        quote(path)
      }: must be empty, private (mode 700) or made by tqq, got other files, and ${loose}`,
    );
  }
  try {
    Deno.chmodSync(path, 0o700);
    return [`The data folder ${quote(path)} was open: ${loose}; now it is 700`];
  } catch {
    return [
      `The data folder ${quote(path)} is open and not ours to close: ${loose}`,
    ];
  }
}

function openPrivate(path: string): Deno.FsFile {
  return Deno.openSync(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

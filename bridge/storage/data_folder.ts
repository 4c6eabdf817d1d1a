/**
 * The folder that holds all that outlives a restart: private, and used by one
 * process at a time.
 *
 * @module
 */

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

/** What the files in it are called. */
export const FILES = {
  /** Locked while the folder is used; its content means nothing. */
  lock: "lock",
  /** Who uses it, and where its control endpoint is. */
  running: "running.json",
  /** The control endpoint's socket; on Windows it is a named pipe instead. */
  control: "control.sock",
  /** Accounts, tokens, settings. */
  bridge: "bridge.db",
  /** Events. */
  journal: "journal.db",
  /** The embedded server. */
  qq: "qq.db",
  /** The administrator's token of the first start, if its output is kept for good. */
  firstToken: "first-token",
} as const;

/** Where a running program takes orders. */
export interface ControlAddress {
  /** The name of the socket in the folder, or of the pipe. */
  readonly socket: string;
}

/** Where a running program serves clients. */
export interface GatewayAddress {
  /** As a URL. */
  readonly http: string;
  /** Opens it for who can read the folder; a secret. */
  readonly token: string;
}

/** Who uses a folder. */
export interface Holder {
  /** The process. */
  readonly pid: number;
  /** The sub-command: `serve`, `account add`. */
  readonly command: string;
  /** Since when, in ISO 8601. */
  readonly since: string;
  /** Where it takes orders, once it does. */
  readonly control?: ControlAddress;
  /** Where it serves clients, once it does. */
  readonly http?: string;
  /** The token that those may use who can read this. */
  readonly token?: string;
}

/** Most bytes of a socket's path that every system of its kind takes. */
const SOCKET_PATH_BYTES = Deno.build.os === "linux" ? 107 : 103;

/** Sub-commands that hold a folder as long as they live; the others are done in a moment. */
const LONG_LIVED: readonly string[] = ["serve", "qq-server"];

/** How long a start waits for a short sub-command to be done. */
export const LOCK_WAIT_MS = 5000;

/** How long anybody's hold is doubted: what it says may be a killed process's last word. */
const DOUBT_MS = 200;

const LOCK_RETRY_MS = 50;

/** Another process uses the folder. Exit code 2. */
export class FolderHeldError extends ConfigError {
  override name = "FolderHeldError";
  /** Who, where it has said so. */
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

/** A folder that this process uses; nobody else does until it is closed. */
export class DataFolder implements Disposable {
  /** Where it is. */
  readonly path: string;
  /** What was put right when it was opened, for the log. */
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
   * Opens a folder, and makes it where there is none.
   *
   * @param path Where.
   * @param command The sub-command, for who comes second.
   * @throws {FolderHeldError} Where another process uses it.
   * @throws {ConfigError} Where it cannot be made, or is not fit.
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
    const locks = lockFolder(path);
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
   * Opens a folder as {@linkcode DataFolder.open}, and waits for a sub-command
   * that is done in a moment.
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

  /** The path of a file in it, which is made where there is none, for nobody else to read. */
  file(name: string): string {
    assertOwnEntries(this.path, [name]);
    const path = `${this.path}/${name}`;
    openPrivate(path).close();
    if (looseMode(path) !== undefined) Deno.chmodSync(path, 0o600);
    return path;
  }

  /**
   * The path of the control endpoint's socket, which is not made here.
   *
   * @throws {ConfigError} Where it is too long.
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

  /** Says where this process takes orders, and where it serves clients. */
  publish(gateway?: GatewayAddress): void {
    const socket = Deno.build.os === "windows"
      ? this.controlPath
      : FILES.control;
    this.#announce({ ...this.#holder, control: { socket }, ...gateway });
  }

  /** Gives it free; harmless when it is. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    removeFile(`${this.path}/${FILES.running}`);
    closeAll(this.#locks);
  }

  /** Gives it free. */
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

/** The path of the socket, or the name of the pipe, of the program that runs on a folder. */
export function controlPathOf(folder: string, { socket }: ControlAddress) {
  return socket === FILES.control ? `${folder}/${socket}` : socket;
}

/**
 * Who uses a folder at this moment; undefined where nobody does, or there is no
 * such folder. What a killed process has left behind does not count.
 */
export function holderOf(path: string): Holder | "unknown" | undefined {
  const lock = `${path}/${FILES.lock}`;
  const files = [
    // A link, or a pipe that would block, is nobody's lock.
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
 * Locks the file `lock` and the folder itself, because somebody may remove the
 * file. The locks are the system's: they end with the process, however that ends.
 * No database is locked, because SQLite's own locks would meet these.
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

/** A folder, to lock it; undefined on Windows, which opens none, and removes no file that is open. */
function openFolder(path: string): Deno.FsFile | undefined {
  return Deno.build.os === "windows" ? undefined : Deno.openSync(path);
}

function closeAll(locks: readonly Deno.FsFile[]): void {
  for (const lock of locks) lock.close();
}

/** What is wrong with who may read a folder or file; undefined where nothing is. */
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

/** Everything in a folder that is opened, beside what SQLite keeps. */
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

/** Shuts others out of a folder that is ours alone; a shared one, such as /tmp, is left as it is and refused. */
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

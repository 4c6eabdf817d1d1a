import { ConfigError } from "../../../bridge/config/config.ts";
import {
  controlPathOf,
  DataFolder,
  FILES,
  FolderHeldError,
  holderOf,
  LOCK_WAIT_MS,
} from "../../../bridge/storage/data_folder.ts";
import {
  type FolderFiles,
  makeFolderDurably,
  parentOf,
  renameDurably,
  systemFiles,
} from "../../../bridge/storage/durable_files.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { Program, serveArgs } from "../../support/program.ts";

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

function inTemporary(
  name: string,
  test: (folder: string) => Promise<void> | void,
): void {
  Deno.test(`data folder: ${name}`, async () => {
    const parent = Deno.makeTempDirSync();
    try {
      await test(`${parent}/data`);
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  });
}

inTemporary(
  "DataFolder.open() creates a private folder, with its parents",
  (path) => {
    using folder = DataFolder.open(`${path}/deep/data`, "serve");
    assertEquals(folder.warnings, []);
    assertEquals(modeOf(folder.path), "700");
    folder.publish({ http: "http://127.0.0.1:5", token: "t" });
    for (const name of [FILES.lock, FILES.running]) {
      assertEquals(modeOf(`${folder.path}/${name}`), "600");
    }
    assertEquals(modeOf(folder.file("x.db")), "600");
    Deno.chmodSync(`${folder.path}/x.db`, 0o644);
    assertEquals(modeOf(folder.file("x.db")), "600");
  },
);

inTemporary("DataFolder.open() makes an open folder private", (path) => {
  DataFolder.open(path, "serve").close();
  Deno.chmodSync(path, 0o755);
  using folder = DataFolder.open(path, "serve");
  assertEquals(folder.warnings.length, 1);
  assertEquals(modeOf(path), "700");
});

inTemporary("DataFolder.open() refuses a folder that others share", (path) => {
  Deno.mkdirSync(path, { mode: 0o755 });
  Deno.writeTextFileSync(`${path}/letter.txt`, "mine");
  assertThrows(
    () => DataFolder.open(path, "serve"),
    ConfigError,
    "other files",
  );
  assertEquals(modeOf(path), "755");
  Deno.chmodSync(path, 0o700);
  DataFolder.open(path, "serve").close();
});

inTemporary("DataFolder.open() refuses a file", (path) => {
  Deno.writeTextFileSync(path, "");
  assertThrows(() => DataFolder.open(path, "serve"), ConfigError, "got a file");
  assertThrows(
    () => DataFolder.open(`${path}/below`, "serve"),
    ConfigError,
    "must be a folder that can be made",
  );
});

inTemporary(
  "DataFolder.open() refuses a second process, and names the first",
  (path) => {
    const first = DataFolder.open(path, "qq-server", new FakeClock());
    first.publish();
    const error = assertThrows(
      () => DataFolder.open(path, "serve"),
      FolderHeldError,
    ) as FolderHeldError;
    assertEquals(
      error.message,
      `Cannot use the data folder ${
        JSON.stringify(path)
      }: one process at a time may, and it is used by "qq-server" (process ${Deno.pid}, since 2005-11-24T00:00:00.000Z)`,
    );
    assertEquals(
      controlPathOf(path, error.holder!.control!),
      first.controlPath,
    );
    assertEquals(holderOf(path), error.holder);
    first.close();
    first.close();
    assertEquals(holderOf(path), undefined);
    assertThrows(() => Deno.statSync(`${path}/${FILES.running}`));
    DataFolder.open(path, "serve").close();
  },
);

inTemporary(
  "a killed process holds nothing, whatever it left",
  async (path) => {
    assertEquals(holderOf(path), undefined);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        new URL("./hold_folder.ts", import.meta.url).pathname,
        path,
      ],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const held = assertThrows(
      () => DataFolder.open(path, "serve"),
      FolderHeldError,
    ) as FolderHeldError;
    assertEquals(held.holder?.pid, child.pid);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    // Its last word names a process; had it been given again, it would not count either.
    assert(Deno.statSync(`${path}/${FILES.running}`).isFile);
    assertEquals(holderOf(path), undefined);
    DataFolder.open(path, "serve").close();
  },
);

inTemporary("is still held if the file `lock` is removed", (path) => {
  using folder = DataFolder.open(path, "serve");
  Deno.removeSync(`${path}/${FILES.lock}`);
  const held = assertThrows(
    () => DataFolder.open(path, "serve"),
    FolderHeldError,
  ) as FolderHeldError;
  assertEquals(held.holder?.pid, Deno.pid);
  assertEquals(holderOf(path), held.holder);
  folder.close();
  assertEquals(holderOf(path), undefined);
});

inTemporary(
  "a second program is refused, though the file `lock` was removed",
  async (path) => {
    await using first = new Program({ args: serveArgs(path, "--no-demo") });
    const { http } = await first.ready();
    Deno.removeSync(`${path}/${FILES.lock}`);
    await using second = new Program({ args: serveArgs(path, "--no-demo") });
    const said = await second.ready().then(() => "ready", String);
    assertStringIncludes(said, `is used by "serve" (process ${first.pid}`);
    assertEquals((await second.output()).code, 2);
    const response = await fetch(`${http}/readyz`);
    await response.body?.cancel();
    assertEquals(response.status, 200);
  },
);

class FakeFiles implements FolderFiles {
  readonly calls: string[] = [];
  readonly folders = new Set(["/", "/srv"]);
  mkdir(path: string, mode: number): void {
    if (this.folders.has(path)) throw new Deno.errors.AlreadyExists();
    if (!this.folders.has(parentOf(path))) throw new Deno.errors.NotFound();
    this.calls.push(`mkdir ${path} ${mode.toString(8)}`);
    this.folders.add(path);
  }
  rename(from: string, to: string): void {
    this.calls.push(`rename ${from} ${to}`);
  }
  sync(folder: string): void {
    this.calls.push(`sync ${folder}`);
  }
}

Deno.test("makeFolderDurably() syncs the parent of each folder that it creates", () => {
  const files = new FakeFiles();
  assertEquals(makeFolderDurably("/srv/a/b/data/", files), true);
  assertEquals(files.calls, [
    "mkdir /srv/a 777",
    "sync /srv",
    "mkdir /srv/a/b 777",
    "sync /srv/a",
    "mkdir /srv/a/b/data 700",
    "sync /srv/a/b",
  ]);
  files.calls.length = 0;
  // A start that was killed may have made it, and not synced it.
  assertEquals(makeFolderDurably("/srv/a/b/data", files), false);
  assertEquals(files.calls, ["sync /srv/a/b"]);
});

Deno.test("renameDurably() syncs both parents", () => {
  const files = new FakeFiles();
  renameDurably("/srv/a/x", "/srv/a/y", files);
  renameDurably("/srv/a/x", "/srv/b/x", files);
  assertEquals(files.calls, [
    "rename /srv/a/x /srv/a/y",
    "sync /srv/a",
    "rename /srv/a/x /srv/b/x",
    "sync /srv/b",
    "sync /srv/a",
  ]);
});

inTemporary(
  "DataFolder.open() makes the name durable before it uses the folder",
  (path) => {
    const calls: string[] = [];
    const files: FolderFiles = {
      ...systemFiles,
      mkdir: (folder, mode) => {
        systemFiles.mkdir(folder, mode);
        calls.push(`mkdir ${folder}`);
      },
      sync: (folder) => {
        calls.push(
          `sync ${folder}, ${[...Deno.readDirSync(path)].length} files`,
        );
      },
    };
    DataFolder.open(path, "serve", new FakeClock(), files).close();
    const parent = parentOf(path);
    assertEquals(calls, [`mkdir ${path}`, `sync ${parent}, 0 files`]);
  },
);

inTemporary(
  "DataFolder.openSoon() waits for a short sub-command",
  async (path) => {
    const clock = new FakeClock();
    const first = DataFolder.open(path, "account add", clock);
    const second = DataFolder.openSoon(path, "serve", clock);
    await clock.advance(LOCK_WAIT_MS - 1000);
    first.close();
    await clock.advance(100);
    (await second).close();
  },
);

inTemporary(
  "DataFolder.openSoon() does not wait for a program that stays",
  async (path) => {
    const clock = new FakeClock();
    using _first = DataFolder.open(path, "serve", clock);
    const second = assertRejects(
      () => DataFolder.openSoon(path, "serve", clock),
      FolderHeldError,
    );
    await clock.advance(300);
    await second;
  },
);

const ENTRIES = [
  FILES.lock,
  FILES.running,
  FILES.control,
  FILES.bridge,
  "journal.db-wal",
  FILES.qq,
  "backup",
];

/** Makes something at a path that is no file of one's own. */
const STRANGE: [what: string, make: (path: string) => void, got: string][] = [
  ["a link to a file", (path) => {
    Deno.writeTextFileSync(`${path}.target`, "untouched", { mode: 0o644 });
    Deno.symlinkSync(`${path}.target`, path);
  }, "got a link"],
  [
    "a link to nothing",
    (path) => Deno.symlinkSync(`${path}.target`, path),
    "got a link",
  ],
  ["a link to a folder", (path) => Deno.symlinkSync("..", path), "got a link"],
  ["a folder", (path) => Deno.mkdirSync(path), "got a folder"],
  ["a pipe", (path) => {
    const { success } = new Deno.Command("mkfifo", { args: [path] })
      .outputSync();
    assert(success);
  }, "got no file"],
];

for (const [what, make, got] of STRANGE) {
  inTemporary(
    `refuses ${what} in place of each file, and leaves it alone`,
    (path) => {
      for (const name of ENTRIES) {
        DataFolder.open(path, "serve").close();
        Deno.removeSync(`${path}/${FILES.lock}`);
        make(`${path}/${name}`);
        const error = assertThrows(
          () => DataFolder.open(path, "serve"),
          ConfigError,
          got,
        ) as Error;
        assertStringIncludes(error.message, `"${path}/${name}"`);
        const target = `${path}/${name}.target`;
        try {
          assertEquals(modeOf(target), "644");
          assertEquals(Deno.readTextFileSync(target), "untouched");
        } catch (error) {
          // It was not made, neither here nor through the link.
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
        Deno.removeSync(path, { recursive: true });
      }
    },
  );
}

inTemporary(
  "DataFolder.file() refuses a link that was made after the start",
  (path) => {
    using folder = DataFolder.open(path, "serve");
    Deno.symlinkSync("/dev/null", `${path}/qq.db`);
    assertThrows(() => folder.file("qq.db"), ConfigError, "got a link");
  },
);

inTemporary("accepts a path that contains a link, or is one", (path) => {
  Deno.mkdirSync(`${path}/real/data`, { recursive: true, mode: 0o700 });
  Deno.symlinkSync("real", `${path}/link`);
  DataFolder.open(`${path}/link/data`, "serve").close();
  Deno.symlinkSync("real/data", `${path}/last`);
  using folder = DataFolder.open(`${path}/last`, "serve");
  folder.file("x.db");
});

/** Only root can give files to others. */
const isRoot = (() => {
  const path = Deno.makeTempFileSync();
  try {
    return Deno.statSync(path).uid === 0;
  } finally {
    Deno.removeSync(path);
  }
})();

inTemporary(
  "of another user is refused and left alone, unless that user's program runs on it",
  async (path) => {
    if (!isRoot) return;
    DataFolder.open(path, "serve").close();
    Deno.removeSync(`${path}/${FILES.lock}`);
    Deno.chownSync(path, 12345, 12345);
    assertThrows(
      () => DataFolder.open(path, "serve"),
      ConfigError,
      `"${path}" must be owned by the user that runs tqq, got a folder of user 12345`,
    );
    assertEquals([...Deno.readDirSync(path)], []);
    Deno.chownSync(path, 0, 0);
    await using program = new Program({ args: serveArgs(path) });
    await program.ready();
    Deno.chownSync(path, 12345, 12345);
    const error = assertThrows(
      () => DataFolder.open(path, "account add"),
      FolderHeldError,
    ) as FolderHeldError;
    assertEquals(error.holder?.command, "serve");
  },
);

inTemporary("refuses a file of another user", (path) => {
  if (!isRoot) return;
  DataFolder.open(path, "serve").close();
  Deno.writeTextFileSync(`${path}/${FILES.bridge}`, "", { mode: 0o600 });
  Deno.chownSync(`${path}/${FILES.bridge}`, 12345, 12345);
  assertThrows(
    () => DataFolder.open(path, "serve"),
    ConfigError,
    `chown 0 ${path}/${FILES.bridge}`,
  );
});

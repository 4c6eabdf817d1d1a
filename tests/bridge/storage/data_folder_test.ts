import { ConfigError } from "../../../bridge/config.ts";
import {
  controlPathOf,
  DataFolder,
  FILES,
  FolderHeldError,
  holderOf,
  LOCK_WAIT_MS,
} from "../../../bridge/storage/data_folder.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
} from "../../deps.ts";
import { FakeClock } from "../../support/fake_clock.ts";

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

inTemporary("is made private, with its parents", (path) => {
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
});

inTemporary("is closed to others where it was open", (path) => {
  DataFolder.open(path, "serve").close();
  Deno.chmodSync(path, 0o755);
  using folder = DataFolder.open(path, "serve");
  assertEquals(folder.warnings.length, 1);
  assertEquals(modeOf(path), "700");
});

inTemporary("does not take over a folder that others share", (path) => {
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

inTemporary("cannot be a file", (path) => {
  Deno.writeTextFileSync(path, "");
  assertThrows(() => DataFolder.open(path, "serve"), ConfigError, "got a file");
  assertThrows(
    () => DataFolder.open(`${path}/below`, "serve"),
    ConfigError,
    "must be a folder that can be made",
  );
});

inTemporary("is used by one at a time, who is named", (path) => {
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
  assertEquals(controlPathOf(path, error.holder!.control!), first.controlPath);
  assertEquals(holderOf(path), error.holder);
  first.close();
  first.close();
  assertEquals(holderOf(path), undefined);
  assertThrows(() => Deno.statSync(`${path}/${FILES.running}`));
  DataFolder.open(path, "serve").close();
});

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

inTemporary("a short sub-command is waited for", async (path) => {
  const clock = new FakeClock();
  const first = DataFolder.open(path, "account add", clock);
  const second = DataFolder.openSoon(path, "serve", clock);
  await clock.advance(LOCK_WAIT_MS - 1000);
  first.close();
  await clock.advance(100);
  (await second).close();
});

inTemporary("a program that stays is not waited for", async (path) => {
  const clock = new FakeClock();
  using _first = DataFolder.open(path, "serve", clock);
  const second = assertRejects(
    () => DataFolder.openSoon(path, "serve", clock),
    FolderHeldError,
  );
  await clock.advance(300);
  await second;
});

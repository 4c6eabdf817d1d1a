import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { killStarts } from "../../support/kill_starts.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { startFolder as start } from "../../support/start_folder.ts";

const FILES = ["bridge.db", "journal.db", "qq.db"] as const;

const DAMAGES: readonly (readonly [
  what: string,
  damage: (file: string) => void,
])[] = [
  ["emptied", (file) => Deno.truncateSync(file, 0)],
  ["cut", (file) => Deno.truncateSync(file, 5000)],
  [
    "overwritten",
    (file) => Deno.writeFileSync(file, new Uint8Array(20_000).fill(65)),
  ],
];

for (const name of FILES) {
  for (const [what, damage] of DAMAGES) {
    Deno.test(`opening: ${name}, ${what}, is refused by name and left as it is`, () => {
      const path = Deno.makeTempDirSync();
      try {
        start(`${path}/d`);
        const file = `${path}/d/${name}`;
        damage(file);
        const before = Deno.readFileSync(file);
        for (let tries = 0; tries < 2; tries++) {
          const error = assertThrows(() => start(`${path}/d`));
          const { name: kind, message } = error as Error;
          assertEquals(kind, "ConfigError");
          assertMatch(message, new RegExp(`^Cannot open ".*/${name}":`));
          assertMatch(message, /; put the folder back from a copy, or move /);
        }
        assertEquals(Deno.readFileSync(file), before);
      } finally {
        Deno.removeSync(path, { recursive: true });
      }
    });
  }
}

Deno.test("opening: a journal that was moved away is created again, with a warning", () => {
  const path = Deno.makeTempDirSync();
  try {
    const first = start(`${path}/d`);
    assertEquals(first.warnings, []);
    assertEquals(start(`${path}/d`), first);
    Deno.removeSync(`${path}/d/journal.db`);
    const { warnings } = start(`${path}/d`);
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0]!, /journal\.db" any more: it is made anew$/);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

for (const name of ["journal.db", "qq.db"] as const) {
  Deno.test(`opening: ${name} that was moved away, and is empty since a killed start, is created again`, () => {
    const path = Deno.makeTempDirSync();
    try {
      start(`${path}/d`);
      const file = `${path}/d/${name}`;
      Deno.renameSync(file, `${path}/away`);
      Deno.writeFileSync(file, new Uint8Array());
      assertEquals(start(`${path}/d`).warnings.length, 1);
      assertEquals(start(`${path}/d`).warnings, []);
      // The same empty file in a copy of the folder may be one that was cut off.
      Deno.truncateSync(file, 0);
      Deno.renameSync(`${path}/d`, `${path}/renamed`);
      Deno.mkdirSync(`${path}/d`, { mode: 0o700 });
      for (const one of FILES) {
        Deno.copyFileSync(`${path}/renamed/${one}`, `${path}/d/${one}`);
      }
      assertThrows(() => start(`${path}/d`), Error, "an empty file");
    } finally {
      Deno.removeSync(path, { recursive: true });
    }
  });
}

Deno.test("opening: a start that creates files again can be killed at any moment", async () => {
  await killStarts({ kills: 24, seed: 1 });
});

Deno.test("opening: a missing bridge.db is not created again if the others exist", () => {
  const path = Deno.makeTempDirSync();
  try {
    start(`${path}/d`);
    Deno.removeSync(`${path}/d/bridge.db`);
    assertThrows(() => start(`${path}/d`), Error, "an empty file or none");
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("opening: empty files of a killed first start are accepted", () => {
  const path = Deno.makeTempDirSync();
  try {
    for (const name of FILES) {
      Deno.mkdirSync(`${path}/${name}`, { mode: 0o700 });
      Deno.writeFileSync(`${path}/${name}/lock`, new Uint8Array());
      for (const made of FILES.slice(0, FILES.indexOf(name) + 1)) {
        Deno.writeFileSync(`${path}/${name}/${made}`, new Uint8Array());
      }
      assertEquals(start(`${path}/${name}`).warnings, []);
    }
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("opening: the program writes one line, and ends with exit code 2", async () => {
  const path = await Deno.makeTempDir();
  try {
    start(`${path}/d`);
    await Deno.truncate(`${path}/d/bridge.db`, 0);
    await using program = new Program({ args: serveArgs(`${path}/d`) });
    const { code, stdout, stderr } = await program.output();
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^tqq: Cannot open ".*bridge\.db": .*\n$/);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

/** `rekey`, and files of secrets that others can read, through the real program. @module */

import { assertEquals, assertMatch } from "@std/assert";
import { fillFolder } from "../../support/folder_copies.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

const OLD = "the old secret key";
const NEW = "the new secret key";

async function inTemporary(run: (path: string) => Promise<void>) {
  const path = await Deno.makeTempDir();
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("rekey: exit codes and lines", () =>
  inTemporary(async (path) => {
    const data = `--data=${path}/data`;
    await fillFolder(`${path}/data`, { secretKey: OLD });
    await Deno.writeTextFile(`${path}/old`, `${OLD}\n`, { mode: 0o600 });
    const rows: [
      env: Record<string, string>,
      code: number,
      line: RegExp,
      args?: string[],
    ][] = [
      [{}, 2, /TQQ_SECRET_KEY_OLD or TQQ_SECRET_KEY must be set/],
      [{ TQQ_SECRET_KEY: "short" }, 2, /TQQ_SECRET_KEY: must be .*at least 16/],
      [{ TQQ_SECRET_KEY: NEW }, 2, /TQQ_SECRET_KEY_OLD must be set/],
      [
        { TQQ_SECRET_KEY: NEW, TQQ_SECRET_KEY_OLD: "wrong" },
        2,
        /TQQ_SECRET_KEY_OLD must be the key/,
      ],
      [{ TQQ_SECRET_KEY: NEW }, 2, /takes no arguments, got "x"/, ["x"]],
      [
        { TQQ_SECRET_KEY: NEW, TQQ_SECRET_KEY_OLD_FILE: `${path}/old` },
        0,
        /^Encrypted with the new key: 1 secrets\.$/,
      ],
      [
        { TQQ_SECRET_KEY: NEW, TQQ_SECRET_KEY_OLD: OLD },
        0,
        /Encrypted with the new key/,
      ],
      [
        { TQQ_SECRET_KEY_OLD: NEW },
        0,
        /^\{"secrets":1,"encrypted":false\}$/,
        ["--json"],
      ],
      [
        { TQQ_SECRET_KEY: NEW },
        0,
        /^Encrypted with the new key: 1 secrets\.$/,
      ],
    ];
    for (const [env, code, line, args = []] of rows) {
      const said = await runMain(["rekey", data, ...args], { env });
      assertEquals(said.code, code, [...said.out, ...said.err].join(" "));
      assertMatch((code === 0 ? said.out : said.err).join("\n"), line);
    }
    await using program = new Program({
      args: serveArgs(`${path}/data`),
      env: { TQQ_SECRET_KEY: NEW },
    });
    await program.ready();
    const held = await runMain(["rekey", data], {
      env: { TQQ_SECRET_KEY: OLD, TQQ_SECRET_KEY_OLD: NEW },
    });
    assertEquals(held.code, 2);
    assertMatch(held.err.join("\n"), /it is used by "serve"/);
  }));

Deno.test("rekey: the next start logs it, once", () =>
  inTemporary(async (path) => {
    const folder = `${path}/data`;
    await fillFolder(folder, { secretKey: OLD });
    const { code } = await runMain(["rekey", `--data=${folder}`], {
      env: { TQQ_SECRET_KEY: NEW, TQQ_SECRET_KEY_OLD: OLD },
    });
    assertEquals(code, 0);
    for (const count of [1, 0]) {
      await using program = new Program({
        args: serveArgs(folder, "--no-demo"),
        env: { TQQ_SECRET_KEY: NEW },
      });
      await program.ready();
      program.kill("SIGTERM");
      const { stderr } = await program.output();
      const lines = stderr.split("\n").filter((line) =>
        line.includes('"data folder rekeyed","audit":true,"actor":"local"')
      );
      assertEquals(lines.length, count, stderr);
    }
  }));

Deno.test("serve: a secret file that all users can read is refused if other hosts can connect, else there is a warning", () =>
  inTemporary(async (path) => {
    const file = `${path}/token`;
    await Deno.writeTextFile(
      file,
      "a token of 20 letters\n".replaceAll(" ", "-"),
    );
    const env = { TQQ_TOKEN_FILE: file };
    const args = serveArgs(`${path}/data`, "--no-demo");
    await Deno.chmod(file, 0o644);
    const open = ["--listen=0.0.0.0:0", "--behind-proxy"];
    await using refused = new Program({ args: [...args, ...open], env });
    const { code, stderr } = await refused.output();
    assertEquals(code, 2);
    assertMatch(stderr, /Cannot use TQQ_TOKEN_FILE: .*mode 644.*chmod 600/);
    await using warned = new Program({ args, env });
    await warned.ready();
    await warned.line((line) => line.includes("readable by all users"), "err");
    const { out } = await runMain(["doctor", `--data=${path}/data`, ...open], {
      env,
    });
    assertMatch(
      out.join("\n"),
      /^wrong {4}TQQ_TOKEN_FILE: all users can read/m,
    );
    warned.kill("SIGTERM");
    await warned.output();
    await Deno.chmod(file, 0o640);
    await using closed = new Program({ args: [...args, ...open], env });
    await closed.ready();
  }));

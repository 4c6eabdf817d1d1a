/** Starts the program with the exact permissions of a unit or an image, in a folder of its own. @module */

import { Program } from "./program.ts";

const root = new URL("../../", import.meta.url);

/** How the files for operators write what a test must replace. */
export interface NarrowPlaces {
  /** Where the project is. */
  readonly project: string;
  /** Where the data folder is. */
  readonly data: string;
  /** Where secrets are. */
  readonly secrets: string;
}

/** A command line for operators, on free ports and in temporary folders. */
export class NarrowStart implements AsyncDisposable {
  readonly folder: string;
  readonly #places: NarrowPlaces;
  readonly #ports: ReadonlyMap<string, string>;

  private constructor(folder: string, places: NarrowPlaces) {
    this.folder = folder;
    this.#places = places;
    this.#ports = new Map(["8080", "8000"].map((port) => [port, freePort()]));
  }

  /** Makes the folders, and a file with a secret key. */
  static async make(places: NarrowPlaces): Promise<NarrowStart> {
    const folder = await Deno.makeTempDir();
    const start = new NarrowStart(folder, places);
    await Deno.mkdir(`${folder}/data`, { mode: 0o700 });
    await Deno.mkdir(`${folder}/secrets`, { mode: 0o700 });
    await Deno.writeTextFile(
      `${folder}/secrets/secret-key`,
      "a secret key of more than sixteen characters",
      { mode: 0o600 },
    );
    return start;
  }

  /** A word with the ports and folders of this test. */
  replace(word: string): string {
    const { project, data, secrets } = this.#places;
    const paths: [string, string][] = [
      [secrets, `${this.folder}/secrets`],
      [data, `${this.folder}/data`],
      [project, root.pathname.replace(/\/$/, "")],
    ];
    let replaced = word;
    for (const [from, to] of paths) {
      replaced = replaced.replaceAll(
        new RegExp(`(?<=^|[=,:])${from}(?=/|,|$)`, "g"),
        to,
      );
    }
    return replaced.replaceAll(
      /(?<=:)(8080|8000)\b/g,
      (port) => this.#ports.get(port)!,
    );
  }

  /** Runs a command with its words replaced. */
  run(words: readonly string[], env: Record<string, string> = {}): Program {
    return Program.run(
      [Deno.execPath(), ...words.map((word) => this.replace(word))],
      {
        cwd: root.pathname,
        env: Object.fromEntries(
          Object.entries(env).map(([name, value]) => [
            name,
            this.replace(value),
          ]),
        ),
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Every command line that lacks one permission, or one value of its list. */
export function withoutOneRight(
  words: readonly string[],
): { words: string[]; flag: string; value: string | undefined }[] {
  return words.flatMap((word, index) => {
    const [, flag, list] =
      /^(--allow-(?:net|read|write|env|sys))(?:=(.*))?$/.exec(word) ?? [];
    if (flag === undefined) return [];
    const others = (put: string[]) => words.toSpliced(index, 1, ...put);
    const values = list?.split(",") ?? [];
    return [
      { words: others([]), flag, value: undefined },
      ...(values.length < 2 ? [] : values).map((value) => ({
        words: others([
          `${flag}=${values.filter((one) => one !== value).join(",")}`,
        ]),
        flag,
        value,
      })),
    ];
  });
}

/** Ports below those that the system gives to connections, which would take them meanwhile. */
const [FIRST_PORT, LAST_PORT] = [15_000, 32_000];

function freePort(): string {
  for (;;) {
    const port = FIRST_PORT +
      Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return `${port}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** What the library weighs, bundled and minified, by what is imported of it. @module */

import { gzipSync } from "node:zlib";

const MOD = new URL("../../mod.ts", import.meta.url).href;

const CODEC = "md5Hex, encodeCommand, decodeCommand, encodeReply, decodeReply";

/** Names that a program imports, and the most bytes of its bundle after gzip. */
export interface SizeBound {
  readonly names: string;
  /** What version 0.1.0 can do. */
  readonly base: number;
  /** What was added since, or cut (below 0), by subject; each was measured by leaving it out. */
  readonly added: Readonly<Record<string, number>>;
}

/** The bounds by subject. */
export const SIZE_BOUNDS: Readonly<Record<string, SizeBound>> = {
  "md5Hex": {
    names: "{ md5Hex }",
    base: 700,
    added: { "written once, not twice": -60 },
  },
  "one direction of the codec": {
    names: "{ encodeCommand, decodeReply }",
    base: 5700,
    added: {
      "VER=1.4": 830,
      "a mailbox by places, escapes by table": 300,
      "written once, not twice": -400,
    },
  },
  "codec": {
    names: `{ ${CODEC} }`,
    base: 7700,
    added: {
      "VER=1.4": 1330,
      "limit of a page": 70,
      "a mailbox by places, escapes by table": 310,
      "written once, not twice": -305,
    },
  },
  "QqClient": {
    names: "{ QqClient }",
    base: 12_900,
    added: {
      "VER=1.4 in the codec": 760,
      "lines over TCP, captcha": 1780,
      "replies beyond 4 MiB": 1220,
      "those in pieces": 490,
      "restarts, takeovers, Tqq-Session": 2050,
      "a mailbox by places, escapes by table": 300,
      "written once, not twice": -360,
      "less kept while a poll waits": 90,
    },
  },
  "codec and QqClient": {
    names: `{ ${CODEC}, QqClient }`,
    base: 14_400,
    added: {
      "VER=1.4 in the codec": 1310,
      "lines over TCP, captcha": 1350,
      "replies beyond 4 MiB": 1260,
      "those in pieces": 490,
      "restarts, takeovers, Tqq-Session": 2150,
      "a mailbox by places, escapes by table": 310,
      "less kept while a poll waits": 140,
      "written once, not twice": -425,
    },
  },
  "BridgeClient": {
    names: "{ BridgeClient }",
    base: 6900,
    added: {
      "sixteen commands": 190,
      "pace of commands, final errors": 540,
      "several URLs": 100,
      "lanes, BridgeError.sent": 850,
      "written once, not twice": -240,
    },
  },
  "all of mod.ts": {
    names: "*",
    base: 21_500,
    added: {
      "as QqClient": 6940,
      "as BridgeClient": 1680,
      "tables of targets, limits and positions": 390,
      "pauses between turns": 70,
      "written once, not twice": -440,
    },
  },
};

/** The most bytes that a bound allows. */
export function mostBytes({ base, added }: SizeBound): number {
  return Object.values(added).reduce((sum, bytes) => sum + bytes, base);
}

/** The minified bundle of an entry that stands in a file. */
export async function minified(entry: string): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    const [source, output] = [`${folder}/entry.ts`, `${folder}/bundle.js`];
    await Deno.writeTextFile(source, entry);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--no-lock",
        "--no-config",
        "--platform=browser",
        "--minify",
        `--output=${output}`,
        source,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The bundle of a program that exports these names of `mod.ts`. */
export async function bundleOf(names: string): Promise<Uint8Array> {
  return await minified(`export ${names} from "${MOD}";\n`);
}

/** The bundle of a program that imports `mod.ts` and uses nothing of it. */
export async function bundleOfNothing(): Promise<Uint8Array> {
  return await minified(`import "${MOD}";\n`);
}

/** Bytes after gzip at its best level. */
export function gzipBytes(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length;
}

/** The packages of the program and of the console, from their locks. */

import { code, headRow, type Text, textFor } from "./texts.ts";
import type { Table } from "../markdown.ts";
import { type Language, root } from "../pages.ts";

/** A package of a lock. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package, base64. */
  readonly integrity: string;
  /** Names and versions of the packages that it imports. */
  readonly dependencies: readonly string[];
}

interface PackageText extends Text {
  /** SPDX identifier. */
  readonly licence: string;
}

/** The licence of each package, and what it is needed for. */
export const PACKAGE_TEXTS: Readonly<Record<string, PackageText>> = {
  "@hono/node-server": {
    licence: "MIT",
    en: "`hono` on `node:http`",
    zh: "让 `hono` 跑在 `node:http` 上",
  },
  "@opentelemetry/api": {
    licence: "Apache-2.0",
    en: "imported by `prom-client`",
    zh: "`prom-client` 引用",
  },
  "bintrees": {
    licence: "MIT",
    en: "imported by `tdigest`",
    zh: "`tdigest` 引用",
  },
  "deno-std": {
    licence: "MIT",
    en: "event streams, ETags, password prompt, suggestions",
    zh: "事件流、ETag、密码输入、拼写建议",
  },
  "hono": {
    licence: "MIT",
    en: "HTTP routes",
    zh: "HTTP 路由",
  },
  "prom-client": {
    licence: "Apache-2.0",
    en: "metrics",
    zh: "指标",
  },
  "tdigest": {
    licence: "MIT",
    en: "imported by `prom-client`",
    zh: "`prom-client` 引用",
  },
  "ws": {
    licence: "MIT",
    en: "WebSockets",
    zh: "WebSocket",
  },
  "zod": {
    licence: "MIT",
    en: "schemas of frames and documents",
    zh: "帧与文档的模式",
  },
  "@preact/signals": {
    licence: "MIT",
    en: "console, in `bridge/console/dist/`",
    zh: "控制台，在 `bridge/console/dist/` 里",
  },
  "@preact/signals-core": {
    licence: "MIT",
    en: "console, in `bridge/console/dist/`",
    zh: "控制台，在 `bridge/console/dist/` 里",
  },
  "@tanstack/virtual-core": {
    licence: "MIT",
    en: "console: long lists",
    zh: "控制台：长列表",
  },
  "lucide": {
    licence: "ISC",
    en: "console: icons",
    zh: "控制台：图标",
  },
  "preact": {
    licence: "MIT",
    en: "console, in `bridge/console/dist/`",
    zh: "控制台，在 `bridge/console/dist/` 里",
  },
  "tinykeys": {
    licence: "MIT",
    en: "console: shortcuts",
    zh: "控制台：快捷键",
  },
  "regexparam": {
    licence: "MIT",
    en: "console, in `bridge/console/dist/`",
    zh: "控制台，在 `bridge/console/dist/` 里",
  },
  "uplot": {
    licence: "MIT",
    en: "console, in `bridge/console/dist/`",
    zh: "控制台，在 `bridge/console/dist/` 里",
  },
};

/** Reads the packages of a lock, in the order of their names. */
export async function readLock(path: string): Promise<LockedPackage[]> {
  const { npm }: {
    npm: Record<string, { integrity: string; dependencies?: string[] }>;
  } = JSON.parse(await Deno.readTextFile(new URL(path, root)));
  return Object.entries(npm).map(([key, { integrity, dependencies = [] }]) => {
    // The part after an underscore names the peers of the package.
    const [, name, version] = /^(@?[^@]+)@([^@_]+)/.exec(key)!;
    return {
      name: name!,
      version: version!,
      integrity: integrity.replace("sha512-", ""),
      dependencies,
    };
  });
}

/** Every package that the program fetches, and those in the console's bundle. */
export async function packages(language: Language): Promise<Table> {
  const locked = [
    ...await readLock("deno.lock"),
    ...await readLock("bridge/console/deno.lock"),
  ];
  return [
    headRow([
      { en: "package", zh: "包" },
      { en: "version", zh: "版本" },
      { en: "licence", zh: "许可证" },
      { en: "needed for", zh: "用途" },
    ], language),
    ...locked.map(({ name, version }) => {
      const text = textFor(PACKAGE_TEXTS, name, "PACKAGE_TEXTS");
      return [code(name), version, text.licence, text[language]];
    }),
  ];
}

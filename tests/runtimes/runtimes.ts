/** The supported runtimes: how each loads the library and runs the cases. @module */

import { CHROMIUM, ChromiumPage } from "../support/chromium.ts";
import type { Outcome, StageInfo } from "./cases.ts";

/** Where the artefacts are. */
export interface Artefacts {
  /** Folder with `cases.js`, the bundles of the workers, `edge_script.js`, the driver and the hosts. */
  folder: string;
  /** `node_modules` of the runtimes. */
  modules: string;
  /** URL of the bridge that serves `mod.ts` and `mod.js`. */
  http: string;
  /** URL of a page that runs the cases, with the stage behind `#`. */
  page: string;
  /** The same page from an origin that the QQ server does not list. */
  foreignPage: string;
  /** Folder of the npm package as it was built. */
  npm: string;
  /** Project in which the npm package is installed. */
  project: string;
}

/** A runtime with one artefact of the library. */
export interface Runtime {
  name: string;
  artefact: string;
  /** Whether it is a page that the QQ server does not list. @default {false} */
  isForeignPage?: boolean;
  /** The program that must be installed. */
  program(artefacts: Artefacts): string | undefined;
  run(artefacts: Artefacts, stage: StageInfo): Promise<Outcome[]>;
}

/** How long a runtime may take, in milliseconds. */
const RUN_MS = 120_000;

async function print(
  program: string,
  args: string[],
  cwd: string,
): Promise<Outcome[]> {
  const { stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1", DENO_DIR: `${cwd}/cache-${crypto.randomUUID()}` },
    signal: AbortSignal.timeout(RUN_MS),
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  try {
    return JSON.parse(out!.trim().split("\n").at(-1)!);
  } catch {
    return [{ name: "load", error: `${out}${err}`.slice(0, 2000) }];
  }
}

function deno(
  name: string,
  program: string,
  entry: "mod.ts" | "mod.js",
): Runtime {
  const at = ({ modules }: Pick<Artefacts, "modules">) =>
    program === "" ? Deno.execPath() : `${modules}/${program}/deno`;
  return {
    name,
    artefact: `${entry} from a URL`,
    program: at,
    run: ({ folder, modules, http }, stage) =>
      print(at({ modules }), [
        "run",
        "--no-config",
        "--no-lock",
        "--no-check",
        "--allow-all",
        `${folder}/driver.mjs`,
        `${http}/${entry}`,
        `${folder}/cases.js`,
        JSON.stringify(stage),
      ], folder),
  };
}

function denoPackage(name: string, program: string): Runtime {
  const at = ({ modules }: Pick<Artefacts, "modules">) =>
    program === "" ? Deno.execPath() : `${modules}/${program}/deno`;
  return {
    name,
    artefact: "npm package",
    program: at,
    run: ({ folder, modules, project }, stage) =>
      print(at({ modules }), [
        "run",
        "--no-lock",
        "--allow-all",
        `${project}/driver.mjs`,
        "@tqq/tqq",
        `${folder}/cases.js`,
        JSON.stringify(stage),
      ], project),
  };
}

function program(
  name: string,
  path: string,
  artefact: "npm package" | "mod.ts",
  hasSocket = true,
): Runtime {
  return {
    name,
    artefact,
    program: ({ modules }) => `${modules}/${path}`,
    run: ({ folder, modules, project }, stage) =>
      print(`${modules}/${path}`, [
        ...(artefact === "mod.ts"
          ? [
            `${folder}/driver.mjs`,
            new URL("../../mod.ts", import.meta.url).pathname,
          ]
          : [`${project}/driver.mjs`, "@tqq/tqq"]),
        `${folder}/cases.js`,
        JSON.stringify(stage),
        ...(hasSocket ? [] : [`${modules}/ws/wrapper.mjs`]),
      ], folder),
  };
}

function worker(
  name: string,
  flags: string,
  artefact: "mod.js" | "npm package",
): Runtime {
  return {
    name,
    artefact: artefact === "mod.js" ? artefact : `${artefact}, bundled`,
    program: ({ modules }) => `${modules}/workerd/bin/workerd`,
    run: ({ folder, modules }, stage) =>
      print(`${modules}/node-24/bin/node`, [
        `${folder}/worker_host.cjs`,
        `${folder}/${artefact === "mod.js" ? "worker" : "worker_npm"}.js`,
        JSON.stringify(stage),
        flags,
      ], folder),
  };
}

function edge(name: string, before: string): Runtime {
  return {
    name,
    artefact: "mod.js in a script",
    program: ({ modules }) => `${modules}/edge-runtime/package.json`,
    run: ({ folder, modules }, stage) =>
      print(`${modules}/node-22/bin/node`, [
        `${folder}/edge_host.cjs`,
        `${folder}/edge_script.js`,
        JSON.stringify(stage),
        before,
      ], folder),
  };
}

function browser(name: string, isForeignPage: boolean): Runtime {
  return {
    name,
    artefact: "mod.js from a bridge",
    isForeignPage,
    program: () => CHROMIUM,
    async run({ page, foreignPage }, stage) {
      await using open = await ChromiumPage.open(
        `${isForeignPage ? foreignPage : page}#${
          encodeURIComponent(JSON.stringify(stage))
        }`,
      );
      await open.until('document.title !== ""');
      return JSON.parse(
        await open.evaluate("document.body.textContent") as string,
      );
    },
  };
}

/** Every supported runtime with each artefact. */
export const RUNTIMES: readonly Runtime[] = [
  deno(`Deno ${Deno.version.deno}`, "", "mod.ts"),
  deno(`Deno ${Deno.version.deno}`, "", "mod.js"),
  deno("Deno 2.8.2", "deno-2.8", "mod.ts"),
  deno("Deno 2.5.6", "deno-2.5", "mod.ts"),
  deno("Deno 2.2.15", "deno-2.2", "mod.ts"),
  deno("Deno 2.2.15", "deno-2.2", "mod.js"),
  denoPackage(`Deno ${Deno.version.deno}`, ""),
  denoPackage("Deno 2.2.15", "deno-2.2"),
  program("Node 20.0.0", "node-20.0/bin/node", "npm package", false),
  program("Node 20.20.2", "node-20.20/bin/node", "npm package", false),
  program("Node 22.23.5", "node-22/bin/node", "npm package"),
  program("Node 24.22.3", "node-24/bin/node", "npm package"),
  program("Node 24.22.3", "node-24/bin/node", "mod.ts"),
  program("Bun 1.4.5", "bun-1.4/bin/bun", "npm package"),
  program("Bun 1.4.5", "bun-1.4/bin/bun", "mod.ts"),
  worker("workerd 1.20260730, no flags", "", "mod.js"),
  worker("workerd 1.20260730, no flags", "", "npm package"),
  worker("workerd 1.20260730, nodejs_compat", "nodejs_compat", "mod.js"),
  worker("workerd 1.20260730, nodejs_compat", "nodejs_compat", "npm package"),
  edge("edge-runtime 4.0.1", ""),
  edge("edge-runtime 4.0.1, with process", "globalThis.process = { env: {} };"),
  browser("Chromium, a page that the QQ server lists", false),
  browser("Chromium, any other page", true),
];

/** The modules that an entry reaches, and what each of them imports. */
export interface ModuleGraph {
  /** Imports by module. */
  readonly imports: ReadonlyMap<string, readonly ModuleImport[]>;
}

/** What a module imports. */
export interface ModuleImport {
  /** The specifier as it is written. */
  readonly specifier: string;
  /** The module that it means. */
  readonly target: string;
  /** Whether it is gone once the types are. */
  readonly isType: boolean;
}

interface InfoModule {
  specifier: string;
  dependencies?: {
    specifier: string;
    code?: { specifier?: string };
    type?: { specifier?: string };
    npmPackage?: string;
  }[];
}

/** Asks Deno for the graph of a file, seen as a stranger sees it: without our configuration. */
export async function moduleGraph(
  root: URL,
  entry: string,
): Promise<ModuleGraph> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      "--json",
      "--no-config",
      "--no-lock",
      new URL(entry, root).href,
    ],
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot read the module graph of ${entry}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: InfoModule[];
  };
  const imports = new Map<string, ModuleImport[]>();
  for (const { specifier, dependencies = [] } of modules) {
    if (!specifier.startsWith(root.href)) continue;
    imports.set(
      specifier.slice(root.href.length),
      dependencies.map((one) => {
        const target = one.code?.specifier ?? one.type?.specifier ??
          one.specifier;
        return {
          specifier: one.specifier,
          target: target.startsWith(root.href)
            ? target.slice(root.href.length)
            : target,
          isType: one.code === undefined && one.npmPackage === undefined,
        };
      }),
    );
  }
  return { imports };
}

/** The modules that are loaded with an entry, its own and others', without what is imported for its types. */
export function loadedWith(
  entry: string,
  { imports }: ModuleGraph,
): Set<string> {
  const loaded = new Set<string>();
  const open = [entry];
  for (let module; (module = open.pop()) !== undefined;) {
    if (loaded.has(module)) continue;
    loaded.add(module);
    for (const { target, isType } of imports.get(module) ?? []) {
      if (!isType) open.push(target);
    }
  }
  return loaded;
}

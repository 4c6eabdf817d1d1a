/** The modules that an entry reaches, and what each of them imports. */
export interface ModuleGraph {
  /** Imports by module: the specifier as it is written, and the module that it means. */
  readonly imports: ReadonlyMap<
    string,
    readonly { specifier: string; target: string }[]
  >;
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
  const imports = new Map<string, { specifier: string; target: string }[]>();
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
        };
      }),
    );
  }
  return { imports };
}

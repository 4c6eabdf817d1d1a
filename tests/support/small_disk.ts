/** A small file system in memory; undefined if this user or system has none. */
export async function mountSmall(
  bytes: number,
): Promise<(AsyncDisposable & { path: string }) | undefined> {
  const path = await Deno.makeTempDir();
  if (
    !await run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path)
  ) {
    await Deno.remove(path);
    return undefined;
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      if (!await run("umount", path)) throw new Error(`${path} stays mounted`);
      await Deno.remove(path);
    },
  };
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Groups of modules that import each other in a circle, each sorted by name. */
export function findCycles(
  imports: ReadonlyMap<string, readonly { readonly target: string }[]>,
): string[][] {
  const cycles: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (module: string): void => {
    index.set(module, index.size);
    low.set(module, index.get(module)!);
    stack.push(module);
    for (const { target } of imports.get(module) ?? []) {
      if (!imports.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) {
        low.set(module, Math.min(low.get(module)!, low.get(target)!));
      }
    }
    if (low.get(module) !== index.get(module)) return;
    const group = stack.splice(stack.indexOf(module)).sort();
    if (group.length > 1) cycles.push(group);
  };
  for (const module of imports.keys()) if (!index.has(module)) visit(module);
  return cycles;
}

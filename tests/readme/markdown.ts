/** A fenced block of a Markdown text. */
export interface Block {
  /** Its language. */
  readonly language: string;
  /** What follows the language. */
  readonly words: readonly string[];
  /** What is in it. */
  readonly text: string;
}

/** A table: rows of cells, the head first. */
export type Table = readonly (readonly string[])[];

/** The fenced blocks of a text, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S+)(.*)\n([^]*?)^```$/gm)].map(
    ([, language, rest, text]) => ({
      language: language!,
      words: rest!.trim().split(/\s+/).filter((word) => word !== ""),
      text: text!,
    }),
  );
}

/** The tables of a text, in order. */
export function tablesOf(markdown: string): Table[] {
  const tables: string[][][] = [];
  let isInside = false;
  for (const line of markdown.split("\n")) {
    const isRow = line.startsWith("|");
    if (isRow && !isInside) tables.push([]);
    isInside = isRow;
    if (!isRow || /^[|\s:-]+$/.test(line) && line.includes("--")) continue;
    tables.at(-1)!.push(
      line.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) =>
        cell.trim()
      ),
    );
  }
  return tables;
}

/** The texts in backquotes of a cell. */
export function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** A fenced block of a Markdown text. */
export interface Block {
  /** Its language. */
  readonly language: string;
  /** The words that follow the language. */
  readonly words: readonly string[];
  /** Its content. */
  readonly text: string;
}

/** Rows of cells, the head first. */
export type Table = readonly (readonly string[])[];

/** The fenced blocks of a text, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^ *```(\S+)(.*)\n([^]*?)^ *```$/gm)].map(
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
  for (const line of markdown.split("\n").map((line) => line.trim())) {
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

/** A text without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replace(/^ *```[^]*?^ *```$/gm, "");
}

/** The headings of a text, in order. */
export function headingsOf(
  markdown: string,
): { level: number; title: string }[] {
  return [...proseOf(markdown).matchAll(/^(#+) (.*)$/gm)].map(
    ([, marks, title]) => ({ level: marks!.length, title: title! }),
  );
}

/** The anchor that a heading gets on code hosts. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** The targets of a text's links and pictures, in order. */
export function linksOf(markdown: string): string[] {
  return [...proseOf(markdown).matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target]) => target!);
}

/** Finds the text between a pair of marks. */
const GENERATED =
  /^<!-- generated: ([\w-]+) -->\n([^]*?)^<!-- end: ([\w-]+) -->$/gm;

/** The names of the generated parts of a text. */
export function generatedNames(markdown: string): string[] {
  return [...markdown.matchAll(GENERATED)].map(([, name]) => name!);
}

/**
 * Writes the generated parts of a text anew.
 *
 * @throws {Error} If a mark has no end, or the end has another name.
 */
export function replaceGenerated(
  markdown: string,
  write: (name: string) => string,
): string {
  const begun = markdown.match(/^<!-- generated: /gm)?.length ?? 0;
  let replaced = 0;
  const text = markdown.replace(GENERATED, (_, name, _body, end) => {
    if (name !== end) {
      throw new Error(`Cannot write ${name}: its end is named ${end}`);
    }
    replaced++;
    return `<!-- generated: ${name} -->\n\n${
      write(name)
    }\n<!-- end: ${name} -->`;
  });
  if (replaced === begun) return text;
  throw new Error("Cannot write the tables: a mark has no end");
}

/** A Markdown table. */
export function formatRows(rows: Table): string {
  const [head, ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return [head!, head!.map(() => "---"), ...body].map(line).join("");
}

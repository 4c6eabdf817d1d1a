/** Lines of a JSON value, some of whose objects and lists are folded. @module */

export type JsonKind =
  | "object"
  | "list"
  | "string"
  | "number"
  | "boolean"
  | "null";

/** One line of the view. */
export interface JsonLine {
  /** JSON pointer of the value; that of a closing bracket ends with a space, and that of "more entries" with two. */
  path: string;
  part: "value" | "open" | "close" | "more";
  depth: number;
  /** Name of the entry; `undefined` in lists and at the root. */
  key: string | undefined;
  kind: JsonKind;
  /** Text of the value: JSON for values, the bracket for `open` and `close`, empty for `more`. */
  text: string;
  /** Number of entries of an object or list; for `more`, of those that are not drawn. */
  count: number;
  isFolded: boolean;
  /** Whether a comma follows. */
  hasComma: boolean;
  /** Number of values in the same object or list, and the position of this one, from 1. */
  siblings: number;
  position: number;
}

/** Entries drawn of an object or list at first, and added by "show more". */
export const ENTRIES_STEP = 100;

/** Depth from which objects and lists are folded at first. */
export const FOLDED_DEPTH = 4;

/** What the user has changed in the view, by path. */
export interface JsonViewState {
  /** Values whose fold differs from that at first. */
  toggled: ReadonlySet<string>;
  /** Number of drawn entries, where it is not the first step. */
  shown: ReadonlyMap<string, number>;
}

export const FRESH_VIEW: JsonViewState = {
  toggled: new Set(),
  shown: new Map(),
};

interface Place {
  path: string;
  depth: number;
  key: string | undefined;
  siblings: number;
  position: number;
}

/** Lists the lines that are drawn of a value. */
export function toJsonLines(
  value: unknown,
  state: JsonViewState = FRESH_VIEW,
): JsonLine[] {
  const lines: JsonLine[] = [];
  addLines(lines, value, state, {
    path: "",
    depth: 0,
    key: undefined,
    siblings: 1,
    position: 1,
  });
  return lines;
}

function addLines(
  lines: JsonLine[],
  value: unknown,
  state: JsonViewState,
  place: Place,
): void {
  const { path, depth, siblings, position } = place;
  const kind = kindOf(value);
  const hasComma = position < siblings;
  if (kind !== "object" && kind !== "list") {
    lines.push({
      ...place,
      part: "value",
      kind,
      text: JSON.stringify(value) ?? "null",
      count: 0,
      isFolded: false,
      hasComma,
    });
    return;
  }
  const entries: [string | undefined, unknown][] = kind === "list"
    ? (value as unknown[]).map((one) => [undefined, one])
    : Object.entries(value as object);
  const count = entries.length;
  const isFolded = count > 0 &&
    (depth >= FOLDED_DEPTH) !== state.toggled.has(path);
  const [open, close] = kind === "list" ? "[]" : "{}";
  const line: JsonLine = {
    ...place,
    part: "open",
    kind,
    text: count === 0 ? `${open}${close}` : open!,
    count,
    isFolded,
    hasComma: hasComma && (isFolded || count === 0),
  };
  lines.push(line);
  if (isFolded || count === 0) return;
  const shown = state.shown.get(path) ?? ENTRIES_STEP;
  entries.slice(0, shown).forEach(([key, one], at) =>
    addLines(lines, one, state, {
      path: `${path}/${escapePointer(key ?? String(at))}`,
      depth: depth + 1,
      key,
      siblings: count,
      position: at + 1,
    })
  );
  if (count > shown) {
    lines.push({
      ...line,
      part: "more",
      path: `${path}  `,
      depth: depth + 1,
      key: undefined,
      text: "",
      count: count - shown,
      hasComma: false,
    });
  }
  lines.push({
    ...line,
    part: "close",
    path: `${path} `,
    key: undefined,
    text: close!,
    hasComma,
  });
}

/** Paths of all objects and lists with entries, for "unfold all" and "fold all", with their depth. */
export function foldablePaths(
  value: unknown,
  path = "",
  depth = 0,
): { path: string; depth: number }[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [];
  return [
    { path, depth },
    ...entries.flatMap(([key, one]) =>
      foldablePaths(one, `${path}/${escapePointer(key)}`, depth + 1)
    ),
  ];
}

function kindOf(value: unknown): JsonKind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "object":
      return "object";
    case "number":
    case "bigint":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "string";
  }
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

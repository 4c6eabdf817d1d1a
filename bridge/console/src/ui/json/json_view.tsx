/** JSON, coloured, foldable and to copy. @module */

import { useEffect, useMemo, useRef, useState } from "../../deps.ts";
import { CopyButton, MAX_CODE_CHARACTERS } from "../code.tsx";
import { Icon } from "../icon.tsx";
import { label } from "../labels.ts";
import { moveIndex } from "../lists/move_index.ts";
import "../ui_style.ts";
import {
  ENTRIES_STEP,
  foldablePaths,
  FOLDED_DEPTH,
  FRESH_VIEW,
  type JsonLine,
  type JsonViewState,
  toJsonLines,
} from "./json_lines.ts";

/**
 * JSON as a tree that is one stop of the Tab key. Up and Down move, Right
 * unfolds, Left folds or leads to the parent, Enter does either.
 */
export function JsonView(
  { value, name, size }: {
    value: unknown;
    /** Label of the tree. */
    name: string;
    /** Number of bytes or characters, shown beside the buttons. */
    size?: string;
  },
) {
  const [state, setState] = useState<JsonViewState>(FRESH_VIEW);
  const [focused, setFocused] = useState("");
  const tree = useRef<HTMLDivElement>(null);
  const hasMoved = useRef(false);
  useEffect(() => {
    setState(FRESH_VIEW);
    setFocused("");
  }, [value]);
  const lines = useMemo(() => toJsonLines(value, state), [value, state]);
  const stops = lines.filter(({ part }) => part !== "close");
  const at = Math.max(0, stops.findIndex(({ path }) => path === focused));
  const stop = stops[at];
  const hasFolds = stops.length > 1 || stop?.count !== 0;

  useEffect(() => {
    if (!hasMoved.current) return;
    hasMoved.current = false;
    tree.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  });

  const toggle = (path: string) => {
    const toggled = new Set(state.toggled);
    if (!toggled.delete(path)) toggled.add(path);
    setState({ ...state, toggled });
  };
  const foldAll = (isFolded: boolean) => {
    const paths = foldablePaths(value).filter(({ depth }) =>
      // The root stays open, or there would be nothing to see.
      depth === 0 ? false : depth >= FOLDED_DEPTH !== isFolded
    );
    setState({ ...state, toggled: new Set(paths.map(({ path }) => path)) });
    setFocused("");
  };
  const act = (line: JsonLine) => {
    if (line.part === "more") {
      const path = line.path.trimEnd();
      const shown = new Map(state.shown);
      shown.set(path, (shown.get(path) ?? ENTRIES_STEP) + ENTRIES_STEP);
      setState({ ...state, shown });
      return;
    }
    if (line.count > 0) toggle(line.path);
  };
  const moveTo = (path: string) => {
    hasMoved.current = true;
    setFocused(path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (stop === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const isOpen = stop.part === "open" && stop.count > 0 && !stop.isFolded;
    if (event.key === "Enter" || event.key === " ") act(stop);
    else if (event.key === "ArrowRight") {
      if (stop.isFolded) toggle(stop.path);
      else if (isOpen) moveTo(stops[at + 1]!.path);
    } else if (event.key === "ArrowLeft") {
      if (isOpen) toggle(stop.path);
      else if (stop.depth > 0) moveTo(parentOf(stops, at));
    } else {
      const to = moveIndex(event.key, at, stops.length);
      if (to === undefined) return;
      moveTo(stops[to]!.path);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="ui-json">
      <div class="ui-json-tools">
        {size !== undefined && <span class="hint">{size}</span>}
        {hasFolds && (
          <>
            <button
              type="button"
              class="quiet small"
              onClick={() => foldAll(true)}
            >
              {label("uiCollapseAll")}
            </button>
            <button
              type="button"
              class="quiet small"
              onClick={() => foldAll(false)}
            >
              {label("uiExpandAll")}
            </button>
          </>
        )}
        <CopyButton text={() => JSON.stringify(value, null, 2)} />
      </div>
      <div
        ref={tree}
        class="ui-json-tree"
        role="tree"
        aria-label={name}
        onKeyDown={onKeyDown}
      >
        {lines.map((line) => (
          <Line
            key={line.path}
            line={line}
            isStop={line === stop}
            onAct={() => {
              setFocused(line.path);
              act(line);
            }}
          />
        ))}
      </div>
    </div>
  );
}

function Line(
  { line, isStop, onAct }: { line: JsonLine; isStop: boolean; onAct(): void },
) {
  const { part, depth, key, kind, text, count, isFolded, hasComma } = line;
  const indent = { "--depth": String(depth) };
  if (part === "close") {
    return (
      <div class="ui-json-line" role="none" style={indent}>
        <span class="bracket">{text}{hasComma && ","}</span>
      </div>
    );
  }
  const isFoldable = part === "open" && count > 0;
  return (
    <div
      class={isFoldable || part === "more"
        ? "ui-json-line foldable"
        : "ui-json-line"}
      role="treeitem"
      style={indent}
      tabIndex={isStop ? 0 : -1}
      aria-level={depth + 1}
      aria-setsize={line.siblings}
      aria-posinset={line.position}
      aria-expanded={isFoldable ? !isFolded : undefined}
      onClick={() => {
        // Selecting text to copy it is no click.
        if (getSelection()?.isCollapsed !== false) onAct();
      }}
    >
      {isFoldable && <Icon name={isFolded ? "expand" : "collapse"} size={16} />}
      {key !== undefined && (
        <>
          <span class="key">{JSON.stringify(key)}</span>
          {": "}
        </>
      )}
      {part === "more"
        ? <em>{label("uiShowMore", { n: count })}</em>
        : (
          <span class={part === "open" ? "bracket" : kind} dir="auto">
            {text.length > MAX_CODE_CHARACTERS
              ? text.slice(0, MAX_CODE_CHARACTERS)
              : text}
          </span>
        )}
      {text.length > MAX_CODE_CHARACTERS && (
        <em>
          {label("uiMoreCharacters", { n: text.length - MAX_CODE_CHARACTERS })}
        </em>
      )}
      {isFolded && (
        <>
          <em>{label("uiEntries", { n: count })}</em>
          <span class="bracket">{kind === "list" ? "]" : "}"}</span>
        </>
      )}
      {hasComma && ","}
    </div>
  );
}

function parentOf(stops: readonly JsonLine[], at: number): string {
  const { depth } = stops[at]!;
  return stops.slice(0, at).findLast((line) => line.depth < depth)?.path ?? "";
}

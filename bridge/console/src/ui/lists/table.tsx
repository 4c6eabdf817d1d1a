/** Table of many rows, of which only the visible ones are in the document. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { useLayoutEffect } from "../../deps_ui.ts";
import { Icon } from "../icon.tsx";
import "../ui_style.ts";
import { moveIndex } from "./move_index.ts";
import { useVirtual } from "./virtual.ts";

export interface Column<Row> {
  key: string;
  title: string;
  /** Hides the title from the eye, for columns of icons. @default false */
  isTitleHidden?: boolean;
  /** Width as a track of a CSS grid, such as `8rem` or `minmax(6rem, 1fr)`. @default "minmax(0, 1fr)" */
  width?: string;
  /** Aligned to the end, with figures of equal width. @default false */
  isNumber?: boolean;
  /** Clicking the title sorts by this column. @default false */
  isSortable?: boolean;
  render(row: Row, index: number): ComponentChildren;
}

export interface Sort {
  column: string;
  isDescending: boolean;
}

export interface TableProps<Row> {
  /** Label of the table. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string | number;
  /** Key of the chosen row, which is highlighted. */
  chosen?: string | number | undefined;
  /** Called when a row is clicked, or entered with Enter. */
  onChoose?(row: Row): void;
  /** Called when the user opens the context menu of a row, with its element. */
  onMenu?(row: Row, element: HTMLElement): void;
  sort?: Sort;
  onSort?(sort: Sort): void;
  /** Other classes of a row, for failures and the like. */
  rowClass?(row: Row): string | undefined;
  /** Number of all rows where `rows` is a part. @default rows.length */
  total?: number;
  /** `end` keeps the view at the end while rows are added there. @default "start" */
  anchor?: "start" | "end";
  /** Where the view is at first. @default "end" if anchor is, else "start" */
  startsAt?: "start" | "end";
  /** Height of a row that is not measured yet, in pixels. @default 36 */
  rowHeight?: number;
  /** Called with the first and the last drawn row, for names that only visible rows need, and for more rows near an end. */
  onShow?(from: number, to: number): void;
  /** Shown in place of rows where there are none. */
  empty?: ComponentChildren;
}

/**
 * Table that is one stop of the Tab key: arrows, Home, End, PageUp and PageDown
 * move from row to row, Enter chooses. Up from the first row leads to the
 * titles, where Left and Right move and Enter sorts.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, keyOf } = props;
  const [focused, setFocused] = useState<string | number>();
  const [title, setTitle] = useState<number>();
  const hasFocus = useRef(false);
  // The row that had the focus may be gone before the next one takes it.
  const isMoving = useRef(false);
  const at = focused === undefined
    ? -1
    : rows.findIndex((row) => keyOf(row) === focused);
  const chosenAt = props.chosen === undefined
    ? -1
    : rows.findIndex((row) => keyOf(row) === props.chosen);
  const stop = at >= 0 ? at : Math.max(0, chosenAt);
  const virtual = useVirtual({
    count: rows.length,
    estimate: props.rowHeight ?? 36,
    keyOf: (index) => keyOf(rows[index]!),
    keep: stop,
    ...(props.anchor === undefined ? {} : { anchor: props.anchor }),
  });
  const first = virtual.items[0]?.index ?? 0;
  const last = virtual.items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) props.onShow?.(first, last);
  }, [first, last, rows.length]);

  useLayoutEffect(() => {
    if (!hasFocus.current && !isMoving.current) return;
    isMoving.current = false;
    const selector = title === undefined
      ? `[data-index="${at}"]`
      : `[data-title="${title}"]`;
    virtual.scroll.current?.querySelector<HTMLElement>(selector)
      ?.focus({ preventScroll: true });
  }, [focused, title]);

  const startsAtEnd = (props.startsAt ?? props.anchor) === "end";
  const hasStarted = useRef(false);
  useLayoutEffect(() => {
    if (rows.length === 0) hasStarted.current = false;
    else if (!hasStarted.current) {
      hasStarted.current = true;
      if (startsAtEnd) virtual.scrollToEnd();
    }
  });

  const focusRow = (index: number) => {
    isMoving.current = true;
    setTitle(undefined);
    setFocused(keyOf(rows[index]!));
    virtual.scrollTo(index);
  };
  const sortBy = ({ key, isSortable }: Column<Row>) => {
    if (isSortable !== true) return;
    props.onSort?.({
      column: key,
      isDescending: props.sort?.column === key && !props.sort.isDescending,
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    const isTitle = target.dataset.title !== undefined;
    if (!isTitle && target.dataset.index === undefined) return;
    if (isTitle) {
      const on = Number(target.dataset.title);
      const to = event.key === "ArrowRight"
        ? Math.min(columns.length - 1, on + 1)
        : event.key === "ArrowLeft"
        ? Math.max(0, on - 1)
        : undefined;
      if (to !== undefined) setTitle(to);
      else if (event.key === "ArrowDown" && rows.length > 0) focusRow(stop);
      else if (event.key === "Enter" || event.key === " ") sortBy(columns[on]!);
      else return;
      event.preventDefault();
      return;
    }
    const row = rows[stop];
    if (row === undefined) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      props.onChoose?.(row);
      return;
    }
    if (
      props.onMenu !== undefined &&
      (event.key === "ContextMenu" || event.key === "F10" && event.shiftKey)
    ) {
      event.preventDefault();
      props.onMenu(row, target);
      return;
    }
    if (event.key === "ArrowUp" && stop === 0) {
      event.preventDefault();
      setTitle(0);
      return;
    }
    const to = moveIndex(event.key, stop, rows.length);
    if (to === undefined) return;
    event.preventDefault();
    focusRow(to);
  };

  const tracks = columns.map(({ width }) => width ?? "minmax(0, 1fr)").join(
    " ",
  );
  return (
    <div
      ref={virtual.scroll}
      class="ui-table"
      style={{ "--columns": tracks }}
      onKeyDown={onKeyDown}
      onFocusIn={() => hasFocus.current = true}
      onFocusOut={() => hasFocus.current = false}
    >
      <div
        role="grid"
        aria-label={props.name}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-colcount={columns.length}
      >
        <div class="ui-table-head" role="rowgroup">
          <div class="ui-row" role="row" aria-rowindex={1}>
            {columns.map((column, index) => {
              const isSorted = props.sort?.column === column.key;
              return (
                <div
                  key={column.key}
                  class={column.isNumber === true
                    ? "ui-cell number"
                    : "ui-cell"}
                  role="columnheader"
                  aria-sort={column.isSortable !== true
                    ? undefined
                    : !isSorted
                    ? "none"
                    : props.sort!.isDescending
                    ? "descending"
                    : "ascending"}
                  data-title={index}
                  tabIndex={title === index || rows.length === 0 && index === 0
                    ? 0
                    : -1}
                  onFocus={() => setTitle(index)}
                  onClick={() => sortBy(column)}
                >
                  <span
                    class={column.isTitleHidden === true
                      ? "visually-hidden"
                      : undefined}
                  >
                    {column.title}
                  </span>
                  {isSorted && (
                    <Icon
                      name={props.sort!.isDescending ? "down" : "up"}
                      size={16}
                    />
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {rows.length > 0 && (
          <div
            class="ui-table-body"
            role="rowgroup"
            style={{ height: `${virtual.height}px` }}
          >
            {virtual.items.map(({ index, start }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const key = keyOf(row);
              const isChosen = key === props.chosen;
              return (
                <div
                  key={key}
                  ref={virtual.measure}
                  class={`ui-row ${props.rowClass?.(row) ?? ""}`}
                  role="row"
                  aria-rowindex={index + 2}
                  aria-selected={props.onChoose === undefined
                    ? undefined
                    : isChosen}
                  data-index={index}
                  tabIndex={title === undefined && index === stop ? 0 : -1}
                  style={{ transform: `translateY(${start}px)` }}
                  onFocus={() => {
                    setTitle(undefined);
                    setFocused(key);
                  }}
                  onClick={() => props.onChoose?.(row)}
                  onContextMenu={(event) => {
                    if (props.onMenu === undefined) return;
                    event.preventDefault();
                    props.onMenu(row, event.currentTarget);
                  }}
                >
                  {columns.map((column) => (
                    <div
                      key={column.key}
                      class={`ui-cell of-${column.key}${
                        column.isNumber === true ? " number" : ""
                      }`}
                      role="gridcell"
                      data-name={column.title}
                    >
                      {column.render(row, index)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        )}
      </div>
      {rows.length === 0 && props.empty}
    </div>
  );
}

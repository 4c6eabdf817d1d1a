/** List of many links, of which only the visible ones are in the document. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { useLayoutEffect } from "../../deps_ui.ts";
import "../ui_style.ts";
import { moveIndex } from "./move_index.ts";
import { useVirtual } from "./virtual.ts";

export interface ListProps<Item> {
  /** Label of the list. */
  name: string;
  items: readonly Item[];
  keyOf(item: Item): string | number;
  /** Address that an item leads to. */
  linkOf(item: Item): string;
  /** Contents of the link. */
  render(item: Item): ComponentChildren;
  /** Key of the item that is open. */
  current?: string | number | undefined;
  /** Height of an item that is not measured yet, in pixels. @default 60 */
  itemHeight?: number;
  /** Called when an item is clicked or entered, before the address changes. */
  onChoose?(item: Item, event: Event): void;
  /** Called with the first and the last drawn item, for names that only visible items need. */
  onShow?(from: number, to: number): void;
}

/** List that is one stop of the Tab key: arrows, Home, End, PageUp and PageDown move in it, Enter opens. */
export function List<Item>(props: ListProps<Item>) {
  const { items, keyOf } = props;
  const [focused, setFocused] = useState<string | number>();
  const hasFocus = useRef(false);
  // The row that had the focus may be gone before the next one takes it.
  const isMoving = useRef(false);
  const find = (key: string | number | undefined) =>
    key === undefined ? -1 : items.findIndex((item) => keyOf(item) === key);
  const at = find(focused);
  const stop = at >= 0 ? at : Math.max(0, find(props.current));
  const virtual = useVirtual({
    count: items.length,
    estimate: props.itemHeight ?? 60,
    keyOf: (index) => keyOf(items[index]!),
    keep: stop,
  });
  const first = virtual.items[0]?.index ?? 0;
  const last = virtual.items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) props.onShow?.(first, last);
  }, [first, last, items]);
  useLayoutEffect(() => {
    if (!hasFocus.current && !isMoving.current) return;
    isMoving.current = false;
    virtual.scroll.current
      ?.querySelector<HTMLElement>(`[data-index="${at}"] a`)
      ?.focus({ preventScroll: true });
  }, [focused]);
  return (
    <div
      ref={virtual.scroll}
      class="ui-list"
      onFocusIn={() => hasFocus.current = true}
      onFocusOut={() => hasFocus.current = false}
      onKeyDown={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const to = moveIndex(event.key, stop, items.length);
        if (to === undefined) return;
        event.preventDefault();
        isMoving.current = true;
        setFocused(keyOf(items[to]!));
        virtual.scrollTo(to);
      }}
    >
      <div
        role="list"
        aria-label={props.name}
        style={{ height: `${virtual.height}px` }}
      >
        {virtual.items.map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          const key = keyOf(item);
          return (
            <div
              key={key}
              ref={virtual.measure}
              role="listitem"
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              <a
                href={props.linkOf(item)}
                tabIndex={index === stop ? 0 : -1}
                aria-current={key === props.current ? "true" : undefined}
                onFocus={() => setFocused(key)}
                onClick={(event) => props.onChoose?.(item, event)}
              >
                {props.render(item)}
              </a>
            </div>
          );
        })}
      </div>
    </div>
  );
}

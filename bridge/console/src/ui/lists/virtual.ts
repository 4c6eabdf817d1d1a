/** Draws only the visible items of a long list, with the virtualiser of @tanstack/virtual-core. @module */

import { useRef, useState } from "../../deps.ts";
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  useLayoutEffect,
  type VirtualItem,
  Virtualizer,
} from "../../deps_ui.ts";

export interface VirtualOptions {
  count: number;
  /** Height of an item that is not measured yet, in pixels. */
  estimate: number;
  /** Key of an item, which keeps its measured height when items are added before it. */
  keyOf(index: number): string | number;
  /** Item that stays in the document although it is out of sight, because it has the focus. */
  keep?: number | undefined;
  /** `end` for lists that grow at the end, such as a log: the view stays at the end while it is there. @default "start" */
  anchor?: "start" | "end";
  /** Items drawn before and after the visible ones. @default 6 */
  overscan?: number;
}

export interface Virtual {
  /** Attach to the element that scrolls. */
  scroll: { current: HTMLDivElement | null };
  items: readonly VirtualItem[];
  /** Height of the whole list, in pixels. */
  height: number;
  /** Attach as `ref` to each drawn item, which needs the attribute `data-index`. */
  measure(element: Element | null): void;
  scrollTo(index: number, align?: "start" | "center" | "end" | "auto"): void;
  scrollToEnd(): void;
  isAtEnd(): boolean;
}

type Scroller = Virtualizer<HTMLDivElement, Element>;

/** The items to draw, and where. */
export function useVirtual(options: VirtualOptions): Virtual {
  const scroll = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  const held = useRef<Scroller>(undefined);
  const keep = options.keep;
  const settings = {
    count: options.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => options.estimate,
    getItemKey: options.keyOf,
    overscan: options.overscan ?? 6,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    anchorTo: options.anchor ?? "start",
    followOnAppend: options.anchor === "end",
    useAnimationFrameWithResizeObserver: true,
    onChange: () => redraw((count) => count + 1),
    rangeExtractor: (
      { startIndex, endIndex, overscan, count }: {
        startIndex: number;
        endIndex: number;
        overscan: number;
        count: number;
      },
    ) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const indexes = Array.from(
        { length: Math.max(0, to - from + 1) },
        (_, at) => from + at,
      );
      if (keep === undefined || keep < 0 || keep >= count) return indexes;
      if (keep < from) return [keep, ...indexes];
      return keep > to ? [...indexes, keep] : indexes;
    },
  };
  const virtualizer = held.current ??= new Virtualizer(settings);
  virtualizer.setOptions(settings);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return {
    scroll,
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    scrollTo: (index, align = "auto") =>
      virtualizer.scrollToIndex(index, { align }),
    scrollToEnd: () => virtualizer.scrollToEnd(),
    isAtEnd: () => virtualizer.isAtEnd(4),
  };
}

/** List and detail beside each other, or above each other on narrow screens, with a bar that resizes them. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { label } from "../labels.ts";
import "../ui_style.ts";

/** Smallest and largest share of the first part, in percent. */
const [MIN, MAX] = [25, 75];

/** One step of an arrow key, in percent. */
const STEP = 5;

const SIZES: Readonly<Record<string, (now: number) => number>> = {
  ArrowLeft: (now) => now - STEP,
  ArrowUp: (now) => now - STEP,
  ArrowRight: (now) => now + STEP,
  ArrowDown: (now) => now + STEP,
  Home: () => MIN,
  End: () => MAX,
};

/** Two parts; the bar between them moves by dragging and by the arrow keys. */
export function Split(
  { first, second, share = 45 }: {
    first: ComponentChildren;
    second: ComponentChildren;
    /** Share of the first part at the start, in percent. @default 45 */
    share?: number;
  },
) {
  const [now, setNow] = useState(share);
  const box = useRef<HTMLDivElement>(null);
  const [isStacked, setStacked] = useState(false);
  useEffect(() => {
    const element = box.current!;
    const look = () =>
      setStacked(getComputedStyle(element).flexDirection === "column");
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const set = (to: number) =>
    setNow(Math.round(Math.max(MIN, Math.min(MAX, to))));
  return (
    <div ref={box} class="ui-split" style={{ "--share": `${now}%` }}>
      <div class="ui-split-first">{first}</div>
      <div
        class="ui-split-bar"
        role="separator"
        tabIndex={0}
        aria-label={label("uiResize")}
        aria-orientation={isStacked ? "horizontal" : "vertical"}
        aria-valuenow={now}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        onKeyDown={(event) => {
          const to = SIZES[event.key]?.(now);
          if (to === undefined) return;
          event.preventDefault();
          set(to);
        }}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const area = box.current!.getBoundingClientRect();
          set(
            isStacked
              ? (event.clientY - area.top) / area.height * 100
              : (event.clientX - area.left) / area.width * 100,
          );
        }}
      />
      <div class="ui-split-second">{second}</div>
    </div>
  );
}

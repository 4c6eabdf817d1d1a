/** Bar that changes the width of the pane before it, by dragging and by the arrow keys. @module */

import "../ui_style.ts";

/** One step of an arrow key, in pixels. */
const STEP = 16;

export function ResizeBar(
  { name, value, least, most, onChange }: {
    /** Label of the bar, such as "Width of the list". */
    name: string;
    /** Width of the pane, in pixels. */
    value: number;
    least: number;
    most: number;
    onChange(value: number): void;
  },
) {
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: value - STEP,
    ArrowRight: value + STEP,
    Home: least,
    End: most,
  };
  const set = (to: number) =>
    onChange(Math.round(Math.max(least, Math.min(most, to))));
  return (
    <div
      class="ui-resize-bar"
      role="separator"
      tabIndex={0}
      aria-label={name}
      aria-orientation="vertical"
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most}
      onKeyDown={(event) => {
        const to = keys[event.key];
        if (to === undefined) return;
        event.preventDefault();
        set(to);
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const bar = event.currentTarget;
        if (!bar.hasPointerCapture(event.pointerId)) return;
        set(event.clientX - bar.parentElement!.getBoundingClientRect().left);
      }}
    />
  );
}

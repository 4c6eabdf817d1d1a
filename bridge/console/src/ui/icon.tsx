/** Icons of lucide, drawn with strokes on a grid of 24 by 24. @module */

import type { IconNode } from "../deps_icons.ts";
import { h } from "../deps_ui.ts";
import { ICONS } from "./icon_data.ts";
import "./ui_style.ts";

export type IconName = keyof typeof ICONS;

/** Icon, hidden from screen readers: the text beside it or the button's label has the meaning. */
export function Icon(
  { name, size = 20 }: { name: IconName; size?: 16 | 20 },
) {
  const node: IconNode = ICONS[name];
  return (
    <svg
      class="ui-icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      {node.map(([tag, attributes], at) => h(tag, { ...attributes, key: at }))}
    </svg>
  );
}

/** Everything about one row of a table: beside the table, over its right third, or over the page. @module */

import { type ComponentChildren, useEffect, useRef } from "../../deps.ts";
import { Icon } from "../../ui/icon.tsx";
import { label } from "../../ui/labels.ts";
import { addStyle } from "../../ui/style.ts";
import css from "./detail_panel.css" with { type: "text" };

addStyle(css);

/** Names and values, in the order of a list. */
export type Facts = readonly (readonly [string, ComponentChildren])[];

/** Panel of the chosen row. Its heading takes the focus, Escape closes it, and the focus returns to where it was. */
export function DetailPanel(
  { title, facts, onClose, children }: {
    title: string;
    facts: Facts;
    onClose: () => void;
    /** What can be done with the row. */
    children?: ComponentChildren;
  },
) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      class="detail-panel card"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          <bdi>{title}</bdi>
        </h2>
        <button
          type="button"
          class="quiet ui-square"
          aria-label={label("uiClose")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children !== undefined && <div class="actions">{children}</div>}
    </aside>
  );
}

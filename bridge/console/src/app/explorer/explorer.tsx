/** Rows and the one that is chosen in full, as the pages of events and of the log show them. @module */

import type { ComponentChildren } from "../../deps.ts";
import { wholeTime } from "../../texts/times.ts";
import { Icon } from "../../ui/icon.tsx";
import { label } from "../../ui/labels.ts";
import { Split } from "../../ui/lists/split.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./explorer.css" with { type: "text" };

addStyle(css);

/** The rows, which have the whole page until one is chosen. */
export function ExplorerBody(
  { rows, detail }: {
    rows: ComponentChildren;
    /** The chosen row; undefined if none is. */
    detail: ComponentChildren;
  },
) {
  return (
    <div
      class={detail === undefined ? "explorer-body" : "explorer-body chosen"}
    >
      <Split first={rows} second={detail} />
    </div>
  );
}

/** One row in full. */
export function RowDetail(
  { name, title, at, note, actions, onClose, children }: {
    /** What the row is, such as "Event". */
    name: string;
    title: ComponentChildren;
    at: string;
    /** Stands behind the time. */
    note?: string;
    actions?: ComponentChildren;
    onClose(): void;
    children: ComponentChildren;
  },
) {
  return (
    <section class="explorer-detail" aria-label={name}>
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          class="quiet ui-square"
          aria-label={label("uiClose")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
        <p class="hint">
          <time dateTime={at}>{wholeTime(at)}</time>
          {note !== undefined && ` · ${note}`}
        </p>
      </header>
      {actions !== undefined && <div class="actions">{actions}</div>}
      {children}
    </section>
  );
}

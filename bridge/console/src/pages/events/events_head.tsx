/** Heading of both views, with the actions of the shown one. @module */

import type { ComponentChildren } from "../../deps.ts";
import { e } from "./texts.ts";

const VIEWS = [
  { link: "#/events", view: "journal" },
  { link: "#/events/frames", view: "frames" },
] as const;

export function EventsHead(
  { view, children }: {
    view: "journal" | "frames";
    children: ComponentChildren;
  },
) {
  return (
    <header class="explorer-head">
      <h1>{e("events")}</h1>
      <nav class="segments" aria-label={e("views")}>
        {VIEWS.map((one) => (
          <a
            key={one.view}
            href={one.link}
            aria-current={one.view === view ? "page" : undefined}
          >
            {e(one.view)}
          </a>
        ))}
      </nav>
      <div class="explorer-actions">{children}</div>
    </header>
  );
}

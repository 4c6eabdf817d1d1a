/** Page of the events: the journal of the bridge, and the frames of this page. @module */

import { lazy } from "../../app/lazy.tsx";
import type { PageProps } from "../../app/router.ts";
import { addStyle } from "../../ui/style.ts";
import css from "./events.css" with { type: "text" };
import { EventsHead } from "./events_head.tsx";
import { JournalView } from "./journal_view.tsx";

addStyle(css);

const FramesView = lazy(
  async () => (await import("./frames_view.tsx")).FramesView,
  () => <EventsHead view="frames">{null}</EventsHead>,
);

export function EventsPage({ params, query }: PageProps) {
  return (
    <div class="explorer events">
      {params.view === "frames"
        ? <FramesView />
        : <JournalView query={query} />}
    </div>
  );
}

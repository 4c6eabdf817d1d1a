/** One event in full. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { formatLink } from "../../app/router.ts";
import { status } from "../../link/link.ts";
import { reconstructEvent, type WireText } from "../../link/wire.ts";
import { wholeTime } from "../../texts/times.ts";
import { CopyButton } from "../../ui/code.tsx";
import { Icon } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json/json_view.tsx";
import { partyOf } from "./filters.ts";
import { e } from "./texts.ts";
import { WireTexts } from "./wire_texts.tsx";

export function EventDetail(
  { frame, onClose }: { frame: EventFrame; onClose(): void },
) {
  const { event, account, seq, at } = frame;
  const peer = partyOf(frame);
  const now = status.value;
  const epoch = now.state === "open" ? now.welcome.epoch : undefined;
  return (
    <section class="event-detail" aria-label={e("event")}>
      <header>
        <button
          type="button"
          class="quiet ui-square event-close"
          aria-label={e("closeDetail")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
        <h2>
          <code>{event}</code>
        </h2>
        <time dateTime={at} class="hint">{wholeTime(at)}</time>
      </header>
      <div class="actions">
        {epoch !== undefined && (
          <CopyButton text={`${epoch}:${seq}`} name={e("copyPosition")} />
        )}
        {peer !== undefined && (
          <a
            class="button quiet small"
            href={formatLink("chats", [account, peer], { at: seq })}
          >
            <Icon name="chats" size={16} />
            {e("openConversation")}
          </a>
        )}
      </div>
      <JsonView name={e("event")} value={frame} />
      <WireTexts texts={wireOf(frame)} />
    </section>
  );
}

function wireOf(frame: EventFrame): WireText[] | undefined {
  try {
    return reconstructEvent({ ...frame });
  } catch {
    // The codec cannot encode what a server of another kind delivered.
    return undefined;
  }
}

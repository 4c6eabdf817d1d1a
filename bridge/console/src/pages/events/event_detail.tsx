/** One event in full. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { RowDetail } from "../../app/explorer/explorer.tsx";
import { formatLink } from "../../app/router.ts";
import { status } from "../../link/link.ts";
import { reconstructEvent, type WireText } from "../../link/wire.ts";
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
    <RowDetail
      name={e("event")}
      title={<code>{event}</code>}
      at={at}
      actions={
        <>
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
        </>
      }
      onClose={onClose}
    >
      <JsonView name={e("event")} value={frame} />
      <WireTexts texts={wireOf(frame)} />
    </RowDetail>
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

/** List of all shortcuts. @module */

import { s } from "../session/texts.ts";
import { session } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { overlay } from "./keys.ts";
import { lackOf } from "../page_info.ts";
import { PAGES } from "../registry.ts";

export function Shortcuts() {
  const token = session.value;
  const rows: (readonly [keys: string, text: string])[] = [
    ["Ctrl K, ⌘ K", s("keyPalette")],
    ["?", s("keyHelp")],
    ["/", s("keyFilter")],
    ["F6, Shift F6", s("keyRegion")],
    ["Alt ↓, Alt ↑", s("keyConversation")],
    ["Alt Shift ↓, Alt Shift ↑", s("keyUnread")],
    ["Enter", s("keyOpen")],
    ["Esc", s("keyEscape")],
    ["Enter, Shift Enter", s("keySend")],
    ...PAGES.filter((page) => token && !lackOf(page, token)).map((page) =>
      [`g ${page.letter}`, s("keyGo", { page: t(page.text) })] as const
    ),
  ];
  return (
    <Dialog
      title={s("shortcuts")}
      isText
      onClose={() => overlay.value = undefined}
    >
      <dl class="shortcuts">
        {rows.map(([keys, text]) => (
          <div key={keys + text}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

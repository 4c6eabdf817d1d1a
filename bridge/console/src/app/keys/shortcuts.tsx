/** List of all shortcuts. @module */

import { session } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { overlay } from "./keys.ts";
import { lackOf } from "../page_info.ts";
import { PAGES } from "../registry.ts";

export function Shortcuts() {
  const token = session.value;
  const rows: (readonly [keys: string, text: string])[] = [
    ["Ctrl K, ⌘ K", t("keyPalette")],
    ["?", t("keyHelp")],
    ["/", t("keyFilter")],
    ["F6, Shift F6", t("keyRegion")],
    ["Alt ↓, Alt ↑", t("keyConversation")],
    ["Alt Shift ↓, Alt Shift ↑", t("keyUnread")],
    ["Enter", t("keyOpen")],
    ["Esc", t("keyEscape")],
    ["Enter, Shift Enter", t("keySend")],
    ...PAGES.filter((page) => token && !lackOf(page, token)).map((page) =>
      [`g ${page.letter}`, t("keyGo", { page: t(page.text) })] as const
    ),
  ];
  return (
    <Dialog
      title={t("shortcuts")}
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

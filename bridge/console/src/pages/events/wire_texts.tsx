/** QQ wire texts of an event or a frame. @module */

import type { WireText } from "../../link/wire.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { Code } from "../../ui/code.tsx";

export function WireTexts(
  { texts, absent = "wireNone", isWaiting = false }: {
    texts: readonly WireText[] | undefined;
    /** Says why there are none. */
    absent?: TextName;
    /** Whether the reply has not arrived yet. */
    isWaiting?: boolean;
  },
) {
  return (
    <section class="wire-texts" aria-label={t("wire")}>
      <h3>{t("wire")}</h3>
      {texts === undefined ? <p class="hint">{t(absent)}</p> : (
        <>
          {texts.map(({ kind, source, text }, at) => (
            <figure key={at}>
              <figcaption>
                {t(kind === "request" ? "wireRequest" : "wireReply")} · {t(
                  source === "reported" ? "wireReported" : "wireReconstructed",
                )}
              </figcaption>
              {text === null
                ? <p>{t("wireNull")}</p>
                : <Code text={text} name={t("wire")} />}
            </figure>
          ))}
          {isWaiting && <p class="hint">{t("wireWaiting")}</p>}
          <p class="hint">{t("wireHint")}</p>
        </>
      )}
    </section>
  );
}

/** Parts of a page that are loaded when they are first shown. @module */

import { type ComponentType, useEffect, useState } from "../deps.ts";
import { language } from "../texts/preferences.ts";
import { loadTexts, t } from "../texts/strings.ts";

/**
 * A component whose code is loaded when it is first drawn.
 *
 * @param Waiting Shown until then.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting?: ComponentType,
): ComponentType<Props> {
  let known: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [View, setView] = useState(() => known);
    const [isFailed, setFailed] = useState(false);
    useEffect(() => {
      if (View !== undefined) return;
      load().then(async (view) => {
        await loadTexts(language.value);
        known = view;
        setView(() => view);
      }).catch(() => setFailed(true));
    }, []);
    if (View !== undefined) return <View {...props} />;
    return isFailed
      ? <p class="note warn" role="alert">{t("pageFailed")}</p>
      : Waiting && <Waiting />;
  };
}

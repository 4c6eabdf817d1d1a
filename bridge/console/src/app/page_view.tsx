/** Loads the shown page, and says what is wrong when it cannot be shown. @module */

import { type ComponentType, useEffect, useState } from "../deps.ts";
import { session } from "../link/session.ts";
import { language } from "../texts/preferences.ts";
import { loadTexts, t, type TextName } from "../texts/strings.ts";
import { lackOf } from "./page_info.ts";
import type { PageEntry } from "./registry.ts";
import { type PageProps, route } from "./router.ts";

/** A page that comes sooner shows no skeleton, which would only flicker. */
const SKELETON_AFTER_MS = 150;

/** A page that takes longer can be asked for again. */
const SLOW_AFTER_MS = 5000;

/** Pages that have been loaded: they are shown again at once. */
const loaded = new Map<string, ComponentType<PageProps>>();

const LACK_TEXTS = {
  read: "lacksRead",
  send: "lacksSend",
  manage: "lacksManage",
  allAccounts: "lacksAllAccounts",
} as const satisfies Record<string, TextName>;

export function PageView({ page }: { page: PageEntry }) {
  const lack = session.value ? lackOf(page, session.value) : undefined;
  if (lack !== undefined) {
    return (
      <div class="page">
        <h1>{t(page.text)}</h1>
        <p class="note warn">{t(LACK_TEXTS[lack])}</p>
      </div>
    );
  }
  return <LoadedPage key={page.name} page={page} />;
}

function LoadedPage({ page }: { page: PageEntry }) {
  const [state, setState] = useState<"new" | "late" | "slow" | "failed">("new");
  const [attempt, setAttempt] = useState(0);
  const [View, setView] = useState(() => loaded.get(page.name));
  useEffect(() => {
    if (View !== undefined) return;
    let isOver = false;
    setState("new");
    const timers = [
      setTimeout(() => setState("late"), SKELETON_AFTER_MS),
      setTimeout(() => setState("slow"), SLOW_AFTER_MS),
    ];
    const stop = () => {
      isOver = true;
      timers.forEach(clearTimeout);
    };
    loadPage(page).then((view) => {
      if (!isOver) setView(() => view);
      stop();
    }, () => {
      if (!isOver) setState("failed");
      stop();
    });
    return stop;
  }, [attempt]);
  if (View !== undefined) {
    return <View params={route.value.params} query={route.value.query} />;
  }
  const retry = () => setAttempt(attempt + 1);
  return (
    <div class="page" aria-busy={state !== "failed"}>
      <h1>{t(page.text)}</h1>
      {state === "late" && <div class="skeleton" aria-hidden="true" />}
      {state === "slow" && <Retry text="stillLoading" onRetry={retry} />}
      {state === "failed" && (
        // The file of a page is missing once the bridge has another version.
        <Retry text="pageFailed" onRetry={() => location.reload()} />
      )}
    </div>
  );
}

function Retry({ text, onRetry }: { text: TextName; onRetry: () => void }) {
  return (
    <p class="note warn" role="alert">
      <span>{t(text)}</span>
      <button type="button" class="small" onClick={onRetry}>
        {t("retry")}
      </button>
    </p>
  );
}

async function loadPage(page: PageEntry): Promise<ComponentType<PageProps>> {
  const view = await page.load();
  await loadTexts(language.value);
  loaded.set(page.name, view);
  return view;
}

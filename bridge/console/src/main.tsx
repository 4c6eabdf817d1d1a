/** Entry of the console in the browser. @module */

import { followAddress, route } from "./app/router.ts";
import { PAGES } from "./app/registry.ts";
import { Shell } from "./app/shell.tsx";
import { options, render } from "./deps.ts";
import {
  checkSession,
  openLink,
  readProof,
  session,
  takeToken,
} from "./link/session.ts";
import { lazy } from "./app/lazy.tsx";
import { followSession } from "./store/feed.ts";
import { followPreferences, language } from "./texts/preferences.ts";
import { EN as UI_EN } from "./texts/en/ui.ts";
import { defineTexts, loadTexts, t } from "./texts/strings.ts";
import { setLabels } from "./ui/labels.ts";

let due: (() => void) | undefined;

function drawDue() {
  const draw = due;
  due = undefined;
  draw?.();
}

// Events arrive in bursts: draw them once per animation frame.
options.debounceRendering = (draw) => {
  due = draw;
  if (document.hidden) setTimeout(drawDue, 100);
  else requestAnimationFrame(drawDue);
};

// What somebody does is drawn at once, because the next handler reads what was drawn.
for (const type of ["input", "change", "click", "keydown"]) {
  addEventListener(type, () => queueMicrotask(drawDue));
}

const SignIn = lazy(
  async () => (await import("./pages/sign_in/sign_in.tsx")).SignIn,
);

function Console() {
  switch (session.value) {
    case undefined:
      return (
        <main class="sign-in" id="content" aria-busy="true">
          <h1 class="visually-hidden">{t("title")}</h1>
          <p>{t("loading")}</p>
        </main>
      );
    case null:
      document.title = `${t("signIn")} · tqq`;
      return <SignIn />;
    default:
      return <Shell />;
  }
}

async function start(): Promise<void> {
  const token = takeToken();
  setLabels(
    defineTexts(
      UI_EN,
      async () => (await import("./texts/zh/groups/talk.ts")).UI,
    ),
  );
  followPreferences();
  // Before followAddress, so that the token is in no address that others read.
  addEventListener("hashchange", () => {
    const token = takeToken();
    if (token !== undefined) void openLink(token);
  });
  followAddress(PAGES);
  followSession();
  const checked = token === undefined ? checkSession() : openLink(token);
  // Its code comes while the bridge answers. What fails is loaded again when it is shown.
  if (readProof() !== null) {
    PAGES.find(({ name }) => name === route.peek().page)?.load().catch(
      () => {},
    );
  }
  // Without its texts the page is shown in English.
  await loadTexts(language.value).catch(() => {});
  render(<Console />, document.getElementById("app")!);
  await checked;
}

// Not awaited here: what is loaded later imports this file, and would wait for it.
void start();

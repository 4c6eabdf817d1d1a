/** Entry of the console in the browser. @module */

import { options, render } from "./deps.ts";
import { followSession } from "./store/feed.ts";
import { followPreferences } from "./texts/preferences.ts";
import { followAddress } from "./store/router.ts";
import { checkSession, openLink, session, takeToken } from "./link/session.ts";
import { Shell } from "./pages/shell.tsx";
import { SignIn } from "./pages/sign_in.tsx";
import { t } from "./texts/strings.ts";

// Events arrive in bursts: draw them once per animation frame.
options.debounceRendering = (draw) => {
  if (document.hidden) setTimeout(draw, 100);
  else requestAnimationFrame(draw);
};

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

const token = takeToken();
followPreferences();
// Before followAddress, so that the token is in no address that others read.
addEventListener("hashchange", () => {
  const token = takeToken();
  if (token !== undefined) void openLink(token);
});
followAddress();
followSession();
render(<Console />, document.getElementById("app")!);
await (token === undefined ? checkSession() : openLink(token));

/** What the chats show while no conversation is open. @module */

import { Name } from "../../app/name.tsx";
import { formatLink, go } from "../../app/router.ts";
import { accounts, accountUins, isOnline } from "../../store/accounts.ts";
import { conversationsOf } from "../../store/inbox.ts";
import { personOf } from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { Face } from "../../ui/face.tsx";
import { Unread } from "./conversation_list.tsx";
import { c } from "./texts.ts";

/** Number of unread conversations that are offered. */
const SHOWN = 5;

export function NothingOpen(
  { view, onFind }: { view: string; onFind: () => void },
) {
  const unread = conversationsOf(view).filter((one) => one.unread > 0)
    .slice(0, SHOWN);
  const finder = view === "all"
    ? accountUins.value.find((uin) => isOnline(accounts.get(uin)))
    : view;
  return (
    <section class="pane nothing" aria-label={t("messages")} data-region>
      <div class="nothing-open">
        <h2>{c(unread.length > 0 ? "newestUnread" : "allRead")}</h2>
        <ul>
          {unread.map(({ account, with: uin, unread: count }) => (
            <li key={`${account}/${uin}`}>
              <a
                class="row"
                href={view === "all"
                  ? formatLink("chats", ["all", uin], { as: account })
                  : formatLink("chats", [account, uin])}
              >
                <Face face={personOf(account, uin)?.face} />
                <Name person={personOf(account, uin)} uin={uin} />
                <Unread count={count} />
              </a>
            </li>
          ))}
        </ul>
        {unread.length === 0 && <p class="hint">{t("pickChatHint")}</p>}
        {view === "all" && <AccountLinks />}
        {finder !== undefined && (
          <button
            type="button"
            onClick={() => {
              if (view === "all") go(formatLink("chats", [finder]));
              onFind();
            }}
          >
            {c("findPeople")}
          </button>
        )}
      </div>
    </section>
  );
}

/** Friends and the search for people belong to one account. */
function AccountLinks() {
  const uins = accountUins.value.slice(0, SHOWN);
  return (
    <>
      <h2>{c("openAccount")}</h2>
      <ul>
        {uins.map((uin) => (
          <li key={uin}>
            <a class="row" href={formatLink("chats", [uin])}>
              <Face face={accounts.get(uin)?.face} />
              <Name person={accounts.get(uin)} uin={uin} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

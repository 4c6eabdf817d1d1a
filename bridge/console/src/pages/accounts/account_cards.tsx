/** Accounts as cards: few accounts, one action each. @module */

import { Name } from "../../app/name.tsx";
import { formatLink, go } from "../../app/router.ts";
import { Action, Failure, offlineItem, useTask } from "../../app/task.tsx";
import { hasScope } from "../../link/session.ts";
import type { Account } from "../../store/accounts.ts";
import { nameOf } from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { toVisible } from "../../texts/visible.ts";
import { Face } from "../../ui/face.tsx";
import { Menu } from "../../ui/menu.tsx";
import { actAndLoad, isOut, primaryOf } from "./actions.ts";
import { StateLine, Why } from "./account_detail.tsx";
import { a } from "./texts.ts";

export function AccountCards(
  { rows, onRemove }: {
    rows: readonly Account[];
    onRemove: (uin: string) => void;
  },
) {
  return (
    <ul class="cards">
      {rows.map((account) => (
        <AccountCard
          key={account.uin}
          account={account}
          onRemove={() => onRemove(account.uin)}
        />
      ))}
    </ul>
  );
}

function AccountCard(
  { account, onRemove }: { account: Account; onRemove: () => void },
) {
  const { uin, status, state } = account;
  const task = useTask();
  const name = toVisible(nameOf(account));
  const perform = (which: "login" | "logout") =>
    task.run(() => actAndLoad(uin, which), which);
  const canManage = hasScope("manage");
  const primary = canManage ? primaryOf(account) : "chats";
  const offline = offlineItem();
  const openDetail = () => go(formatLink("accounts", [uin]));
  return (
    <li class="card account" aria-label={`${name} ${uin}`}>
      <div class="who">
        <Face face={account.face} size="large" />
        <div>
          <h2>
            <Name person={account} uin={uin} />
          </h2>
          <p class="hint">
            {uin}
            {state === "online" && status !== undefined && ` · ${t(status)}`}
          </p>
        </div>
      </div>
      <StateLine account={account} />
      <Why account={account} />
      <Failure task={task} />
      <div class="actions">
        {primary === "chats" && (
          <a class="button primary" href={formatLink("chats", [uin])}>
            {t("openChats")}
          </a>
        )}
        {primary === "login" && (
          <Action
            class="primary"
            disabled={task.busy}
            onClick={() => perform("login")}
          >
            {t("logIn")}
          </Action>
        )}
        {primary === "password" && (
          <button type="button" class="primary" onClick={openDetail}>
            {a("changePassword")}
          </button>
        )}
        <a class="button quiet" href={formatLink("accounts", [uin])}>
          {a("details")}
        </a>
        {canManage && (
          <Menu
            name={a("moreActions", { name })}
            items={[
              {
                text: t("openChats"),
                icon: "chats",
                onChoose: () => go(formatLink("chats", [uin])),
              },
              isOut(account)
                ? {
                  text: t("logIn"),
                  icon: "logIn",
                  ...offline,
                  onChoose: () => void perform("login"),
                }
                : {
                  text: t("logOut"),
                  icon: "logOut",
                  ...offline,
                  onChoose: () => void perform("logout"),
                },
              { text: a("changePassword"), icon: "edit", onChoose: openDetail },
              {
                text: a("removeAccount", { uin }),
                icon: "remove",
                isDanger: true,
                ...offline,
                onChoose: onRemove,
              },
            ]}
          />
        )}
      </div>
    </li>
  );
}

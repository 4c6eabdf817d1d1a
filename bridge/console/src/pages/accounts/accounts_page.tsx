/** Page of the accounts: their states and actions. @module */

import type { BridgeCommands } from "../../../../../lib/frames/commands.ts";
import type { AccountState } from "../../../../../lib/frames/events.ts";
import { type Status, STATUSES } from "../../../../../lib/protocol/codes.ts";
import {
  type Account,
  accounts,
  accountUins,
  areAccountsLoaded,
  loadAccounts,
} from "../../store/accounts.ts";
import { Empty, Field, onSubmit, textOf } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { StateBadge } from "../../app/state_badge.tsx";
import { Failure, useTask } from "../../app/task.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./accounts.css" with { type: "text" };
import { nameOf, personOf } from "../../store/people.ts";
import { useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { command } from "../../link/link.ts";
import { formatLink } from "../../app/router.ts";
import { hasScope } from "../../link/session.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { shortTime, wholeTime } from "../../texts/times.ts";

addStyle(css);

/** Advice for a state in the user's language; the bridge's own is in English. */
const DO_TEXTS: Readonly<Partial<Record<AccountState, TextName>>> = {
  offline: "doOffline",
  penalised: "doPenalised",
  refused: "doRefused",
  replaced: "doReplaced",
};

/** Maximum number of accounts shown. */
const SHOWN = 200;

export function AccountsPage() {
  const [adding, setAdding] = useState(false);
  const all = areAccountsLoaded.value
    ? accountUins.value.map((uin) => accounts.get(uin)!)
    : undefined;
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("accounts")}</h1>
        {hasScope("manage") && (
          <button
            type="button"
            class="primary"
            onClick={() => setAdding(true)}
          >
            <Icon name="add" />
            {t("addAccount")}
          </button>
        )}
      </header>
      {all === undefined && <p class="hint">{t("loading")}</p>}
      {all?.length === 0 && (
        <Empty title={t("noAccounts")} hint={t("noAccountsHint")} />
      )}
      <ul class="cards">
        {all?.slice(0, SHOWN).map((account) => (
          <AccountCard key={account.uin} account={account} />
        ))}
      </ul>
      {adding && <AddAccount onClose={() => setAdding(false)} />}
    </div>
  );
}

function AccountCard({ account }: { account: Account }) {
  const { uin, state, since, reason, action } = account;
  const [removing, setRemoving] = useState(false);
  const task = useTask();
  const name = nameOf(account);
  const help = DO_TEXTS[state];
  return (
    <li class="card account" aria-label={`${name} ${uin}`}>
      <div class="who">
        <Face uin={uin} face={personOf(uin, uin)?.face} size="large" />
        <div>
          <h2>{name}</h2>
          <p class="hint">{uin}</p>
        </div>
      </div>
      <p class="state-line">
        <StateBadge state={state} />
        <time dateTime={since} title={wholeTime(since)}>
          {t("since", { when: shortTime(since) })}
        </time>
      </p>
      {state !== "online" && (reason !== undefined || help !== undefined) && (
        <dl class="why">
          {reason !== undefined && (
            <>
              <dt>{t("reason")}</dt>
              <dd lang="en">{reason}</dd>
            </>
          )}
          {help !== undefined && (
            <>
              <dt>{t("whatToDo")}</dt>
              <dd>
                {t(help)}
                {action !== undefined && <small lang="en">{action}</small>}
              </dd>
            </>
          )}
        </dl>
      )}
      <Failure task={task} />
      <AccountActions
        account={account}
        task={task}
        onRemove={() => setRemoving(true)}
      />
      {removing && (
        <RemoveAccount
          uin={uin}
          onClose={() => setRemoving(false)}
        />
      )}
    </li>
  );
}

function AccountActions(
  { account: { uin, state, ...names }, task, onRemove }: {
    account: Account;
    task: ReturnType<typeof useTask>;
    onRemove: () => void;
  },
) {
  const [notice, setNotice] = useState("");
  const name = nameOf({ uin, ...names });
  const isOut = state === "offline" || state === "refused" ||
    state === "replaced";
  const perform = (which: "login" | "logout") =>
    task.run(async () => {
      await command(which, {}, { account: uin });
      await loadAccounts();
    });
  return (
    <div class="actions">
      <a class="button" href={formatLink("chats", [uin])}>
        {t("openChats")}
      </a>
      {hasScope("manage") && (
        <>
          <button
            type="button"
            disabled={task.busy}
            onClick={() => perform(isOut ? "login" : "logout")}
          >
            {t(isOut ? "logIn" : "logOut")}
          </button>
          {state === "online" && (
            <select
              class="compact"
              aria-label={t("presenceOf", { name })}
              value=""
              disabled={task.busy}
              onChange={({ currentTarget }) => {
                const status = currentTarget.value as Status;
                currentTarget.value = "";
                return task.run(async () => {
                  setNotice("");
                  await command("setStatus", { status }, { account: uin });
                  setNotice(t("presenceSet", { status: t(status) }));
                });
              }}
            >
              <option value="" disabled>{t("setPresence")}</option>
              {Object.keys(STATUSES).map((one) => (
                <option key={one} value={one}>{t(one as Status)}</option>
              ))}
            </select>
          )}
          <button
            type="button"
            class="danger"
            aria-label={t("removeAccount", { uin })}
            onClick={onRemove}
          >
            {t("remove")}
          </button>
        </>
      )}
      <span class="hint" role="status">{notice}</span>
    </div>
  );
}

function AddAccount({ onClose }: { onClose: () => void }) {
  const task = useTask();
  return (
    <Dialog title={t("addAccount")} onClose={onClose}>
      <form
        onSubmit={onSubmit((form) => {
          const nickname = textOf(form, "nickname");
          const policy = textOf(form, "policy");
          return task.run(async () => {
            await command("addAccount", {
              uin: textOf(form, "uin"),
              // textOf trims, but a password may begin or end with blanks.
              password: String(new FormData(form).get("password")),
              ...(nickname === "" ? {} : { nickname }),
              ...(policy === "" ? {} : { policy } as PolicyOf),
            });
            await loadAccounts();
            onClose();
          });
        })}
      >
        <p class="hint">{t("addAccountHint")}</p>
        <Field label={t("uin")}>
          <input
            name="uin"
            inputMode="numeric"
            autocomplete="off"
            required
            pattern="[1-9][0-9]{4,19}"
          />
        </Field>
        <Field label={t("password")}>
          <input
            name="password"
            type="password"
            autocomplete="new-password"
            required
            maxLength={256}
          />
        </Field>
        <Field label={t("nickname")} hint={t("optional")}>
          <input name="nickname" autocomplete="off" maxLength={256} />
        </Field>
        <Field label={t("policy")}>
          <select name="policy">
            <option value="">{t("policyDefault")}</option>
            <option value="verify">{t("policyVerify")}</option>
            <option value="anybody">{t("policyAnybody")}</option>
            <option value="nobody">{t("policyNobody")}</option>
          </select>
        </Field>
        <Failure task={task} />
        <div class="actions">
          <button type="submit" class="primary" disabled={task.busy}>
            {t(task.busy ? "adding" : "add")}
          </button>
          <button type="button" onClick={onClose}>{t("cancel")}</button>
        </div>
      </form>
    </Dialog>
  );
}

type PolicyOf = Pick<BridgeCommands["addAccount"]["params"], "policy">;

function RemoveAccount(
  { uin, onClose }: { uin: string; onClose: () => void },
) {
  const task = useTask();
  return (
    <Dialog title={t("removeAccount", { uin })} onClose={onClose}>
      <p>{t("removeAccountAsk", { uin })}</p>
      <Failure task={task} />
      <div class="actions">
        <button
          type="button"
          class="danger"
          disabled={task.busy}
          onClick={() =>
            task.run(async () => {
              await command("removeAccount", { uin });
              onClose();
              await loadAccounts();
            })}
        >
          {t("remove")}
        </button>
        <button type="button" onClick={onClose}>{t("cancel")}</button>
      </div>
    </Dialog>
  );
}

/** Page of the accounts: their states and actions. @module */

import {
  ACCOUNT_STATES,
  type AccountState,
} from "../../../../../lib/frames/events.ts";
import { explainError } from "../../app/errors.ts";
import { formatLink, go, type PageProps, route } from "../../app/router.ts";
import { STATE_TEXTS } from "../../app/state_badge.tsx";
import {
  Action,
  ErrorNote,
  Failure,
  offlineReason,
  useTask,
} from "../../app/task.tsx";
import { useEffect, useMemo, useState } from "../../deps.ts";
import { lostAt } from "../../link/link.ts";
import { hasScope } from "../../link/session.ts";
import {
  accounts,
  accountUins,
  areAccountsLoaded,
  loadAccounts,
} from "../../store/accounts.ts";
import { loadError } from "../../store/feed.ts";
import { load, save } from "../../texts/saved.ts";
import { t } from "../../texts/strings.ts";
import { exactTime } from "../../texts/times.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loading, Nothing } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import { AccountCards } from "./account_cards.tsx";
import { AccountDetail } from "./account_detail.tsx";
import { AddAccount } from "./account_forms.tsx";
import { AccountTable } from "./account_table.tsx";
import css from "./accounts.css" with { type: "text" };
import { type Act, act } from "./actions.ts";
import { BulkProgress, runBulk } from "./bulk.tsx";
import { a } from "./texts.ts";

addStyle(css);

/** With more accounts, a table compares them better than cards. */
const MAX_CARDS = 12;

type Layout = "cards" | "table";

export function AccountsPage({ params, query }: PageProps) {
  const [isAdding, setAdding] = useState(false);
  const [layout, setLayout] = useState(load("accountsLayout") as Layout | null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [removing, setRemoving] = useState<readonly string[]>();
  const [leaving, setLeaving] = useState<readonly string[]>();
  useEffect(() => void loadAccounts().catch(() => {}), []);
  const text = query.get("text") ?? "";
  const state = ACCOUNT_STATES.find((one) => one === query.get("state"));
  const all = useMemo(
    () => accountUins.value.flatMap((uin) => accounts.peek(uin) ?? []),
    [accountUins.value, accounts.version],
  );
  const rows = useMemo(() => {
    const words = text.trim().toLowerCase();
    return all.filter((one) =>
      (state === undefined || one.state === state) &&
      `${one.uin} ${one.nickname}`.toLowerCase().includes(words)
    );
  }, [all, text, state]);
  const canManage = hasScope("manage");
  const isTable = (layout ?? (all.length > MAX_CARDS ? "table" : "cards")) ===
    "table";
  const chosen = params.uin === undefined
    ? undefined
    : accounts.get(params.uin);
  const filter = (next: { text?: string; state?: string }) => {
    // Of the address, not of what is drawn: two changes may come before that.
    const now = route.peek().query;
    go(formatLink("accounts", [params.uin], {
      text: (next.text ?? now.get("text")) || undefined,
      state: (next.state ?? now.get("state")) || undefined,
    }));
  };
  const select = (uins: readonly string[], isSelected: boolean) => {
    const now = new Set(selected);
    for (const uin of uins) isSelected ? now.add(uin) : now.delete(uin);
    setSelected(now);
  };
  return (
    <div class="page accounts">
      <header class="page-head">
        <h1>{t("accounts")}</h1>
        {canManage
          ? (
            <Action
              class="primary"
              onClick={() => setAdding(true)}
            >
              <Icon name="add" />
              {t("addAccount")}
            </Action>
          )
          : <p class="hint">{a("readOnly")}</p>}
      </header>
      {lostAt.value !== undefined && (
        <p class="note warn">
          {a("staleNote", { time: exactTime(lostAt.value) })}
        </p>
      )}
      {!areAccountsLoaded.value && (
        loadError.value === undefined
          ? <Loading onRetry={() => void loadAccounts().catch(() => {})} />
          : <ErrorNote error={explainError(loadError.value)} />
      )}
      {areAccountsLoaded.value && all.length === 0 && (
        <Nothing title={t("noAccounts")} hint={t("noAccountsHint")} />
      )}
      {all.length > 0 && (
        <Toolbar
          text={text}
          state={state}
          isTable={isTable}
          onFilter={filter}
          onLayout={(next) => {
            save("accountsLayout", next);
            setLayout(next);
          }}
        />
      )}
      {selected.size > 0 && (
        <Selection
          selected={selected}
          shown={rows.map(({ uin }) => uin)}
          onSelect={select}
          onRun={(which) => {
            const uins = [...selected];
            if (which === "remove") return setRemoving(uins);
            if (which === "logout") return setLeaving(uins);
            setSelected(new Set());
            void runBulk(uins, which);
          }}
        />
      )}
      <BulkProgress />
      {all.length > 0 && rows.length === 0 && (
        <Nothing title={a("noMatch")}>
          <button type="button" onClick={() => go(formatLink("accounts"))}>
            {a("clearFilter")}
          </button>
        </Nothing>
      )}
      <div class={`accounts-body ${chosen === undefined ? "" : "with-detail"}`}>
        {rows.length > 0 && (
          isTable
            ? (
              <div class="table-box" data-region>
                <AccountTable
                  rows={rows}
                  chosen={params.uin}
                  selected={canManage ? selected : undefined}
                  onSelect={select}
                  isCompact={chosen !== undefined ||
                    matchMedia("(max-width: 64rem)").matches}
                />
              </div>
            )
            : (
              <AccountCards
                rows={rows}
                onRemove={(uin) => setRemoving([uin])}
              />
            )
        )}
        {chosen !== undefined && (
          <AccountDetail
            account={chosen}
            onRemove={() => setRemoving([chosen.uin])}
          />
        )}
      </div>
      {leaving !== undefined && (
        <ConfirmDialog
          title={a("logOutMany", { n: leaving.length })}
          action={t("logOut")}
          disabledBecause={offlineReason()}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => {
            setLeaving(undefined);
            setSelected(new Set());
            void runBulk(leaving, "logout");
          }}
        >
          <p>{a("logOutManyAsk")}</p>
        </ConfirmDialog>
      )}
      {isAdding && <AddAccount onClose={() => setAdding(false)} />}
      {removing !== undefined && (
        <RemoveAccounts
          uins={removing}
          onClose={() => setRemoving(undefined)}
          onMany={() => {
            setSelected(new Set());
            void runBulk(removing, "remove");
          }}
        />
      )}
    </div>
  );
}

function Toolbar(
  { text, state, isTable, onFilter, onLayout }: {
    text: string;
    state: AccountState | undefined;
    isTable: boolean;
    onFilter: (next: { text?: string; state?: string }) => void;
    onLayout: (next: Layout) => void;
  },
) {
  return (
    <div class="toolbar">
      <input
        type="search"
        data-filter
        aria-label={a("filter")}
        placeholder={a("filter")}
        value={text}
        onInput={({ currentTarget }) => onFilter({ text: currentTarget.value })}
      />
      <select
        class="compact"
        aria-label={a("state")}
        value={state ?? ""}
        onChange={({ currentTarget }) =>
          onFilter({ state: currentTarget.value })}
      >
        <option value="">{a("allStates")}</option>
        {ACCOUNT_STATES.map((one) => (
          <option key={one} value={one}>{t(STATE_TEXTS[one])}</option>
        ))}
      </select>
      <div class="tabs" role="group" aria-label={a("layout")}>
        {(["cards", "table"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={isTable === (one === "table")}
            onClick={() => onLayout(one)}
          >
            {a(one)}
          </button>
        ))}
      </div>
    </div>
  );
}

function Selection(
  { selected, shown, onSelect, onRun }: {
    selected: ReadonlySet<string>;
    shown: readonly string[];
    onSelect: (uins: readonly string[], isSelected: boolean) => void;
    onRun: (which: Act) => void;
  },
) {
  return (
    <div
      class="toolbar selection"
      role="group"
      aria-label={a("selected", {
        n: selected.size,
      })}
    >
      <span>{a("selected", { n: selected.size })}</span>
      <button type="button" class="small" onClick={() => onSelect(shown, true)}>
        {a("selectAll")}
      </button>
      <Action class="small" onClick={() => onRun("login")}>
        {t("logIn")}
      </Action>
      <Action class="small" onClick={() => onRun("logout")}>
        {t("logOut")}
      </Action>
      <Action
        class="small quiet"
        onClick={() => onRun("remove")}
      >
        {t("remove")}…
      </Action>
    </div>
  );
}

function RemoveAccounts(
  { uins, onClose, onMany }: {
    uins: readonly string[];
    onClose: () => void;
    onMany: () => void;
  },
) {
  const task = useTask();
  const [uin] = uins;
  const isOne = uins.length === 1;
  return (
    <ConfirmDialog
      title={isOne
        ? a("removeAccount", { uin: uin! })
        : a("removeMany", { n: uins.length })}
      action={t("remove")}
      isBusy={task.busy}
      disabledBecause={offlineReason()}
      onClose={onClose}
      onConfirm={() => {
        if (!isOne) {
          onMany();
          return onClose();
        }
        void task.run(async () => {
          await act(uin!, "remove");
          onClose();
        }, "removeAccount");
      }}
    >
      <p>
        {isOne ? a("removeAccountAsk", { uin: uin! }) : a("removeManyAsk")}
      </p>
      <Failure task={task} />
    </ConfirmDialog>
  );
}

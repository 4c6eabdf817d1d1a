/** Accounts as a table: many accounts, to compare, select and sort. @module */

import { Name } from "../../app/name.tsx";
import { formatLink, go } from "../../app/router.ts";
import { StateBadge } from "../../app/state_badge.tsx";
import { useMemo, useState } from "../../deps.ts";
import { type Account, compareUins } from "../../store/accounts.ts";
import { requestCounts, unreadByAccount } from "../../store/inbox.ts";
import { nameOf } from "../../store/people.ts";
import { languageTag } from "../../texts/preferences.ts";
import { t } from "../../texts/strings.ts";
import { shortTime } from "../../texts/times.ts";
import { type Column, type Sort, Table } from "../../ui/lists/table.tsx";
import { a } from "./texts.ts";

export interface Row {
  readonly account: Account;
  readonly unread: number;
  readonly requests: number;
}

export function AccountTable(
  { rows, chosen, selected, onSelect, isCompact }: {
    rows: readonly Account[];
    chosen: string | undefined;
    /** Numbers of the selected accounts; `undefined` if nothing can be selected. */
    selected: ReadonlySet<string> | undefined;
    onSelect: (uins: readonly string[], isSelected: boolean) => void;
    /** Whether the detail beside the table leaves room for few columns. */
    isCompact: boolean;
  },
) {
  const [sort, setSort] = useState<Sort>({
    column: "number",
    isDescending: false,
  });
  const asking = requestCounts.value;
  void unreadByAccount.version;
  const sorted = useMemo(() => {
    const all = rows.map((account): Row => ({
      account,
      unread: unreadByAccount.peek(account.uin) ?? 0,
      requests: asking.get(account.uin) ?? 0,
    }));
    return sortRows(all, sort);
  }, [rows, sort, asking, unreadByAccount.version]);
  return (
    <Table
      name={t("accounts")}
      columns={columnsOf(selected, onSelect, isCompact)}
      rows={sorted}
      keyOf={({ account }) => account.uin}
      chosen={chosen}
      sort={sort}
      onSort={setSort}
      onChoose={({ account }) => go(formatLink("accounts", [account.uin]))}
    />
  );
}

/** Sorts rows; equal ones by number. */
export function sortRows(rows: Row[], { column, isDescending }: Sort): Row[] {
  const { compare } = new Intl.Collator(languageTag());
  const by: Record<string, (a: Row, b: Row) => number> = {
    name: (one, other) => compare(nameOf(one.account), nameOf(other.account)),
    number: (one, other) => compareUins(one.account.uin, other.account.uin),
    state: (one, other) => compare(one.account.state, other.account.state),
    since: (one, other) => compare(one.account.since, other.account.since),
    waiting: (one, other) =>
      (one.account.waiting ?? 0) - (other.account.waiting ?? 0),
    unread: (one, other) => one.unread - other.unread,
    requests: (one, other) => one.requests - other.requests,
  };
  const order = by[column] ?? by.number!;
  const sign = isDescending ? -1 : 1;
  return rows.sort((one, other) =>
    sign * order(one, other) ||
    compareUins(one.account.uin, other.account.uin)
  );
}

function columnsOf(
  selected: ReadonlySet<string> | undefined,
  onSelect: (uins: readonly string[], isSelected: boolean) => void,
  isCompact: boolean,
): readonly Column<Row>[] {
  const all: (Column<Row> | false)[] = [
    selected !== undefined && {
      key: "select",
      title: "",
      width: "2.5rem",
      render: ({ account: { uin, nickname } }) => (
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={a("select", { name: nickname || uin })}
          checked={selected.has(uin)}
          onClick={(event) => event.stopPropagation()}
          onChange={({ currentTarget }) =>
            onSelect([uin], currentTarget.checked)}
        />
      ),
    },
    {
      key: "name",
      title: a("name"),
      isSortable: true,
      render: ({ account }) => <Name person={account} uin={account.uin} />,
    },
    {
      key: "number",
      title: a("number"),
      width: "8rem",
      isSortable: true,
      render: ({ account }) => account.uin,
    },
    {
      key: "state",
      title: a("state"),
      width: "9rem",
      isSortable: true,
      render: ({ account }) => <StateBadge state={account.state} />,
    },
    !isCompact && {
      key: "since",
      title: a("sinceWhen"),
      width: "6rem",
      isSortable: true,
      render: ({ account }) => shortTime(account.since),
    },
    !isCompact && {
      key: "presence",
      title: a("presence"),
      width: "6rem",
      render: ({ account: { state, status } }) =>
        state === "online" && status !== undefined ? t(status) : "",
    },
    !isCompact && {
      key: "poll",
      title: a("lastPoll"),
      width: "6rem",
      render: ({ account: { lastPollAt } }) =>
        lastPollAt === undefined ? a("never") : shortTime(lastPollAt),
    },
    !isCompact && {
      key: "waiting",
      title: a("waiting"),
      width: "6rem",
      isNumber: true,
      isSortable: true,
      render: ({ account }) => account.waiting ?? 0,
    },
    {
      key: "unread",
      title: a("unread"),
      width: "5rem",
      isNumber: true,
      isSortable: true,
      render: ({ unread }) => unread,
    },
    !isCompact && {
      key: "requests",
      title: a("requests"),
      width: "6rem",
      isNumber: true,
      isSortable: true,
      render: ({ requests }) => requests,
    },
  ];
  return all.filter((one) => one !== false);
}

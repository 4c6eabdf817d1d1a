/** Details of an account: state, history, presence, changes, removal. @module */

import type { EventFrame, FrameOf } from "../../../../../lib/frames/events.ts";
import { type Status, STATUSES } from "../../../../../lib/protocol/codes.ts";
import { Name } from "../../app/name.tsx";
import { formatLink, go } from "../../app/router.ts";
import { StateBadge } from "../../app/state_badge.tsx";
import {
  Action,
  Failure,
  offlineReason,
  Outcome,
  useTask,
} from "../../app/task.tsx";
import { useEffect, useState } from "../../deps.ts";
import { command } from "../../link/link.ts";
import { hasScope } from "../../link/session.ts";
import { type Account, noteStatus } from "../../store/accounts.ts";
import { t } from "../../texts/strings.ts";
import { wholeTime } from "../../texts/times.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { actAndLoad, DO_TEXTS, isOut } from "./actions.ts";
import { ChangeAccount } from "./account_forms.tsx";
import { a } from "./texts.ts";

const DAY_MS = 24 * 3600_000;

/** Number of state changes in the timeline. */
const SHOWN = 100;

export function AccountDetail(
  { account, onRemove }: { account: Account; onRemove: () => void },
) {
  const { uin } = account;
  const task = useTask();
  return (
    <section class="card detail" aria-labelledby="account-title" data-region>
      <header class="who">
        <Face face={account.face} size="large" />
        <div>
          <h2 id="account-title">
            <Name person={account} uin={uin} />
          </h2>
          <p class="hint">{uin}</p>
        </div>
        <button
          type="button"
          class="quiet ui-square"
          aria-label={a("close")}
          onClick={() =>
            go(formatLink("accounts"))}
        >
          <Icon name="close" />
        </button>
      </header>
      <StateLine account={account} />
      <Why account={account} />
      <div class="actions">
        <a class="button" href={formatLink("chats", [uin])}>
          {t("openChats")}
        </a>
        {hasScope("manage") && (
          <Action
            disabled={task.busy}
            onClick={() =>
              task.run(
                () => actAndLoad(uin, isOut(account) ? "login" : "logout"),
                isOut(account) ? "login" : "logout",
              )}
          >
            {t(isOut(account) ? "logIn" : "logOut")}
          </Action>
        )}
      </div>
      <Failure task={task} />
      {hasScope("manage")
        ? <Presence account={account} />
        : <p class="hint">{a("readOnly")}</p>}
      <Timeline uin={uin} state={account.state} />
      {hasScope("manage") && (
        <>
          <ChangeAccount key={uin} uin={uin} />
          <h3>{a("danger")}</h3>
          <div class="actions">
            <Action onClick={onRemove}>
              {a("removeAccount", { uin })}
            </Action>
          </div>
        </>
      )}
    </section>
  );
}

export function StateLine({ account: { state, since } }: { account: Account }) {
  return (
    <p class="state-line">
      <StateBadge state={state} />
      <time dateTime={since}>{t("since", { when: wholeTime(since) })}</time>
    </p>
  );
}

/** What to do, once and in the user's language; the bridge's own words can be unfolded. */
export function Why({ account }: { account: Account }) {
  const { state, reason, action } = account;
  const help = DO_TEXTS[state];
  if (help === undefined) return null;
  return (
    <div class="why">
      <p>{a(help)}</p>
      {(reason ?? action) !== undefined && (
        <details>
          <summary>{t("details")}</summary>
          <p lang="en" dir="auto">
            {[reason, action].filter(Boolean).join(". ")}
          </p>
        </details>
      )}
    </div>
  );
}

/** Presence as it is, and the choice of another. */
function Presence({ account: { uin, status, state } }: { account: Account }) {
  const task = useTask();
  return (
    <div>
      <label class="field">
        <span>{t("presence")}</span>
        <select
          value={status ?? ""}
          disabled={task.busy || state !== "online" ||
            offlineReason() !== undefined}
          title={offlineReason()}
          onChange={({ currentTarget }) => {
            const next = currentTarget.value as Status;
            return task.run(async () => {
              await command("setStatus", { status: next }, { account: uin });
              noteStatus(uin, next);
              return a("presenceSet", { status: t(next) });
            }, "setStatus");
          }}
        >
          {status === undefined && <option value="">{a("notSet")}</option>}
          {Object.keys(STATUSES).map((one) => (
            <option key={one} value={one}>{t(one as Status)}</option>
          ))}
        </select>
      </label>
      <Outcome task={task} />
    </div>
  );
}

type StateFrame = Extract<
  EventFrame,
  FrameOf<"event"> & { event: "account.state" }
>;

function Timeline({ uin, state }: { uin: string; state: string }) {
  const [events, setEvents] = useState<readonly StateFrame[]>();
  const [isMore, setMore] = useState(false);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      const page = await command("history", {
        events: ["account.state"],
        since: new Date(Date.now() - DAY_MS).toISOString(),
        before: Number.MAX_SAFE_INTEGER,
        limit: SHOWN,
      }, { account: uin });
      setEvents((page.events as StateFrame[]).toReversed());
      setMore(page.events.length === SHOWN && page.more);
    }, "history");
  }, [uin, state]);
  return (
    <div>
      <h3>{a("timeline")}</h3>
      <Failure task={task} />
      {events?.length === 0 && <p class="hint">{a("timelineEmpty")}</p>}
      <ol class="timeline">
        {events?.map((frame) => (
          <li key={frame.seq}>
            <time dateTime={frame.at}>{wholeTime(frame.at)}</time>
            <StateBadge state={frame.data.state} />
          </li>
        ))}
      </ol>
      {isMore && <p class="hint">{a("timelineMore", { n: SHOWN })}</p>}
    </div>
  );
}

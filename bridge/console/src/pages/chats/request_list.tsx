/** List of friend requests, to accept, refuse or remove. @module */

import { p } from "./people_texts.ts";
import { BridgeError } from "../../../../../lib/bridge_client/bridge_error.ts";
import { Name } from "../../app/name.tsx";
import { Action, offlineReason, Outcome, useTask } from "../../app/task.tsx";
import { useEffect, useState } from "../../deps.ts";
import { hasScope } from "../../link/session.ts";
import { accounts } from "../../store/accounts.ts";
import {
  answerRequest,
  type FriendRequest,
  loadRequests,
  requests,
} from "../../store/inbox.ts";
import { nameOf, personOf, showPeople } from "../../store/people.ts";
import { t } from "../../texts/strings.ts";
import { shortTime } from "../../texts/times.ts";
import { toVisible } from "../../texts/visible.ts";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { Face } from "../../ui/face.tsx";
import { Nothing } from "../../ui/states.tsx";
import { c } from "./texts.ts";

/** Maximum number of requests drawn; the rest are counted. */
const SHOWN = 100;

export function RequestList({ view }: { view: string }) {
  const task = useTask();
  useEffect(() => void loadRequests().catch(() => {}), [view]);
  const { list, total } = requests.value;
  const own = view === "all"
    ? list
    : list.filter(({ account }) => account === view);
  const shown = own.slice(0, SHOWN);
  useEffect(() => {
    for (const account of new Set(shown.map((one) => one.account))) {
      showPeople(
        "requests",
        account,
        shown.filter((one) => one.account === account).map(({ from }) => from),
      );
    }
  }, [own]);
  return (
    <div class="scroll">
      <Outcome task={task} />
      {own.length === 0 && <Nothing title={p("noRequests")} />}
      <ul class="requests">
        {shown.map((one) => (
          <Request
            key={`${one.account}/${one.from}/${one.seq}`}
            request={one}
            hasAccount={view === "all"}
            task={task}
          />
        ))}
      </ul>
      {own.length > shown.length && (
        <p class="hint">
          {c("requestsMore", {
            n: shown.length,
            total: view === "all" ? total : own.length,
          })}
        </p>
      )}
    </div>
  );
}

function Request(
  { request, hasAccount, task }: {
    request: FriendRequest;
    hasAccount: boolean;
    task: ReturnType<typeof useTask>;
  },
) {
  const { account, from, text, at } = request;
  const [isStale, setStale] = useState(false);
  const [isRefusing, setRefusing] = useState(false);
  const [isDropping, setDropping] = useState(false);
  const person = personOf(account, from);
  const name = toVisible(nameOf(person, from));
  const answer = (
    which: "accept" | "refuse" | "dismiss",
    reason = "",
  ) =>
    task.run(async () => {
      try {
        await answerRequest(request, which, reason);
      } catch (error) {
        // It was answered elsewhere, or can be answered no more.
        if (error instanceof BridgeError && error.code === "rejected") {
          setStale(true);
        }
        throw error;
      }
      return which === "dismiss"
        ? c("dismissed")
        : p(which === "accept" ? "accepted" : "refused", { name });
    }, "answerRequest");
  return (
    <li class="card" aria-label={p("requestFrom", { name })}>
      <div class="who">
        <Face face={person?.face} />
        <div>
          <p>
            <Name person={person} uin={from} />
          </p>
          <p class="hint">
            {from} · <time dateTime={at}>{shortTime(at)}</time>
            {hasAccount &&
              ` · ${
                c("asAccount", {
                  name: toVisible(nameOf(accounts.get(account), account)),
                })
              }`}
          </p>
        </div>
      </div>
      {text !== "" && <blockquote dir="auto">{text}</blockquote>}
      {hasScope("manage") && (
        <div class="actions">
          {!isStale && (
            <>
              <Action
                class="primary"
                disabled={task.busy}
                onClick={() => answer("accept")}
              >
                {p("accept")}
              </Action>
              <Action
                disabled={task.busy}
                onClick={() => setRefusing(true)}
              >
                {p("refuse")}
              </Action>
            </>
          )}
          <Action
            class="quiet"
            disabled={task.busy}
            // What can be answered no more is no loss.
            onClick={() => isStale ? answer("dismiss") : setDropping(true)}
          >
            {c("dismissRequest")}
          </Action>
        </div>
      )}
      {isDropping && (
        <ConfirmDialog
          title={c("dismissTitle", { name })}
          action={c("dismissRequest")}
          disabledBecause={offlineReason()}
          onClose={() => setDropping(false)}
          onConfirm={() => {
            setDropping(false);
            void answer("dismiss");
          }}
        >
          <p>{c("dismissAsk", { name })}</p>
        </ConfirmDialog>
      )}
      {isRefusing && (
        <RefuseDialog
          name={name}
          onClose={() => setRefusing(false)}
          onRefuse={(reason) => {
            setRefusing(false);
            void answer("refuse", reason);
          }}
        />
      )}
    </li>
  );
}

function RefuseDialog(
  { name, onClose, onRefuse }: {
    name: string;
    onClose: () => void;
    onRefuse: (reason: string) => void;
  },
) {
  const [reason, setReason] = useState("");
  return (
    <Dialog
      title={c("refuseTitle", { name })}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>{t("cancel")}</button>
          <Action
            class="danger primary"
            onClick={() => onRefuse(reason.trim())}
          >
            {p("refuse")}
          </Action>
        </>
      }
    >
      <label class="field">
        <span>{c("refuseText")}</span>
        <input
          maxLength={256}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}

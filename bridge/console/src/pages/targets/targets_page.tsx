/** Page of the targets: where the bridge connects or posts by itself. @module */

import {
  TARGET_STATES,
  type TargetChange,
  type TargetInfo,
} from "../../../../../lib/frames/targets.ts";
import { useState } from "../../deps.ts";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { Failure, Outcome, type Task, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { t } from "../../texts/strings.ts";
import { exactTime, shortTime } from "../../texts/times.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { Nothing } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import { TargetForm } from "./target_form.tsx";
import css from "./targets.css" with { type: "text" };
import { tt } from "./texts.ts";

addStyle(css);

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 5000;

/** Maximum number of targets of the page, which is that of one answer. */
const MAX_TARGETS = 500;

export function TargetsPage() {
  const [editing, setEditing] = useState<TargetInfo | "new">();
  const [removing, setRemoving] = useState<TargetInfo>();
  const task = useTask();
  const poll = usePoll(
    (options) => command("targets", { limit: MAX_TARGETS }, options),
    POLL_MS,
  );
  const change = (params: TargetChange, done: "saved" | "retried") =>
    void task.run(async () => {
      await command("setTarget", params);
      await poll.reload();
      return tt(done);
    }, "setTarget");
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("targets")}</h1>
        <button
          type="button"
          class="primary"
          onClick={() => setEditing("new")}
        >
          <Icon name="add" />
          {tt("addTarget")}
        </button>
      </header>
      <p class="hint">{tt("lead")}</p>
      <Outcome task={task} />
      <Polled poll={poll}>
        {({ targets }) =>
          targets.length === 0
            ? <Nothing title={tt("nothing")} hint={tt("nothingHint")} />
            : (
              <ul class="cards">
                {targets.map((target) => (
                  <TargetCard
                    key={target.id}
                    target={target}
                    task={task}
                    onChange={change}
                    onEdit={() => setEditing(target)}
                    onRemove={() => setRemoving(target)}
                  />
                ))}
              </ul>
            )}
      </Polled>
      {editing !== undefined && (
        <TargetForm
          target={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            void task.run(async () => {
              await poll.reload();
              return tt("saved");
            });
          }}
        />
      )}
      {removing !== undefined && (
        <RemoveTarget
          target={removing}
          onClose={() => setRemoving(undefined)}
          onRemoved={() => {
            setRemoving(undefined);
            void task.run(async () => {
              await poll.reload();
              return tt("removed");
            });
          }}
        />
      )}
    </div>
  );
}

function TargetCard(
  { target, task, onChange, onEdit, onRemove }: {
    target: TargetInfo;
    task: Task;
    onChange: (params: TargetChange, done: "saved" | "retried") => void;
    onEdit: () => void;
    onRemove: () => void;
  },
) {
  const { id, kind, url, account, enabled, from, states, lastError } = target;
  const lines = TARGET_STATES.filter((state) => (states[state] ?? 0) > 0);
  const items: MenuItem[] = [
    { text: tt("edit"), icon: "edit", onChoose: onEdit },
    {
      text: tt(enabled ? "disable" : "enable"),
      icon: enabled ? "pause" : "run",
      onChoose: () => onChange({ id, enabled: !enabled }, "saved"),
    },
    { text: tt("remove"), icon: "remove", isDanger: true, onChoose: onRemove },
  ];
  return (
    <li class="card target" aria-label={url}>
      <header>
        <div>
          <h2>
            <bdi>{url}</bdi>
          </h2>
          <p class="hint">
            {tt(kind)} · {account ?? tt("allAccounts")}
          </p>
        </div>
        {from === "store" && (
          <Menu name={tt("actionsFor", { url })} items={items} />
        )}
      </header>
      <p class="lines">
        {!enabled && <span class="state">{tt("disabled")}</span>}
        {enabled && lines.length === 0 && (
          <span class="state">{tt("noLines")}</span>
        )}
        {enabled && lines.map((state) => (
          <span
            key={state}
            class={`state ${
              state === "open"
                ? "online"
                : state === "retrying"
                ? "refused"
                : "connecting"
            }`}
          >
            {tt(state, { n: states[state] ?? 0 })}
          </span>
        ))}
      </p>
      <dl class="facts">
        <div>
          <dt>{tt("lag")}</dt>
          <dd>{target.lag}</dd>
        </div>
        <div>
          <dt>{tt("delivered")}</dt>
          <dd>{target.delivered}</dd>
        </div>
        <div>
          <dt>{tt("failures")}</dt>
          <dd>{target.failures}</dd>
        </div>
      </dl>
      {lastError !== undefined && (states.open ?? 0) === 0 && (
        <div class="error">
          <p>
            {tt("lastError", {
              time: shortTime(lastError.at),
              account: lastError.account,
            })}
          </p>
          <p lang="en" dir="auto">{lastError.message}</p>
          {target.nextAttemptAt !== undefined && (
            <p>
              {tt("nextAttempt", { time: exactTime(target.nextAttemptAt) })}
            </p>
          )}
        </div>
      )}
      {from === "flag"
        ? <p class="hint">{tt("fromFlag")}</p>
        : enabled && (
          <div class="actions">
            <button
              type="button"
              class="small"
              disabled={task.busy}
              onClick={() => onChange({ id }, "retried")}
            >
              <Icon name="retry" size={16} />
              {tt("retryNow")}
            </button>
          </div>
        )}
    </li>
  );
}

function RemoveTarget(
  { target: { id, url }, onRemoved, onClose }: {
    target: TargetInfo;
    onRemoved: () => void;
    onClose: () => void;
  },
) {
  const task = useTask();
  return (
    <ConfirmDialog
      title={tt("removeTarget", { url })}
      action={tt("remove")}
      isBusy={task.busy}
      onClose={onClose}
      onConfirm={() =>
        void task.run(async () => {
          await command("removeTarget", { id });
          onRemoved();
        }, "removeTarget")}
    >
      <p>{tt("removeAsk")}</p>
      <Failure task={task} />
    </ConfirmDialog>
  );
}

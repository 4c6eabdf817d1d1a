/** A target: its lines, what it has taken, its last error, and what can be done with it. @module */

import {
  TARGET_STATES,
  type TargetChange,
  type TargetInfo,
} from "../../../../../lib/frames/targets.ts";
import { formatLink } from "../../app/router.ts";
import { o } from "../../app/operate/texts.ts";
import { Action, offlineItem, type Task } from "../../app/task.tsx";
import { t } from "../../texts/strings.ts";
import { exactTime, shortTime } from "../../texts/times.ts";
import { Icon } from "../../ui/icon.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { tt } from "./texts.ts";

export function TargetCard(
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
  const offline = offlineItem();
  const items: MenuItem[] = [
    { text: tt("edit"), icon: "edit", ...offline, onChoose: onEdit },
    {
      text: tt(enabled ? "disable" : "enable"),
      icon: enabled ? "pause" : "run",
      ...offline,
      onChoose: () => onChange({ id, enabled: !enabled }, "saved"),
    },
    {
      text: tt("remove"),
      icon: "remove",
      isDanger: true,
      ...offline,
      onChoose: onRemove,
    },
  ];
  return (
    <article class="card target" aria-label={url}>
      <header>
        <div>
          <h2>
            <a href={formatLink("targets", [id])}>
              <bdi>{url}</bdi>
            </a>
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
      {lastError !== undefined && enabled && isFailing(states) && (
        <div class="error">
          <p>
            {tt("lastError", {
              time: shortTime(lastError.at),
              account: lastError.account,
            })}
          </p>
          <p>{o(lastError.code)}</p>
          <details>
            <summary>{t("details")}</summary>
            <p lang="en" dir="auto">{lastError.message}</p>
          </details>
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
            <Action
              class="small"
              disabled={task.busy}
              onClick={() => onChange({ id }, "retried")}
            >
              <Icon name="retry" size={16} />
              {tt("retryNow")}
            </Action>
          </div>
        )}
    </article>
  );
}

/** Whether a line waits for its next attempt, or none has been open since the last one failed. */
function isFailing({ open = 0, retrying = 0 }: TargetInfo["states"]): boolean {
  return retrying > 0 || open === 0;
}

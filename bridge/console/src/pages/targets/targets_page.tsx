/** Page of the targets: where the bridge connects or posts by itself. @module */

import type {
  TargetChange,
  TargetInfo,
} from "../../../../../lib/frames/targets.ts";
import { useState } from "../../deps.ts";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { formatLink, go, type PageProps } from "../../app/router.ts";
import {
  Action,
  Failure,
  offlineReason,
  Outcome,
  useTask,
} from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { noteTargets } from "../../store/troubles.ts";
import { t } from "../../texts/strings.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Nothing } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import { TargetForm } from "./target_form.tsx";
import { TargetCard } from "./target_card.tsx";
import { TargetFacts } from "./target_facts.tsx";
import css from "./targets.css" with { type: "text" };
import { tt } from "./texts.ts";

addStyle(css);

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 5000;

/** Maximum number of targets of the page, which is that of one answer. */
const MAX_TARGETS = 500;

export function TargetsPage({ params: { id: shown } }: PageProps) {
  const [editing, setEditing] = useState<TargetInfo | "new">();
  const [removing, setRemoving] = useState<TargetInfo>();
  const task = useTask();
  const poll = usePoll(
    async (options) => {
      const found = await command("targets", { limit: MAX_TARGETS }, options);
      noteTargets(found.targets);
      return found;
    },
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
        <Action class="primary" onClick={() => setEditing("new")}>
          <Icon name="add" />
          {tt("addTarget")}
        </Action>
      </header>
      {shown === undefined ? <p class="hint">{tt("lead")}</p> : (
        <p>
          <a href={formatLink("targets")}>{tt("showAll")}</a>
        </p>
      )}
      <Outcome task={task} />
      <Polled poll={poll}>
        {({ targets }) => {
          const card = (target: TargetInfo) => (
            <TargetCard
              target={target}
              task={task}
              onChange={change}
              onEdit={() => setEditing(target)}
              onRemove={() => setRemoving(target)}
            />
          );
          if (shown !== undefined) {
            const target = targets.find(({ id }) => id === shown);
            return target === undefined
              ? <Nothing title={tt("noTarget")} />
              : (
                <div class="target-detail">
                  {card(target)}
                  <TargetFacts target={target} />
                </div>
              );
          }
          return targets.length === 0
            ? <Nothing title={tt("nothing")} hint={tt("nothingHint")} />
            : (
              <ul class="cards">
                {targets.map((target) => <li key={target.id}>{card(target)}
                </li>)}
              </ul>
            );
        }}
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
            if (shown !== undefined) go(formatLink("targets"));
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
      disabledBecause={offlineReason()}
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

/** Page of the connections: clients and consumers. @module */

import type { OpenConnectionInfo } from "../../../../../lib/frames/connections.ts";
import type { ConsumerInfo } from "../../../../../lib/frames/frames.ts";
import { useState } from "../../deps.ts";
import { type DataColumn, DataTable } from "../../app/operate/data_table.tsx";
import { o } from "../../app/operate/texts.ts";
import { type Poll, Polled, usePoll } from "../../app/operate/poll.tsx";
import { formatLink, type PageProps } from "../../app/router.ts";
import { Failure, Outcome, type Task, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { hasScope } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { formatDuration, shortTime, wholeTime } from "../../texts/times.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Nothing } from "../../ui/states.tsx";
import { ReplayDialog } from "./replay_dialog.tsx";

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 5000;

const PAGE = 100;

/** Age from which a consumer counts as unused, in milliseconds: 30 days. */
const UNUSED_MS = 30 * 86_400_000;

export function ConnectionsPage({ params }: PageProps) {
  const isConsumers = params["view"] === "consumers";
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("connections")}</h1>
      </header>
      <nav class="page-tabs" aria-label={t("connections")}>
        <a
          href={formatLink("connections")}
          aria-current={isConsumers ? undefined : "page"}
        >
          {o("clients")}
        </a>
        <a
          href={formatLink("connections", ["consumers"])}
          aria-current={isConsumers ? "page" : undefined}
        >
          {o("consumers")}
        </a>
      </nav>
      {!hasScope("manage") && (
        <p class="hint">{o("readOnly", { scope: "manage" })}</p>
      )}
      {isConsumers ? <Consumers /> : <Clients />}
    </div>
  );
}

function Clients() {
  const [most, setMost] = useState(PAGE);
  const poll = usePoll(
    (options) => command("connections", { limit: most }, options),
    POLL_MS,
    String(most),
  );
  const task = useTask();
  return (
    <>
      <p class="hint">{o("connectionsLead")}</p>
      <Outcome task={task} />
      <Polled poll={poll}>
        {({ connections, total }) =>
          connections.length === 0 ? <Nothing title={o("noConnections")} /> : (
            <>
              <DataTable
                name={o("clients")}
                columns={clientColumns()}
                rows={connections}
                keyOf={({ id }) => id}
                {...(hasScope("manage")
                  ? {
                    actions: (one: OpenConnectionInfo) => (
                      <Menu
                        name={o("actionsFor", { name: one.id })}
                        items={[{
                          text: o("disconnect"),
                          icon: "offline",
                          onChoose: () => disconnect(one, task, poll),
                        }]}
                      />
                    ),
                  }
                  : {})}
              />
              <More
                shown={connections.length}
                total={total}
                onMore={() => setMost(Math.min(500, most + PAGE))}
              />
            </>
          )}
      </Polled>
    </>
  );
}

function disconnect(
  { id, token }: OpenConnectionInfo,
  task: Task,
  poll: Poll<unknown>,
): void {
  void task.run(async () => {
    await command("disconnect", { connection: id });
    await poll.reload();
    return o("disconnected", { name: `${token} ${id}` });
  }, "disconnect");
}

function More(
  { shown, total, onMore }: {
    shown: number;
    total: number;
    onMore: () => void;
  },
) {
  if (shown >= total) return null;
  return (
    <p class="actions">
      {o("shownOf", { n: shown, total })}
      {shown < 500 && (
        <button type="button" class="small" onClick={onMore}>
          {o("showMore")}
        </button>
      )}
    </p>
  );
}

function clientColumns(): DataColumn<OpenConnectionInfo>[] {
  return [
    {
      title: o("kind"),
      render: ({ kind, id }) => (
        <span>
          {kind}
          <small>{id}</small>
        </span>
      ),
    },
    { title: o("owner"), render: ({ token }) => token },
    { title: o("address"), render: ({ address }) => address ?? "—" },
    {
      title: o("since"),
      render: ({ since }) => (
        <span title={wholeTime(since)}>{shortTime(since)}</span>
      ),
    },
    {
      title: o("events"),
      isMinor: true,
      render: ({ events, position }) =>
        position === undefined
          ? o("none")
          : events === undefined
          ? o("all")
          : (
            <span title={events.join(", ")}>
              {events.slice(0, 2).join(", ")}
              {events.length > 2 && ` +${events.length - 2}`}
            </span>
          ),
    },
    {
      title: o("consumer"),
      render: ({ consumer }) => consumer?.split("/").at(-1) ?? "—",
    },
    { title: o("lag"), isNumber: true, render: ({ lag }) => lag },
    {
      title: o("unacked"),
      isNumber: true,
      isMinor: true,
      render: ({ unacked }) => unacked,
    },
    {
      title: o("buffered"),
      isNumber: true,
      isMinor: true,
      render: ({ bufferedBytes }) => bufferedBytes,
    },
    {
      title: o("commandsNow"),
      isNumber: true,
      isMinor: true,
      render: ({ commands }) => commands,
    },
  ];
}

function Consumers() {
  const [most, setMost] = useState(PAGE);
  const [replaying, setReplaying] = useState<ConsumerInfo>();
  const [removing, setRemoving] = useState<ConsumerInfo>();
  const poll = usePoll(
    (options) => command("consumers", { limit: most }, options),
    POLL_MS,
    String(most),
  );
  const task = useTask();
  const itemsOf = (one: ConsumerInfo) => {
    const held = one.connection === undefined
      ? {}
      : { disabledBecause: o("isHeld") };
    return [
      {
        text: o("replay"),
        icon: "retry" as const,
        ...held,
        onChoose: () => setReplaying(one),
      },
      {
        text: o("remove"),
        icon: "remove" as const,
        isDanger: true,
        ...held,
        onChoose: () => setRemoving(one),
      },
    ];
  };
  return (
    <>
      <p class="hint">{o("consumersLead")}</p>
      <Outcome task={task} />
      <Polled poll={poll}>
        {({ consumers, next }) =>
          consumers.length === 0
            ? (
              <Nothing
                title={o("noConsumers")}
                hint={o("noConsumersHint")}
              />
            )
            : (
              <>
                <DataTable
                  name={o("consumers")}
                  columns={consumerColumns()}
                  rows={consumers}
                  keyOf={({ id }) => id}
                  {...(hasScope("manage")
                    ? {
                      actions: (one: ConsumerInfo) => (
                        <Menu
                          name={o("actionsFor", { name: one.name })}
                          items={itemsOf(one)}
                        />
                      ),
                    }
                    : {})}
                />
                {next !== undefined && most < 500 && (
                  <button
                    type="button"
                    onClick={() => setMost(most + PAGE)}
                  >
                    {o("showMore")}
                  </button>
                )}
              </>
            )}
      </Polled>
      {replaying !== undefined && (
        <ReplayDialog
          consumer={replaying}
          onMoved={(position) =>
            void task.run(async () => {
              await poll.reload();
              return o("moved", { name: replaying.name, position });
            })}
          onClose={() => setReplaying(undefined)}
        />
      )}
      {removing !== undefined && (
        <RemoveConsumer
          consumer={removing}
          onRemoved={() =>
            void task.run(async () => {
              await poll.reload();
              return o("removed", { name: removing.name });
            })}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}

function consumerColumns(): DataColumn<ConsumerInfo>[] {
  return [
    {
      title: o("name"),
      render: ({ name, kind, id, lastSeenAt, connection }) => (
        <span title={id}>
          {name}
          <small>
            {connection === undefined &&
                Date.now() - Date.parse(lastSeenAt) > UNUSED_MS
              ? o("unused")
              : kind}
          </small>
        </span>
      ),
    },
    { title: o("owner"), render: ({ token }) => token },
    { title: o("position"), isNumber: true, render: (one) => one.position },
    { title: o("lag"), isNumber: true, render: ({ lag }) => lag },
    {
      title: o("lagTime"),
      isNumber: true,
      render: ({ lagMs }) => lagMs === 0 ? "—" : formatDuration(lagMs),
    },
    {
      title: o("unacked"),
      isNumber: true,
      isMinor: true,
      render: ({ unacked }) => unacked,
    },
    {
      title: o("lastSeen"),
      render: ({ lastSeenAt, connection }) =>
        connection === undefined
          ? <span title={wholeTime(lastSeenAt)}>{shortTime(lastSeenAt)}</span>
          : o("connectedNow"),
    },
  ];
}

function RemoveConsumer(
  { consumer: { id, name }, onRemoved, onClose }: {
    consumer: ConsumerInfo;
    onRemoved: () => void;
    onClose: () => void;
  },
) {
  const task = useTask();
  return (
    <ConfirmDialog
      title={o("removeConsumer", { name })}
      action={o("remove")}
      isBusy={task.busy}
      onClose={onClose}
      onConfirm={() =>
        void task.run(async () => {
          await command("removeConsumer", { id });
          onClose();
          onRemoved();
        }, "removeConsumer")}
    >
      <p>{o("removeConsumerAsk")}</p>
      <Failure task={task} />
    </ConfirmDialog>
  );
}

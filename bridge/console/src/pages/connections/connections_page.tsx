/** Page of the connections: clients and consumers. @module */

import type { OpenConnectionInfo } from "../../../../../lib/frames/connections.ts";
import type { ConsumerInfo } from "../../../../../lib/frames/frames.ts";
import { useState } from "../../deps.ts";
import { type DataColumn, DataTable } from "../../app/operate/data_table.tsx";
import { DetailPanel, type Facts } from "../../app/operate/detail_panel.tsx";
import { o } from "../../app/operate/texts.ts";
import { type Poll, Polled, usePoll } from "../../app/operate/poll.tsx";
import { formatLink, go, type PageProps } from "../../app/router.ts";
import {
  Action,
  Failure,
  offlineItem,
  offlineReason,
  Outcome,
  type Task,
  useTask,
} from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { hasScope } from "../../link/session.ts";
import { noteConsumers } from "../../store/troubles.ts";
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

export function ConnectionsPage({ params, query }: PageProps) {
  const isConsumers = params["view"] === "consumers";
  const shown = query.get("id") ?? undefined;
  return (
    <div class={shown === undefined ? "page" : "page with-detail"}>
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
      {isConsumers ? <Consumers shown={shown} /> : <Clients shown={shown} />}
    </div>
  );
}

function Clients({ shown }: { shown: string | undefined }) {
  const [most, setMost] = useState(PAGE);
  const poll = usePoll(
    (options) => command("connections", { limit: most }, options),
    POLL_MS,
    String(most),
  );
  const task = useTask();
  const detail = poll.data?.connections.find(({ id }) => id === shown);
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
                          ...offlineItem(),
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
      {shown !== undefined && poll.data !== undefined && (
        <DetailPanel
          key={shown}
          title={o("connectionOf", { id: shown })}
          facts={detail === undefined ? [] : clientFacts(detail)}
          onClose={() => go(formatLink("connections"))}
        >
          {detail === undefined ? <p>{o("connectionGone")}</p> : (
            hasScope("manage") && (
              <>
                <Action
                  class="small"
                  disabled={task.busy}
                  onClick={() => disconnect(detail, task, poll)}
                >
                  {o("disconnect")}
                </Action>
                <a
                  class="button small"
                  href={formatLink("logs", [], {
                    level: "debug",
                    connection: detail.id,
                  })}
                >
                  {o("showLog")}
                </a>
              </>
            )
          )}
        </DetailPanel>
      )}
    </>
  );
}

/** Everything about a connection, also what a narrow table leaves out. */
function clientFacts(one: OpenConnectionInfo): Facts {
  const { accounts, events, position } = one;
  return [
    [o("kind"), one.kind],
    [o("owner"), one.token],
    [o("address"), one.address ?? "—"],
    [o("since"), wholeTime(one.since)],
    [
      o("accountsOf"),
      accounts === "all" ? o("all") : t("someAccounts", { n: accounts }),
    ],
    [
      o("events"),
      position === undefined ? o("none") : events?.join(", ") ?? o("all"),
    ],
    [o("consumer"), one.consumer ?? "—"],
    [o("position"), position ?? "—"],
    [o("lag"), one.lag],
    [o("unacked"), one.unacked],
    [o("buffered"), one.bufferedBytes],
    [o("commandsNow"), one.commands],
  ];
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
        <a href={formatLink("connections", [], { id })}>
          {kind}
          <small>{id}</small>
        </a>
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

function Consumers({ shown }: { shown: string | undefined }) {
  const [most, setMost] = useState(PAGE);
  const [replaying, setReplaying] = useState<ConsumerInfo>();
  const [removing, setRemoving] = useState<ConsumerInfo>();
  const poll = usePoll(
    async (options) => {
      const found = await command("consumers", { limit: most }, options);
      noteConsumers(found.consumers);
      return found;
    },
    POLL_MS,
    String(most),
  );
  const task = useTask();
  const itemsOf = (one: ConsumerInfo) => {
    const held = one.connection === undefined
      ? offlineItem()
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
  const detail = poll.data?.consumers.find(({ id }) => id === shown);
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
      {shown !== undefined && poll.data !== undefined && (
        <DetailPanel
          key={shown}
          title={detail?.name ?? shown}
          facts={detail === undefined ? [] : consumerFacts(detail)}
          onClose={() => go(formatLink("connections", ["consumers"]))}
        >
          {detail === undefined && <p>{o("consumerGone")}</p>}
          {detail?.connection !== undefined && (
            <a
              class="button small"
              href={formatLink("connections", [], { id: detail.connection })}
            >
              {o("showConnection")}
            </a>
          )}
        </DetailPanel>
      )}
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

function consumerFacts(one: ConsumerInfo): Facts {
  return [
    [o("id"), one.id],
    [o("kind"), one.kind],
    [o("owner"), one.token],
    [o("position"), one.position],
    [o("lag"), one.lag],
    [o("lagTime"), one.lagMs === 0 ? "—" : formatDuration(one.lagMs)],
    [o("unacked"), one.unacked],
    [o("connection"), one.connection ?? o("none")],
    [o("lastSeen"), wholeTime(one.lastSeenAt)],
  ];
}

function consumerColumns(): DataColumn<ConsumerInfo>[] {
  return [
    {
      title: o("name"),
      render: ({ name, kind, id, lastSeenAt, connection }) => (
        <a href={formatLink("connections", ["consumers"], { id })}>
          {name}
          <small>
            {connection === undefined &&
                Date.now() - Date.parse(lastSeenAt) > UNUSED_MS
              ? o("unused")
              : kind}
          </small>
        </a>
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
      disabledBecause={offlineReason()}
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

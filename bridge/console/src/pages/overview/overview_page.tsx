/** Page that says whether everything works, and if not, what to do. @module */

import type { ComponentChildren } from "../../deps.ts";
import { useEffect, useRef, useState } from "../../deps.ts";
import type { BridgeLane } from "../../../../../lib/bridge_client/lanes.ts";
import { ACCOUNT_STATES } from "../../../../../lib/frames/events.ts";
import { formatLink } from "../../app/address.ts";
import { type ErrorText, explainError } from "../../app/errors.ts";
import { StateBadge } from "../../app/state_badge.tsx";
import { status } from "../../link/link.ts";
import { exactTime, wholeTime } from "../../texts/times.ts";
import { Icon } from "../../ui/icon.tsx";
import { Failed, Loading } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./overview.css" with { type: "text" };
import { loadOverview } from "./overview_data.ts";
import {
  addSeries,
  findProblems,
  lastOf,
  type OverviewData,
} from "./problems.ts";
import { ProblemList } from "./problem_list.tsx";
import { Sparkline } from "./sparkline.tsx";
import { formatBytes, formatDuration, o } from "./texts.ts";

addStyle(css);

/** Time between two loads while the page is visible, in milliseconds. */
const EVERY_MS = 15_000;

export function OverviewPage() {
  const [data, setData] = useState<OverviewData>();
  const [at, setAt] = useState(0);
  const [failure, setFailure] = useState<ErrorText>();
  const run = useRef(0);
  const isOpen = status.value.state === "open";
  const load = async (lane: BridgeLane) => {
    const own = ++run.current;
    try {
      const loaded = await loadOverview(lane);
      if (own !== run.current) return;
      setData(loaded);
      setAt(Date.now());
      setFailure(undefined);
    } catch (error) {
      if (own === run.current) setFailure(explainError(error));
    }
  };
  useEffect(() => {
    if (!isOpen) return;
    void load("user");
    const again = () => {
      if (!document.hidden) void load("background");
    };
    const timer = setInterval(again, EVERY_MS);
    document.addEventListener("visibilitychange", again);
    return () => {
      run.current++;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [isOpen]);
  return (
    <div class={isOpen ? "page overview" : "page overview stale"}>
      <header class="page-head">
        <h1>{o("overview")}</h1>
        {data !== undefined && !isOpen && (
          <p class="hint">{o("asOf", { time: exactTime(at) })}</p>
        )}
      </header>
      {failure !== undefined && isOpen && (
        <Failed
          text={failure.text}
          details={failure.details}
          onRetry={() => void load("user")}
        />
      )}
      {data === undefined
        ? failure === undefined && <Loading onRetry={() => void load("user")} />
        : data.accountCount === 0
        ? <FirstSteps />
        : <Content data={data} />}
    </div>
  );
}

function Content({ data }: { data: OverviewData }) {
  const problems = findProblems(data);
  const isReady = data.readiness.status === "ready";
  return (
    <>
      <p
        class={`verdict ${problems.length > 0 ? "bad" : "good"}`}
        role="status"
      >
        <Icon name={problems.length > 0 ? "warning" : "ok"} />
        <strong>
          {!isReady
            ? o("notReady")
            : problems.length > 0
            ? o("readyWithProblems", { n: problems.length })
            : o("allWell")}
        </strong>
      </p>
      {problems.length > 0 && <ProblemList problems={problems} />}
      <Numbers data={data} />
      {data.targets === undefined && <p class="hint">{o("limited")}</p>}
    </>
  );
}

function Numbers({ data }: { data: OverviewData }) {
  const { figures, counts, accountCount, readiness } = data;
  const events = figures && addSeries(figures, ["events_total"]);
  const append = figures && addSeries(figures, ["journal_append_seconds.p99"]);
  const connections = figures && addSeries(figures, ["connections"]);
  const range = figures && [
    lastOf(addSeries(figures, ["journal_oldest"])),
    lastOf(addSeries(figures, ["journal_head"])),
    lastOf(addSeries(figures, ["journal_bytes"])),
  ];
  return (
    <div class="overview-numbers">
      <Card
        name={o("accounts")}
        value={accountCount}
      >
        <ul class="overview-states">
          {ACCOUNT_STATES.filter((state) => counts[state] > 0).map((state) => (
            <li key={state}>
              <StateBadge state={state} /> {counts[state]}
            </li>
          ))}
        </ul>
      </Card>
      {events !== undefined && (
        <Card
          name={o("eventRate")}
          value={formatRate(lastOf(events))}
        >
          <Sparkline values={events} />
        </Card>
      )}
      {append !== undefined && (
        <Card
          name={o("append")}
          value={formatMs(lastOf(append))}
        >
          <Sparkline values={append} />
        </Card>
      )}
      {connections !== undefined && (
        <Card
          name={o("connections")}
          value={lastOf(connections) ?? "—"}
        >
          <Sparkline values={connections} />
        </Card>
      )}
      {range !== undefined && (
        <Card
          name={o("journal")}
          value={range[2] === undefined ? "—" : formatBytes(range[2])}
        >
          <p class="hint">
            {o("positions", { from: range[0] ?? "—", to: range[1] ?? "—" })}
            {readiness.journal === "memory" && ` ${o("inMemory")}`}
          </p>
        </Card>
      )}
      <Card name={o("version")} value={`tqq ${data.version}`}>
        {data.startedAt !== undefined && (
          <p class="hint">
            <time dateTime={data.startedAt} title={wholeTime(data.startedAt)}>
              {o("runningFor", {
                time: formatDuration(Date.now() - Date.parse(data.startedAt)),
              })}
            </time>
          </p>
        )}
      </Card>
    </div>
  );
}

function Card(
  { name, value, children }: {
    name: string;
    value: ComponentChildren;
    children?: ComponentChildren;
  },
) {
  return (
    <section class="card overview-card" aria-label={name}>
      <h2>{name}</h2>
      <p class="overview-value">{value}</p>
      {children}
    </section>
  );
}

function FirstSteps() {
  const steps = [
    ["stepAccount", "stepAccountText", formatLink("accounts")],
    ["stepChat", "stepChatText", formatLink("chats")],
    ["stepScript", "stepScriptText", formatLink("docs", ["begin"])],
  ] as const;
  return (
    <section class="card" aria-label={o("firstSteps")}>
      <h2>{o("firstSteps")}</h2>
      <ol class="overview-steps">
        {steps.map(([name, text, link]) => (
          <li key={name}>
            <a href={link}>{o(name)}</a>
            <p class="hint">{o(text)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function formatRate(value: number | undefined): string {
  return value === undefined ? "—" : `${Math.round(value * 10) / 10}/s`;
}

function formatMs(value: number | undefined): string {
  return value === undefined ? "—" : `${Math.round(value * 10_000) / 10} ms`;
}

/** Page of the figures: what the bridge has measured over time. @module */

import { useEffect } from "../../deps.ts";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { formatLink, go, type PageProps } from "../../app/router.ts";
import { command, position } from "../../link/link.ts";
import { session } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { addStyle } from "../../ui/style.ts";
import { ChartCard } from "./chart_card.tsx";
import { GROUPS, LATENCY, METRICS } from "./charts.ts";
import css from "./figures.css" with { type: "text" };
import { followLatency, latency } from "./latency.ts";
import { f } from "./texts.ts";
import { addAnswer, type Timeline } from "./timeline.ts";

addStyle(css);

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 5000;

/** Number of values of each range. */
const SIZES = { "10m": 600, "2h": 720, "24h": 1440 } as const;

type Range = keyof typeof SIZES;

const RANGES = Object.keys(SIZES) as Range[];

/** Number of last steps that are asked for again, because they may have changed. */
const AGAIN = 2;

/** What is known by session and range. A bridge that starts again has forgotten it, this page has not. */
const known = new Map<string, Timeline>();

export function FiguresPage({ query }: PageProps) {
  const range = RANGES.find((one) => one === query.get("range")) ?? "10m";
  const key = `${session.value?.id} ${range}`;
  useEffect(followLatency, []);
  const poll = usePoll(
    async (options) => {
      const before = known.get(key);
      const since = before === undefined ? {} : {
        since: new Date(before.from + (before.length - AGAIN) * before.stepMs)
          .toISOString(),
      };
      const params = { range, names: METRICS, ...since };
      const answer = await command("figures", params, options);
      const timeline = addAnswer(known.get(key), answer, SIZES[range]);
      known.set(key, timeline);
      return timeline;
    },
    POLL_MS,
    key,
  );
  return (
    <div class="page figures">
      <header class="page-head">
        <h1>{t("figures")}</h1>
        <div class="actions" role="group" aria-label={f("rangeOf")}>
          {RANGES.map((one) => (
            <button
              key={one}
              type="button"
              class="small"
              aria-pressed={one === range}
              onClick={() =>
                go(formatLink("figures", [], {
                  range: one === "10m" ? undefined : one,
                }))}
            >
              {f(`range${one}`)}
            </button>
          ))}
        </div>
      </header>
      <Polled poll={poll}>
        {(timeline) => (
          <>
            {GROUPS.map(({ name, charts }) => (
              <section key={name} class="figure-group">
                <h2>{f(name)}</h2>
                <div class="figure-cards">
                  {charts.map((spec) => (
                    <ChartCard
                      key={`${spec.name} ${range}`}
                      spec={spec}
                      timeline={timeline}
                    />
                  ))}
                </div>
              </section>
            ))}
          </>
        )}
      </Polled>
      <section class="figure-group">
        <h2>{f("thisPage")}</h2>
        <div class="figure-cards">
          <ChartCard spec={LATENCY} timeline={latency.value} />
          <Facts />
        </div>
      </section>
    </div>
  );
}

function Facts() {
  const { version = "" } = session.value ?? {};
  return (
    <dl class="facts card">
      <div>
        <dt>{t("version")}</dt>
        <dd>{version}</dd>
      </div>
      <div>
        <dt>{t("journalPosition")}</dt>
        <dd>{position()?.seq ?? "—"}</dd>
      </div>
      <div>
        <dt>{t("epoch")}</dt>
        <dd>{position()?.epoch ?? "—"}</dd>
      </div>
    </dl>
  );
}

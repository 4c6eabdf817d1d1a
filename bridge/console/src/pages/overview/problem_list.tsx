/** Problems, each with what to do and where. @module */

import { formatLink } from "../../app/address.ts";
import { o as operate } from "../../app/operate/texts.ts";
import { t } from "../../texts/strings.ts";
import { shortTime } from "../../texts/times.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Problem } from "./problems.ts";
import { formatDuration, o } from "./texts.ts";

export function ProblemList({ problems }: { problems: readonly Problem[] }) {
  return (
    <ul class="problems" aria-label={o("problems")}>
      {problems.map((problem) => {
        const { title, advice, link, action, details } = describe(problem);
        return (
          <li
            // The title of a target counts: what is unfolded stays so.
            key={problem.kind === "target" ? problem.target.id : title}
            class={`problem of-${problem.kind}`}
          >
            <Icon name="error" />
            <div>
              <p>
                <strong dir="auto">{title}</strong>
              </p>
              <p class="hint">{advice}</p>
              {details !== undefined && (
                <details class="hint">
                  <summary>{t("details")}</summary>
                  <p lang="en" dir="auto">{details}</p>
                </details>
              )}
            </div>
            {link !== undefined && (
              <a class="button small" href={link}>{action}</a>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface Description {
  title: string;
  advice: string;
  link?: string;
  action?: string;
  details?: string | undefined;
}

const BRIDGE_TEXTS = {
  journal_not_writable: ["notWritable", "notWritableDo"],
  journal_damaged: ["damaged", "damagedDo"],
  cluster_behind: ["clusterBehind", "clusterBehindDo"],
  cluster_disconnected: ["clusterDisconnected", "clusterDisconnectedDo"],
  cluster_log_lost: ["clusterLogLost", "clusterLogLostDo"],
  stopping: ["stopping", "stoppingDo"],
} as const;

const ACCOUNT_TEXTS = {
  refused: ["accountRefused", "accountRefusedDo"],
  replaced: ["accountReplaced", "accountReplacedDo"],
  notOnline: ["accountNotOnline", "accountNotOnlineDo"],
  notPolled: ["accountNotPolled", "accountNotPolledDo"],
} as const;

const FIGURE_TEXTS = {
  appendFailures: ["appendFailures", "appendFailuresDo"],
  gaps: ["gaps", "gapsDo"],
  slowCloses: ["slowCloses", "slowClosesDo"],
  wrongTokens: ["wrongTokens", "wrongTokensDo"],
} as const;

function describe(problem: Problem): Description {
  switch (problem.kind) {
    case "bridge": {
      const [title, advice] = BRIDGE_TEXTS[problem.problem];
      return { title: o(title), advice: o(advice), details: problem.details };
    }
    case "account": {
      const [title, advice] = ACCOUNT_TEXTS[problem.problem];
      const { uin, nickname, since } = problem;
      return {
        title: o(title, {
          name: nickname === "" || nickname === uin
            ? uin
            : `${uin} ${nickname}`,
        }),
        advice: `${o("since", { time: shortTime(since) })} ${o(advice)}`,
        link: formatLink("accounts", [uin]),
        action: o("showAccount"),
      };
    }
    case "target": {
      const { id, url, states, lastError } = problem.target;
      return {
        title: o("targetFailing", { url, n: states.retrying ?? 0 }),
        advice: lastError === undefined
          ? o("targetFailingDo")
          : operate(lastError.code),
        details: lastError?.message,
        link: formatLink("targets", [id]),
        action: o("showTarget"),
      };
    }
    case "consumer": {
      const { name, token, lag, lagMs } = problem.consumer;
      return {
        title: o("consumerLagging", { name, token }),
        advice: o("consumerLaggingDo", { n: lag, time: formatDuration(lagMs) }),
        link: formatLink("connections", ["consumers"]),
        action: o("showConsumers"),
      };
    }
    case "figure": {
      const [title, advice] = FIGURE_TEXTS[problem.problem];
      return {
        title: o(title, { n: problem.count }),
        advice: o(advice),
        link: formatLink("figures"),
        action: o("showFigures"),
      };
    }
  }
}

/** The last calls, to repeat them. @module */

import { Icon } from "../../ui/icon.tsx";
import { exactTime, wholeTime } from "../../texts/times.ts";
import { clearCalls, type PastCall, pastCalls } from "./calls.ts";
import { p } from "./texts.ts";

export function PastCalls(
  { command, onRepeat }: {
    /** Only calls of this command. @default those of all */
    command?: string;
    onRepeat(call: PastCall): void;
  },
) {
  const calls = pastCalls.value.filter(({ call }) =>
    command === undefined || call.command === command
  );
  if (calls.length === 0) return null;
  return (
    <section class="past-calls" aria-label={p("pastCalls")}>
      <div class="call-tools">
        <h3>{p("pastCalls")}</h3>
        {command === undefined && (
          <button type="button" class="quiet small" onClick={clearCalls}>
            {p("clearCalls")}
          </button>
        )}
      </div>
      <ul>
        {calls.map((past) => (
          <li key={`${past.at} ${past.call.command}`}>
            <button
              type="button"
              class="quiet"
              title={wholeTime(past.at)}
              onClick={() => onRepeat(past)}
            >
              <Icon name="retry" size={16} />
              <code>{past.call.command}</code>
              <span class="excerpt" dir="auto">
                {JSON.stringify(past.call.params)}
              </span>
              <span class={past.outcome === "ok" ? "good" : "bad"}>
                {past.outcome}
              </span>
              <time dateTime={new Date(past.at).toISOString()}>
                {exactTime(past.at)}
              </time>
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">{p("pastCallsHint")}</p>
    </section>
  );
}

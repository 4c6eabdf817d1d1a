/** The settings of the bridge, with their source; some can be changed. @module */

import type { SettingInfo } from "../../../../../lib/frames/commands.ts";
import { DataTable } from "../../app/operate/data_table.tsx";
import { type Poll, Polled, usePoll } from "../../app/operate/poll.tsx";
import { o } from "../../app/operate/texts.ts";
import { offlineReason, Outcome, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { wholeTime } from "../../texts/times.ts";

/** Settings change at a start only, so they are rarely asked for again. */
const POLL_MS = 300_000;

const LEVELS = ["debug", "info", "warn", "error"];

export function BridgeSettings() {
  const poll = usePoll((options) => command("settings", {}, options), POLL_MS);
  return (
    <section class="ui-form">
      <h2>{o("bridgeSettings")}</h2>
      <Polled poll={poll}>
        {({ version, startedAt, settings }) => (
          <>
            <p class="hint">
              {o("startedAt", { version, time: wholeTime(startedAt) })}
            </p>
            <LogLevel settings={settings} poll={poll} />
            <DataTable
              name={o("bridgeSettings")}
              rows={settings}
              keyOf={({ name }) => name}
              columns={[
                {
                  title: o("setting"),
                  render: ({ name }) => <span class="mono">{name}</span>,
                },
                {
                  title: o("value"),
                  render: ({ value }) => value === "" ? "—" : value,
                },
                { title: o("source"), render: ({ from }) => o(from) },
              ]}
            />
          </>
        )}
      </Polled>
    </section>
  );
}

function LogLevel(
  { settings, poll }: {
    settings: readonly SettingInfo[];
    poll: Poll<unknown>;
  },
) {
  const task = useTask();
  const reason = offlineReason();
  const level = settings.find(({ name, live }) => name === "logLevel" && live);
  if (level === undefined) return null;
  return (
    <>
      <label class="field">
        <span>
          {o("logLevel")} <small>{reason ?? o("untilRestart")}</small>
        </span>
        <select
          value={level.value}
          disabled={task.busy || reason !== undefined}
          onChange={(event) => {
            const { value } = event.currentTarget;
            void task.run(async () => {
              await command("setSetting", { name: "logLevel", value });
              await poll.reload();
              return o("levelSet", { level: value });
            }, "setSetting");
          }}
        >
          {LEVELS.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
      </label>
      <Outcome task={task} />
    </>
  );
}

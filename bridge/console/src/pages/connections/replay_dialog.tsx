/** Moves a consumer, so that its client gets events again or skips them. @module */

import type { ConsumerInfo } from "../../../../../lib/frames/frames.ts";
import { useState } from "../../deps.ts";
import { o } from "../../app/operate/texts.ts";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { t } from "../../texts/strings.ts";
import { onSubmit } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";

type Place = "oldest" | "time" | "position" | "head";

const PLACES: readonly (readonly [
  Place,
  "fromOldest" | "fromTime" | "fromPosition" | "fromHead",
])[] = [
  ["oldest", "fromOldest"],
  ["time", "fromTime"],
  ["position", "fromPosition"],
  ["head", "fromHead"],
];

/** The range is asked for once: new events only make the count an upper bound of then. */
const RANGE_MS = 3_600_000;

interface Range {
  oldest: number;
  head: number;
}

export function ReplayDialog(
  { consumer, onMoved, onClose }: {
    consumer: ConsumerInfo;
    onMoved: (position: number) => void;
    onClose: () => void;
  },
) {
  const poll = usePoll<Range>(async (options) => {
    const { oldest, searched } = await command(
      "history",
      { limit: 1 },
      options,
    );
    return { oldest, head: searched.to };
  }, RANGE_MS);
  return (
    <Dialog title={o("replayOf", { name: consumer.name })} onClose={onClose}>
      <Polled poll={poll}>
        {(range) => (
          <ReplayForm
            consumer={consumer}
            range={range}
            onMoved={onMoved}
            onClose={onClose}
          />
        )}
      </Polled>
    </Dialog>
  );
}

function ReplayForm(
  { consumer: { id }, range, onMoved, onClose }: {
    consumer: ConsumerInfo;
    range: Range;
    onMoved: (position: number) => void;
    onClose: () => void;
  },
) {
  const { oldest, head } = range;
  const first = Math.min(oldest - 1, head);
  const [place, setPlace] = useState<Place>("oldest");
  const [time, setTime] = useState("");
  const [seq, setSeq] = useState("");
  const [atTime, setAtTime] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const task = useTask();
  const given = /^\d+$/.test(seq) ? Number(seq) : undefined;
  const to = place === "oldest"
    ? first
    : place === "head"
    ? head
    : place === "position"
    ? given
    : atTime;
  const count = to === undefined || to < first || to > head
    ? undefined
    : head - to;
  const find = async (text: string) => {
    setTime(text);
    setAtTime(undefined);
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) return;
    await task.run(async () => {
      const { events } = await command("history", {
        since: at.toISOString(),
        limit: 1,
      });
      setAtTime((events[0]?.seq ?? head + 1) - 1);
    }, "history");
  };
  const move = () => {
    if (to === undefined || count === undefined) {
      return setProblem(
        place === "time"
          ? o("problemTime")
          : o("problemPosition", { oldest: first, head }),
      );
    }
    setProblem(undefined);
    void task.run(async () => {
      const { position } = await command("setConsumer", { id, position: to });
      onClose();
      onMoved(position);
    }, "setConsumer");
  };
  return (
    <form class="ui-form" noValidate onSubmit={onSubmit(move)}>
      <LabelledField
        name={o("replayFrom")}
        render={(attributes) => (
          <select
            {...attributes}
            value={place}
            onChange={(event) => {
              setPlace(event.currentTarget.value as Place);
              setProblem(undefined);
            }}
          >
            {PLACES.map(([value, text]) => (
              <option key={value} value={value}>{o(text)}</option>
            ))}
          </select>
        )}
      />
      {place === "time" && (
        <LabelledField
          name={o("atTime")}
          problem={problem}
          isRequired
          render={(attributes) => (
            <input
              {...attributes}
              type="datetime-local"
              step={1}
              value={time}
              onChange={(event) => void find(event.currentTarget.value)}
            />
          )}
        />
      )}
      {place === "position" && (
        <LabelledField
          name={o("atPosition", { oldest: first, head })}
          problem={problem}
          isRequired
          render={(attributes) => (
            <input
              {...attributes}
              inputMode="numeric"
              value={seq}
              onInput={(event) => setSeq(event.currentTarget.value.trim())}
            />
          )}
        />
      )}
      <p role="status">
        {count !== undefined && o("replayCount", { n: count })}
      </p>
      <p class="hint">{o("replayNote")}</p>
      <Failure task={task} />
      <div class="actions">
        <button type="button" onClick={onClose}>{t("cancel")}</button>
        <Action type="submit" class="primary" disabled={task.busy}>
          {o("move")}
        </Action>
      </div>
    </form>
  );
}

/** Dialog that exports the filtered events. @module */

import { useEffect, useRef, useState } from "../../deps.ts";
import { type ErrorText, explainError } from "../../app/errors.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";
import { label } from "../../ui/labels.ts";
import { Failed } from "../../ui/states.tsx";
import {
  collectEvents,
  type ExportProgress,
  MAX_EXPORTED,
  saveFile,
} from "./export.ts";
import { type ExportFormat, formatExport } from "./file_text.ts";
import type { Filters } from "./filters.ts";
import { e } from "./texts.ts";

const TYPES: Readonly<Record<ExportFormat, string>> = {
  jsonl: "application/jsonl",
  csv: "text/csv",
};

export function ExportDialog(
  { filters, epoch, onClose }: {
    filters: Filters;
    /** Epoch of the journal; `undefined` while the page is not connected. */
    epoch: string | undefined;
    onClose(): void;
  },
) {
  const [format, setFormat] = useState<ExportFormat>("jsonl");
  const [progress, setProgress] = useState<ExportProgress>();
  const [ended, setEnded] = useState<{ count: number; isCut: boolean }>();
  const [error, setError] = useState<ErrorText>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const isRunning = progress !== undefined && ended === undefined &&
    error === undefined;

  const start = async (isEpoch: string) => {
    const controller = running.current = new AbortController();
    setEnded(undefined);
    setError(undefined);
    setProgress({ found: 0, part: 0 });
    let shown = 0;
    try {
      const { events, isCut } = await collectEvents({
        filters,
        epoch: isEpoch,
        signal: controller.signal,
        onProgress: (now) => {
          // Drawn ten times a second: the stream is faster.
          if (performance.now() - shown < 100) return;
          shown = performance.now();
          setProgress(now);
        },
      });
      if (controller.signal.aborted) {
        setProgress(undefined);
        return;
      }
      const name = `events-${new Date().toISOString().slice(0, 19)}`
        .replaceAll(":", "-");
      if (events.length > 0) {
        saveFile(
          `${name}.${format}`,
          TYPES[format],
          formatExport(events, format),
        );
      }
      setEnded({ count: events.length, isCut });
    } catch (problem) {
      setError(explainError(problem));
    }
  };

  return (
    <Dialog
      title={e("exportTitle")}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            {label(ended === undefined ? "uiCancel" : "uiClose")}
          </button>
          {isRunning
            ? (
              <button
                type="button"
                class="primary"
                onClick={() => running.current?.abort()}
              >
                {e("stop")}
              </button>
            )
            : (
              <button
                type="button"
                class="primary"
                disabled={epoch === undefined}
                onClick={() => void start(epoch!)}
              >
                {e("exportStart")}
              </button>
            )}
        </>
      }
    >
      <p>{e("exportText", { most: MAX_EXPORTED })}</p>
      <LabelledField
        name={e("format")}
        render={(attributes) => (
          <select
            {...attributes}
            value={format}
            onChange={({ currentTarget: { value } }) =>
              setFormat(value as ExportFormat)}
          >
            <option value="jsonl">{e("jsonl")}</option>
            <option value="csv">{e("csv")}</option>
          </select>
        )}
      />
      {isRunning && (
        <div>
          <progress value={progress.part} aria-label={e("exportProgress")} />
          <p class="hint">{e("exportFound", { n: progress.found })}</p>
        </div>
      )}
      <div role="status">
        {ended !== undefined && (
          <p>
            {ended.count === 0
              ? e("exportNothing")
              : e("exportDone", { n: ended.count })}
            {ended.isCut && ` ${e("exportCut", { most: MAX_EXPORTED })}`}
          </p>
        )}
      </div>
      {error !== undefined && (
        <Failed
          text={`${e("exportFailed")} ${error.text}`}
          details={error.details}
        />
      )}
    </Dialog>
  );
}

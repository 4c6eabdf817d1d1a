/** An action that the user started, and how it went. @module */

import { useState } from "../deps.ts";
import { formatError } from "../link/link.ts";
import { t } from "../texts/strings.ts";

/** State of an action that the user started. */
export interface Task {
  busy: boolean;
  /** Why the last run failed, for the user. */
  failure: string | undefined;
  run(work: () => Promise<void>): Promise<void>;
}

/** Runs one action at a time: a second call during the first does nothing. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  return {
    busy,
    failure,
    async run(work) {
      if (busy) return;
      setBusy(true);
      setFailure(undefined);
      try {
        await work();
      } catch (error) {
        setFailure(formatError(error));
      } finally {
        setBusy(false);
      }
    },
  };
}

export function Failure({ task }: { task: Task }) {
  return (
    <div role="alert">
      {task.failure !== undefined && (
        <p class="note bad">{t("failed", { why: task.failure })}</p>
      )}
    </div>
  );
}

/** An action that the user started, and how it went. @module */

import {
  type ButtonHTMLAttributes,
  type Signal,
  signal,
  useState,
} from "../deps.ts";
import { isConnected } from "../link/link.ts";
import { t } from "../texts/strings.ts";
import { type ErrorText, explainError, loadErrorTexts } from "./errors.ts";

/** Number of actions that have failed, of the whole page. */
const failures: Signal<number> = signal(0);

/** State of an action that the user started. Its success and its failure replace each other. */
export interface Task {
  busy: boolean;
  /** Why the last run failed. */
  failure: ErrorText | undefined;
  /** What the last run has done, if it said so. */
  success: string | undefined;
  /**
   * Runs the action, unless one is running.
   *
   * @param work Returns the text to show, if any.
   * @param command Name of its command, which refines the text of a failure.
   */
  run(
    work: () => Promise<string | void>,
    command?: string,
  ): Promise<void>;
  /** Shows a failure that is not the bridge's. */
  fail(text: string): void;
  clear(): void;
}

/**
 * Runs one action at a time: a second call during the first does nothing. A
 * success is shown until any action of the page fails, so that it never stands
 * beside a later failure.
 */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorText | undefined>(undefined);
  const [success, setSuccess] = useState<
    { text: string; failures: number } | undefined
  >(undefined);
  const clear = () => {
    setFailure(undefined);
    setSuccess(undefined);
  };
  return {
    busy,
    failure,
    success: success?.failures === failures.value ? success.text : undefined,
    clear,
    fail(text) {
      failures.value++;
      setSuccess(undefined);
      setFailure({ text, details: undefined });
    },
    async run(work, command) {
      if (busy) return;
      setBusy(true);
      clear();
      try {
        const text = await work() ?? undefined;
        if (text !== undefined) setSuccess({ text, failures: failures.peek() });
      } catch (error) {
        await loadErrorTexts();
        failures.value++;
        setFailure(explainError(error, command));
      } finally {
        setBusy(false);
      }
    },
  };
}

/** How the last run went: announced, and in one place. */
export function Outcome({ task }: { task: Task }) {
  return (
    <>
      <Failure task={task} />
      <div role="status">
        {task.success !== undefined && <p class="note good">{task.success}</p>}
      </div>
    </>
  );
}

export function Failure({ task: { failure } }: { task: Task }) {
  return (
    <div role="alert">
      {failure !== undefined && <ErrorNote error={failure} />}
    </div>
  );
}

/** Text of an error, with the bridge's own words to unfold. */
export function ErrorNote({ error: { text, details } }: { error: ErrorText }) {
  return (
    <div class="note bad">
      <div class="note-text">
        <p>{text}</p>
        {details !== undefined && (
          <details>
            <summary>{t("details")}</summary>
            <p lang="en" dir="auto">{details}</p>
          </details>
        )}
      </div>
    </div>
  );
}

/** Why no action is possible now; `undefined` if they are. */
export function offlineReason(): string | undefined {
  return isConnected.value ? undefined : t("offlineAction");
}

/** Keeps an item of a menu, disabled with the reason, while no action is possible. */
export function offlineItem(): { disabledBecause?: string } {
  const reason = offlineReason();
  return reason === undefined ? {} : { disabledBecause: reason };
}

/**
 * Button of an action that needs the bridge. It keeps the focus while it is
 * disabled for want of a connection, so that its reason can be read.
 */
export function Action(
  { onClick, disabled, ...rest }: ButtonHTMLAttributes<HTMLButtonElement>,
) {
  const reason = offlineReason();
  if (reason === undefined) {
    return (
      <button type="button" {...rest} disabled={disabled} onClick={onClick} />
    );
  }
  return (
    <button
      type="button"
      {...rest}
      aria-disabled="true"
      aria-description={reason}
      title={reason}
      // Also keeps a form from being submitted by Enter.
      onClick={(event) => event.preventDefault()}
    />
  );
}

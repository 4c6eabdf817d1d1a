/** Small components that several pages use. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../deps.ts";
import { Icon } from "./icons.tsx";
import { formatError } from "../link/link.ts";
import { t } from "../texts/strings.ts";

/** Modal dialog. The browser keeps the focus in it, and Escape closes it. */
export function Dialog(
  { title, onClose, children }: {
    title: string;
    onClose: () => void;
    children: ComponentChildren;
  },
) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button
            type="button"
            class="quiet"
            aria-label={t("close")}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

export function Field(
  { label, hint, children }: {
    label: string;
    hint?: string;
    children: ComponentChildren;
  },
) {
  return (
    <label class="field">
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
      {children}
    </label>
  );
}

/** Placeholder for an empty list or page. */
export function Empty(
  { title, hint, children }: {
    title: string;
    hint?: string;
    children?: ComponentChildren;
  },
) {
  return (
    <div class="empty">
      <p class="lead">{title}</p>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  );
}

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

/** Trimmed text of a form field. */
export function textOf(form: HTMLFormElement, name: string): string {
  return String(new FormData(form).get(name) ?? "").trim();
}

/** Handles a form in the page instead of submitting it. */
export function onSubmit(
  handle: (form: HTMLFormElement) => void,
): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    handle(event.currentTarget as HTMLFormElement);
  };
}

/** Small parts that several views use. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../deps.ts";
import { Icon } from "./icons.tsx";
import { reasonOf } from "../link/link.ts";
import { t } from "../texts/strings.ts";

/** A dialog over the page; the browser keeps the focus in it, and Escape closes it. */
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

/** A field with its label. */
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

/** What is shown where there is nothing. */
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

/** Something under way: whether it is, what came of it, and how to begin it. */
export interface Task {
  busy: boolean;
  /** Why it failed last. */
  failure: string | undefined;
  run(work: () => Promise<void>): Promise<void>;
}

/** One thing at a time, whose failure is shown. */
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
        setFailure(reasonOf(error));
      } finally {
        setBusy(false);
      }
    },
  };
}

/** Why a task failed. */
export function Failure({ task }: { task: Task }) {
  return (
    <div role="alert">
      {task.failure !== undefined && (
        <p class="note bad">{t("failed", { why: task.failure })}</p>
      )}
    </div>
  );
}

/** The text of a field of a form. */
export function textOf(form: HTMLFormElement, name: string): string {
  return String(new FormData(form).get(name) ?? "").trim();
}

/** Handles a form by script: no form leaves the page. */
export function onSubmit(
  handle: (form: HTMLFormElement) => void,
): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    handle(event.currentTarget as HTMLFormElement);
  };
}

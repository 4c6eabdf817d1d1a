/** Modal dialogs: heading, text, and buttons in a row of their own. @module */

import { type ComponentChildren, useEffect, useRef } from "../deps.ts";
import { useId } from "../deps_ui.ts";
import { Icon } from "./icon.tsx";
import { label } from "./labels.ts";
import "./ui_style.ts";

export interface DialogProps {
  title: string;
  /** Called once, when the dialog has closed in any way. */
  onClose(): void;
  /** Buttons at the end. The first one gets the focus at the start, unless a field has `autofocus`. */
  actions?: ComponentChildren;
  /** Uses the width of the page, for long contents. @default false */
  isWide?: boolean;
  /** Only text, which the keyboard scrolls: a stop of its own. @default false */
  isText?: boolean;
  children: ComponentChildren;
}

/** Modal dialog. The browser keeps the focus in it, Escape closes it, and the focus returns to where it was. */
export function Dialog(
  { title, onClose, actions, isWide, isText, children }: DialogProps,
) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isWide === true ? "ui-dialog wide" : "ui-dialog"}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="ui-dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button
            type="button"
            class="quiet ui-square"
            aria-label={label("uiClose")}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        <div
          class="ui-dialog-content"
          {...isText === true
            ? { role: "region", tabIndex: 0, "aria-labelledby": id }
            : {}}
        >
          {children}
        </div>
        {actions !== undefined && <div class="ui-dialog-actions">{actions}
        </div>}
      </div>
    </dialog>
  );
}

/** Asks before an action that cannot be undone. Cancel comes first and has the focus. */
export function ConfirmDialog(
  { title, action, onConfirm, onClose, isBusy, disabledBecause, children }: {
    title: string;
    /** Text of the button that confirms, such as "Remove friend". */
    action: string;
    onConfirm(): void;
    onClose(): void;
    /** Whether the action runs: its button is disabled. @default false */
    isBusy?: boolean;
    /** Why the action is not possible now; shown, and its button is disabled. */
    disabledBecause?: string | undefined;
    children: ComponentChildren;
  },
) {
  const cancel = useRef<HTMLButtonElement>(null);
  // The parent's effect, which opens the dialog, runs after this one.
  useEffect(() => queueMicrotask(() => cancel.current?.focus()), []);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <button ref={cancel} type="button" onClick={onClose}>
            {label("uiCancel")}
          </button>
          <button
            type="button"
            class="danger primary"
            disabled={isBusy === true || disabledBecause !== undefined}
            onClick={onConfirm}
          >
            {action}
          </button>
        </>
      }
    >
      {children}
      <div role="status">
        {disabledBecause !== undefined && (
          <p class="note warn">{disabledBecause}</p>
        )}
      </div>
    </Dialog>
  );
}

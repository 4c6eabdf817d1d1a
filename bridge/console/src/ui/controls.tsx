/** Small components that several pages use. @module */

import type { ComponentChildren } from "../deps.ts";

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
        {label} {hint !== undefined && <small>{hint}</small>}
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

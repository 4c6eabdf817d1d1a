/** What a page shows while it has no data: loading, empty, failed. @module */

import { type ComponentChildren, useEffect, useState } from "../deps.ts";
import { Icon } from "./icon.tsx";
import { label } from "./labels.ts";
import "./ui_style.ts";

/** Time before a skeleton appears, so that a fast answer does not flicker, in milliseconds. */
const SKELETON_MS = 150;

/** Time after which a page offers to try again, in milliseconds. */
const SLOW_MS = 5000;

/** Skeleton of the rows to come; after five seconds it offers to try again. */
export function Loading(
  { rows = 6, onRetry }: { rows?: number; onRetry?: () => void },
) {
  const [age, setAge] = useState(0);
  useEffect(() => {
    const timers = [SKELETON_MS, SLOW_MS].map((ms) =>
      setTimeout(() => setAge(ms), ms)
    );
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class="ui-loading" role="status" aria-busy="true">
      {age >= SKELETON_MS &&
        Array.from({ length: rows }, (_, at) => <i key={at} aria-hidden />)}
      {age >= SLOW_MS
        ? (
          <p>
            {label("uiStillLoading")}{" "}
            {onRetry !== undefined && (
              <button type="button" class="small" onClick={onRetry}>
                {label("uiRetry")}
              </button>
            )}
          </p>
        )
        : <span class="visually-hidden">{label("uiLoading")}</span>}
    </div>
  );
}

/** Says why there is nothing, and offers the one action that changes it. */
export function Nothing(
  { title, hint, children }: {
    title: string;
    hint?: ComponentChildren;
    children?: ComponentChildren;
  },
) {
  return (
    <div class="ui-nothing">
      <p class="lead">{title}</p>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  );
}

/** Says that something failed; the bridge's own words are under "Details". */
export function Failed(
  { text, details, onRetry }: {
    text: string;
    /** The bridge's message, in English. */
    details?: string | undefined;
    onRetry?: (() => void) | undefined;
  },
) {
  return (
    <div class="ui-failed" role="alert">
      <p>
        <Icon name="error" />
        <span>{text}</span>
        {onRetry !== undefined && (
          <button type="button" class="small" onClick={onRetry}>
            {label("uiRetry")}
          </button>
        )}
      </p>
      {details !== undefined && (
        <details>
          <summary>{label("uiDetails")}</summary>
          <p lang="en" dir="auto">{details}</p>
        </details>
      )}
    </div>
  );
}

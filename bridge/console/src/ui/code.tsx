/** Text to copy: snippets, wire texts, positions. @module */

import { useEffect, useState } from "../deps.ts";
import { Icon } from "./icon.tsx";
import { label } from "./labels.ts";
import "./ui_style.ts";

/** How long a copy button says that it has copied, in milliseconds. */
const COPIED_MS = 2000;

/** Maximum number of characters drawn of a text; the rest can be copied. */
export const MAX_CODE_CHARACTERS = 20_000;

/** Button that copies a text, and says whether that worked. */
export function CopyButton(
  { text, name, tabIndex }: {
    /** Text, or what makes it when the button is pressed. */
    text: string | (() => string);
    /** Text of the button. @default "Copy" */
    name?: string;
    tabIndex?: number;
  },
) {
  const [outcome, setOutcome] = useState<"uiCopied" | "uiCopyFailed">();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <button
      type="button"
      class="quiet small"
      tabIndex={tabIndex}
      onClick={() => {
        const copied = typeof text === "string" ? text : text();
        void copy(copied).then((isDone) =>
          setOutcome(isDone ? "uiCopied" : "uiCopyFailed")
        );
      }}
    >
      <Icon name={outcome === "uiCopied" ? "check" : "copy"} size={16} />
      <span role="status">
        {outcome === undefined ? name ?? label("uiCopy") : label(outcome)}
      </span>
    </button>
  );
}

/** Preformatted text with a button that copies it. */
export function Code({ text, name }: { text: string; name: string }) {
  const left = text.length - MAX_CODE_CHARACTERS;
  return (
    <div class="ui-code">
      <CopyButton text={text} />
      <pre tabIndex={0} role="group" aria-label={name}>
        <code>{left > 0 ? text.slice(0, MAX_CODE_CHARACTERS) : text}</code>
        {left > 0 && <em>{label("uiMoreCharacters", { n: left })}</em>}
      </pre>
    </div>
  );
}

/** Copies to the clipboard; `false` if the browser does not allow it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages over plain HTTP have no clipboard: select and copy as a user would.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    const before = document.activeElement;
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return isDone;
  }
}

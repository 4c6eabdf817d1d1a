/** Field in which a message is written. @module */

import { MAX_MESSAGE_CHARACTERS } from "../../../../../lib/frames/limits.ts";
import { useEffect, useLayoutEffect, useRef } from "../../deps.ts";
import {
  draftOf,
  outgoingOf,
  sendMessage,
  setDraft,
} from "../../store/outbox.ts";
import { MAX_OUTGOING } from "../../store/outbox_rules.ts";
import { sendKey } from "../../texts/preferences.ts";
import { t } from "../../texts/strings.ts";
import { Icon } from "../../ui/icon.tsx";
import { c } from "./texts.ts";

/** Characters from which their number is shown. */
const COUNTED_FROM = 3500;

/** Key code of keys that an input method handles; Safari sends Enter with it after the composition has ended. */
const COMPOSING = 229;

/** How long a composer that is not drawn yet takes the focus, in milliseconds. */
const FOCUS_MS = 2000;

/** Until when the next composer takes the focus, in milliseconds since 1970. */
let focusUntil = 0;

/** Focuses the composer, now or when it is drawn. On a touch screen the keyboard would cover the messages. */
export function focusComposer(): void {
  if (matchMedia("(pointer: coarse)").matches) return;
  focusUntil = Date.now() + FOCUS_MS;
  document.querySelector<HTMLElement>(".composer textarea")?.focus();
}

export function Composer(
  { account, peer, name, blocked }: {
    account: string;
    peer: string;
    name: string;
    /** Why nothing can be sent; `undefined` if it can. */
    blocked: string | undefined;
  },
) {
  const box = useRef<HTMLTextAreaElement>(null);
  const draft = draftOf(account, peer);
  const isFull = outgoingOf(account, peer).length >= MAX_OUTGOING;
  const isLong = draft.length > MAX_MESSAGE_CHARACTERS;
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const problem = blocked ??
    (isLong
      ? t("tooLong", { n: draft.length, most: MAX_MESSAGE_CHARACTERS })
      : isFull
      ? c("queueFull")
      : undefined);
  useLayoutEffect(() => grow(box.current!), [draft]);
  useEffect(() => {
    if (Date.now() < focusUntil) box.current?.focus();
    focusUntil = 0;
  }, []);
  const submit = () => {
    const { value: text } = box.current!;
    if (text.trim() !== "" && problem === undefined) {
      if (sendMessage(account, peer, text)) setDraft(account, peer, "");
    }
    box.current!.focus();
  };
  return (
    <form
      class="composer"
      data-region
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        aria-label={t("messageTo", { name })}
        aria-describedby="composer-hint"
        aria-invalid={isLong}
        placeholder={t("writeMessage")}
        value={draft}
        onInput={({ currentTarget }) =>
          setDraft(account, peer, currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey) return;
          const hasControl = event.ctrlKey || event.metaKey;
          if (!hasControl && (isTouch || sendKey.value !== "enter")) return;
          if (event.isComposing || event.keyCode === COMPOSING) return;
          event.preventDefault();
          submit();
        }}
      />
      <button
        type="submit"
        class="primary round"
        aria-label={t("send")}
        aria-describedby="composer-hint"
        disabled={draft.trim() === "" || problem !== undefined}
      >
        <Icon name="send" />
      </button>
      <p
        id="composer-hint"
        class={problem === undefined ? "hint" : "hint bad"}
        role={problem === undefined ? undefined : "status"}
      >
        {problem ??
          (draft.length >= COUNTED_FROM
            ? c("counter", { n: draft.length, most: MAX_MESSAGE_CHARACTERS })
            : isTouch
            ? c("enterBreaks")
            : t(sendKey.value === "enter" ? "sendHint" : "sendHintCtrl"))}
      </p>
    </form>
  );
}

/** Grows the field with its text; the style sheet limits it to eight lines. */
function grow(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  const borders = field.offsetHeight - field.clientHeight;
  field.style.height = `${field.scrollHeight + borders}px`;
}

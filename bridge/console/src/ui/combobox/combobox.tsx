/** Text field with a list of options: for the palette, accounts and commands. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { useId } from "../../deps_ui.ts";
import { label } from "../labels.ts";
import { type ComboboxOption, matchOptions } from "./options.ts";
import "../ui_style.ts";

export interface ComboboxProps {
  /** Label of the field. */
  name: string;
  options: readonly ComboboxOption[];
  /** Chosen option; `undefined` for none. */
  value?: string | undefined;
  onChoose(value: string): void;
  placeholder?: string;
  /** Shows the list always, below the field, as the palette does. @default false */
  isInline?: boolean;
  /** Draws an option; its text and hint are drawn otherwise. */
  renderOption?(option: ComboboxOption): ComponentChildren;
  /** Called with the typed text, for a caller that fetches options. */
  onType?(text: string): void;
  id?: string;
  autoFocus?: boolean;
}

/** Maximum number of options drawn; the rest are counted, and found by typing. */
export const MAX_OPTIONS = 100;

/** Combobox with a list. Arrows move, Enter chooses, Escape closes; typing filters. */
export function Combobox(props: ComboboxProps) {
  const { options, value, isInline = false } = props;
  const [typed, setTyped] = useState<string>();
  const [isOpen, setOpen] = useState(isInline);
  const [active, setActive] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const chosen = options.find((option) => option.value === value);
  const matches = matchOptions(options, typed ?? "");
  const shown = matches.slice(0, MAX_OPTIONS);
  const isExpanded = isInline || isOpen;
  const current = shown.find((option) => option.value === active) ??
    (typed === undefined && chosen !== undefined && shown.includes(chosen)
      ? chosen
      : shown[0]);

  useEffect(() => {
    if (isExpanded) {
      list.current?.querySelector("[aria-selected=true]")
        ?.scrollIntoView({ block: "nearest" });
    }
  }, [isExpanded, current?.value]);

  useEffect(() => {
    if (props.autoFocus === true) field.current?.focus();
  }, []);

  const close = () => {
    setOpen(false);
    setTyped(undefined);
    setActive(undefined);
  };
  const choose = (option: ComboboxOption | undefined) => {
    if (option === undefined || option.disabledBecause !== undefined) return;
    close();
    props.onChoose(option.value);
  };
  const move = (by: number | "start" | "end") => {
    const at = current === undefined ? -1 : shown.indexOf(current);
    const to = by === "start"
      ? 0
      : by === "end"
      ? shown.length - 1
      : Math.max(0, Math.min(shown.length - 1, at + by));
    setActive(shown[to]?.value);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // An input method uses these keys itself.
    if (event.isComposing || event.keyCode === 229) return;
    const wasExpanded = isExpanded;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!wasExpanded) setOpen(true);
        else move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "PageDown":
      case "PageUp":
        if (!wasExpanded) return;
        move(event.key === "PageDown" ? 10 : -10);
        break;
      case "Enter":
        if (!wasExpanded) return;
        choose(current);
        break;
      case "Escape":
        // A dialog around an inline list closes by the same key.
        if (!wasExpanded || isInline) return;
        close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      class={isInline ? "ui-combobox inline" : "ui-combobox"}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (!isInline && !event.currentTarget.contains(to)) close();
      }}
    >
      <input
        ref={field}
        id={props.id}
        type="text"
        role="combobox"
        aria-label={props.name}
        aria-expanded={isExpanded}
        aria-controls={isExpanded ? `${id}-list` : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isExpanded && current !== undefined
          ? optionId(id, current)
          : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={typed ?? (isInline ? "" : chosen?.text ?? "")}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setActive(undefined);
          setOpen(true);
          props.onType?.(currentTarget.value);
        }}
        onClick={() => setOpen(true)}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onKeyDown={onKeyDown}
      />
      {isExpanded && (
        <div class="ui-options">
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={props.name}
          >
            {shown.map((option, at) => (
              <Option
                key={option.value}
                id={optionId(id, option)}
                option={option}
                heading={option.group !== undefined &&
                    option.group !== shown[at - 1]?.group
                  ? option.group
                  : undefined}
                isCurrent={option === current}
                onChoose={() => choose(option)}
              >
                {props.renderOption?.(option)}
              </Option>
            ))}
          </div>
          <p class="ui-options-note" role="status">
            {matches.length === 0
              ? label("uiNoMatch")
              : matches.length > shown.length
              ? label("uiMoreMatches", { n: matches.length - shown.length })
              : ""}
          </p>
        </div>
      )}
    </div>
  );
}

function Option(
  { id, option, heading, isCurrent, onChoose, children }: {
    id: string;
    option: ComboboxOption;
    heading: string | undefined;
    isCurrent: boolean;
    onChoose(): void;
    children: ComponentChildren;
  },
) {
  const { text, hint, disabledBecause } = option;
  return (
    <>
      {heading !== undefined && (
        <div class="ui-options-group" role="presentation">{heading}</div>
      )}
      <div
        id={id}
        class="ui-option"
        role="option"
        aria-selected={isCurrent}
        aria-disabled={disabledBecause !== undefined}
        // Keeps the focus in the field.
        onPointerDown={(event) => event.preventDefault()}
        onClick={onChoose}
      >
        {children ?? (
          <>
            <span dir="auto">{text}</span>
            {hint !== undefined && <small dir="auto">{hint}</small>}
          </>
        )}
        {disabledBecause !== undefined && <small>{disabledBecause}</small>}
      </div>
    </>
  );
}

function optionId(id: string, { value }: ComboboxOption): string {
  return `${id}-${value.replace(/[^\w-]/g, "_")}`;
}

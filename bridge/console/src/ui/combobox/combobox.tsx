/** Text field with a list of options: for the palette, accounts and commands. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { useId } from "../../deps_ui.ts";
import type { ControlAttributes } from "../form/field.tsx";
import { label } from "../labels.ts";
import { type ComboboxOption, matchOptions } from "./options.ts";
import "../ui_style.ts";

export interface ComboboxProps {
  /** Label of the field. */
  name: string;
  /** The options; a function is called only while the list is open, for options that are many or change often. */
  options: readonly ComboboxOption[] | (() => readonly ComboboxOption[]);
  /** Chosen option; `undefined` for none. */
  value?: string | undefined;
  /** Name of the chosen option where the options are a function. */
  valueText?: string;
  onChoose(value: string): void;
  placeholder?: string;
  /** Shows the list always, below the field, as the palette does. @default false */
  isInline?: boolean;
  /** Draws an option; its text and hint are drawn otherwise. */
  renderOption?(option: ComboboxOption): ComponentChildren;
  /** Called with the typed text, for a caller that fetches options. */
  onType?(text: string): void;
  /** Attributes of a field around it. */
  attributes?: ControlAttributes;
  autoFocus?: boolean;
}

interface ComboboxState {
  /** `undefined` shows the name of the chosen option. */
  typed: string | undefined;
  isOpen: boolean;
  /** Option that Enter chooses. */
  active: string | undefined;
}

/** Maximum number of options drawn; the rest are counted, and found by typing. */
export const MAX_OPTIONS = 100;

/** Combobox with a list. Arrows move, Enter chooses, Escape closes; typing filters. */
export function Combobox(props: ComboboxProps) {
  const { value, isInline = false } = props;
  const [, redraw] = useState(0);
  // Not in the state of the component: a key may follow before it is drawn.
  const state = useRef<ComboboxState>({
    typed: undefined,
    isOpen: isInline,
    active: undefined,
  });
  const set = (change: Partial<ComboboxState>) => {
    Object.assign(state.current, change);
    redraw((count) => count + 1);
  };
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const list = () =>
    typeof props.options !== "function"
      ? props.options
      : state.current.isOpen
      ? props.options()
      : [];
  const find = () => {
    const { typed, active } = state.current;
    const options = list();
    const chosen = options.find((option) => option.value === value);
    const matches = matchOptions(options, typed ?? "");
    const shown = matches.slice(0, MAX_OPTIONS);
    const current = shown.find((option) => option.value === active) ??
      (typed === undefined && chosen !== undefined && shown.includes(chosen)
        ? chosen
        : shown[0]);
    return { matches, shown, current, chosen };
  };
  const { typed, isOpen } = state.current;
  const { matches, shown, current, chosen } = find();
  const isExpanded = isInline || isOpen;

  useEffect(() => {
    if (isExpanded) {
      box.current?.querySelector("[aria-selected=true]")
        ?.scrollIntoView({ block: "nearest" });
    }
  }, [isExpanded, current?.value]);

  useEffect(() => {
    if (props.autoFocus === true) field.current?.focus();
  }, []);

  const close = () =>
    set({ isOpen: false, typed: undefined, active: undefined });
  const choose = (option: ComboboxOption | undefined) => {
    if (option === undefined || option.disabledBecause !== undefined) return;
    close();
    props.onChoose(option.value);
  };
  const move = (by: number) => {
    const { shown, current } = find();
    const at = current === undefined ? -1 : shown.indexOf(current);
    const to = Math.max(0, Math.min(shown.length - 1, at + by));
    set({ active: shown[to]?.value });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // An input method uses these keys itself.
    if (event.isComposing || event.keyCode === 229) return;
    const wasExpanded = isInline || state.current.isOpen;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!wasExpanded) set({ isOpen: true });
        else move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "PageDown":
      case "PageUp":
        if (!wasExpanded) return;
        move(event.key === "PageDown" ? 10 : -10);
        break;
      case "Enter":
        if (!wasExpanded) return;
        choose(find().current);
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
        if (isInline || event.currentTarget.contains(to)) return;
        // A user who types a whole name and goes on has chosen it.
        const typed = state.current.typed?.trim();
        const exact = list().find(({ text }) => text === typed);
        if (exact === undefined) close();
        else choose(exact);
      }}
    >
      <input
        ref={field}
        {...props.attributes}
        type="text"
        role="combobox"
        aria-label={props.attributes === undefined ? props.name : undefined}
        aria-expanded={isExpanded}
        aria-controls={isExpanded ? `${id}-list` : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isExpanded && current !== undefined
          ? optionId(id, current)
          : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={typed ?? (isInline ? "" : chosen?.text ?? props.valueText ?? "")}
        onInput={({ currentTarget }) => {
          set({
            typed: currentTarget.value,
            active: undefined,
            isOpen: true,
          });
          props.onType?.(currentTarget.value);
        }}
        onClick={() => set({ isOpen: true })}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onKeyDown={onKeyDown}
      />
      {isExpanded && (
        <div class="ui-options">
          <div
            ref={box}
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

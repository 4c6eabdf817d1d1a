/** Filters of the journal. @module */

import { QQ_NUMBER_PATTERN } from "../../../../../lib/protocol/qq_number.ts";
import { EVENT_NAMES } from "../../../../../lib/frames/events.ts";
import { useEffect, useRef, useState } from "../../deps.ts";
import { accountOptions } from "../../store/account_options.ts";
import { Combobox } from "../../ui/combobox/combobox.tsx";
import { type Filters, withoutAbsent } from "./filters.ts";
import { e } from "./texts.ts";

/** Time without typing after which a filter is applied, in milliseconds. */
const TYPING_MS = 400;

export function JournalFilters(
  { filters, isFolded, onChange, onClear }: {
    filters: Filters;
    /** Whether a phone hides them. */
    isFolded: boolean;
    onChange(filters: Filters): void;
    onClear(): void;
  },
) {
  // Two fields may be applied before the first one is in the address.
  const given = useRef(filters);
  const latest = useRef(filters);
  if (given.current !== filters) given.current = latest.current = filters;
  const set = (change: { [N in keyof Filters]?: Filters[N] | undefined }) => {
    latest.current = withoutAbsent({ ...latest.current, ...change });
    onChange(latest.current);
  };
  return (
    <div
      class={isFolded ? "explorer-filters folded" : "explorer-filters"}
      role="search"
      aria-label={e("filters")}
    >
      <div class="explorer-filter wide">
        <span aria-hidden="true">{e("text")}</span>
        <Typed
          name={e("text")}
          type="search"
          value={filters.text ?? ""}
          onChange={(text) => set({ text: text === "" ? undefined : text })}
        />
      </div>
      <div class="explorer-filter">
        <span aria-hidden="true">{e("account")}</span>
        <Combobox
          name={e("account")}
          options={[
            { value: "", text: e("allAccounts") },
            ...accountOptions.value,
          ]}
          value={filters.account ?? ""}
          onChoose={(uin) => set({ account: uin === "" ? undefined : uin })}
        />
      </div>
      <EventNames
        chosen={filters.events ?? []}
        onChange={(events) =>
          set({ events: events.length === 0 ? undefined : events })}
      />
      <div class="explorer-filter">
        <span aria-hidden="true">{e("peer")}</span>
        <Typed
          name={e("peer")}
          type="text"
          inputMode="numeric"
          pattern={QQ_NUMBER_PATTERN}
          problem={e("badNumber")}
          value={filters.peer ?? ""}
          onChange={(peer) => set({ peer: peer === "" ? undefined : peer })}
        />
      </div>
      {(["since", "until"] as const).map((name) => (
        <div key={name} class={`explorer-filter of-${name}`}>
          <span aria-hidden="true">{e(name)}</span>
          <Typed
            name={e(name)}
            type="datetime-local"
            value={toLocal(filters[name])}
            onChange={(text) =>
              set({
                [name]: text === "" ? undefined : new Date(text).toISOString(),
              })}
          />
        </div>
      ))}
      <div class="explorer-filter">
        <span aria-hidden="true">{e("afterPosition")}</span>
        <Typed
          name={e("afterPosition")}
          type="text"
          inputMode="numeric"
          pattern={/^\d{1,15}$/}
          problem={e("badPosition")}
          value={filters.after === undefined ? "" : String(filters.after)}
          onChange={(text) =>
            set({ after: text === "" ? undefined : Number(text) })}
        />
      </div>
      {Object.keys(filters).length > 0 && (
        <button
          type="button"
          class="quiet small"
          onClick={onClear}
        >
          {e("clearFilters")}
        </button>
      )}
    </div>
  );
}

/** Field whose value is applied once the user has stopped typing, or presses Enter. */
function Typed(
  { name, value, onChange, pattern, problem, ...attributes }: {
    name: string;
    value: string;
    onChange(value: string): void;
    pattern?: RegExp;
    problem?: string;
    type: "text" | "search" | "datetime-local";
    inputMode?: "numeric";
  },
) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const isValid = typed === "" || pattern?.test(typed) !== false;
  const apply = (text: string) => {
    clearTimeout(timer.current);
    if (text !== "" && pattern?.test(text) === false) return;
    if (text !== value) onChange(text);
  };
  return (
    <>
      <input
        {...attributes as { type: "text" }}
        aria-label={name}
        aria-invalid={!isValid}
        autocomplete="off"
        value={typed}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value.trim();
          setTyped(currentTarget.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => apply(text), TYPING_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) {
            apply(event.currentTarget.value.trim());
          }
        }}
      />
      {!isValid && <small class="hint bad" role="alert">{problem}</small>}
    </>
  );
}

function EventNames(
  { chosen, onChange }: {
    chosen: readonly string[];
    onChange(chosen: readonly string[]): void;
  },
) {
  const box = useRef<HTMLDetailsElement>(null);
  return (
    <details
      ref={box}
      class="events-names"
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to !== null && !event.currentTarget.contains(to)) {
          event.currentTarget.open = false;
        }
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || box.current?.open !== true) return;
        event.stopPropagation();
        box.current.open = false;
        box.current.querySelector("summary")?.focus();
      }}
    >
      <summary>
        <span>{e("eventNames")}</span>
        <strong>
          {chosen.length === 0
            ? e("allEvents")
            : chosen.length === 1
            ? chosen[0]
            : e("someEvents", { n: chosen.length })}
        </strong>
      </summary>
      <div class="events-names-list" role="group" aria-label={e("eventNames")}>
        {EVENT_NAMES.map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ currentTarget: { checked } }) =>
                onChange(
                  EVENT_NAMES.filter((one) =>
                    one === name ? checked : chosen.includes(one)
                  ),
                )}
            />
            <code>{name}</code>
          </label>
        ))}
      </div>
    </details>
  );
}

/** Time as a `datetime-local` field takes it. */
function toLocal(iso: string | undefined): string {
  if (iso === undefined) return "";
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

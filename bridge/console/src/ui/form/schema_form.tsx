/** Form from a JSON schema. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import { Icon } from "../icon.tsx";
import { label } from "../labels.ts";
import { type ControlAttributes, LabelledField } from "./field.tsx";
import type { FieldProblem, FormValue, SchemaField } from "./schema.ts";

export interface SchemaFormProps {
  fields: readonly SchemaField[];
  value: FormValue;
  /** Called with the name of a field and its new value, `undefined` if it is cleared. Several may come before the form is drawn anew. */
  onChange(name: string, value: unknown): void;
  /** Problems to show; those of fields that the user has not left yet are for the caller to leave out. */
  problems: readonly FieldProblem[];
  /** Called when the user leaves a field. */
  onLeave?(name: string): void;
  /** Draws the control of a field in place of that of its kind; `undefined` for the usual one. */
  renderControl?(
    field: SchemaField,
    value: unknown,
    onChange: (value: unknown) => void,
    attributes: ControlAttributes,
  ): ComponentChildren;
}

/** One field for each property of the schema. */
export function SchemaForm(props: SchemaFormProps) {
  const { fields, value, onChange, problems } = props;
  return (
    <div class="ui-form">
      {fields.map((field) => {
        const { name, isRequired } = field;
        const set = (one: unknown) => onChange(name, one);
        return (
          <div key={name} onFocusOut={() => props.onLeave?.(name)}>
            <LabelledField
              name={<code>{name}</code>}
              note={isRequired ? undefined : label("uiOptional")}
              problem={textOfProblems(name, problems)}
              isRequired={isRequired}
              render={(attributes) =>
                props.renderControl?.(field, value[name], set, attributes) ??
                  (
                    <Control
                      field={field}
                      value={value[name]}
                      onChange={set}
                      attributes={attributes}
                    />
                  )}
            />
          </div>
        );
      })}
    </div>
  );
}

/** Texts of the problems of a field and of what is in it. */
export function textOfProblems(
  name: string,
  problems: readonly FieldProblem[],
): string | undefined {
  const own = problems.filter(({ path }) =>
    path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)
  );
  if (own.length === 0) return undefined;
  return own.slice(0, 3).map(({ path, label: text, values }) =>
    path === name ? label(text, values) : `${path}: ${label(text, values)}`
  ).join(" ");
}

interface ControlProps {
  field: SchemaField;
  value: unknown;
  onChange(value: unknown): void;
  attributes: ControlAttributes;
}

function Control(props: ControlProps) {
  switch (props.field.kind) {
    case "choice":
      return <Choice {...props} />;
    case "boolean":
      return <Yes {...props} />;
    case "number":
      return <NumberControl {...props} />;
    case "longText":
      return <LongText {...props} />;
    case "list":
      return props.field.choices === undefined
        ? <Lines {...props} />
        : <Choices {...props} />;
    case "map":
      return <Pairs {...props} />;
    case "json":
      return <Json {...props} />;
    default:
      return <Text {...props} />;
  }
}

function Text({ field, value, onChange, attributes }: ControlProps) {
  const common = {
    ...attributes,
    spellcheck: false,
    value: typeof value === "string" ? value : "",
    onInput: (
      { currentTarget: { value } }: { currentTarget: HTMLInputElement },
    ) => onChange(value === "" && !field.isRequired ? undefined : value),
  };
  if (field.kind === "secret") {
    // A password manager must not fill in the console's own token.
    return <input {...common} type="password" autocomplete="new-password" />;
  }
  return (
    <input
      {...common}
      type="text"
      autocomplete="off"
      placeholder={field.kind === "time" ? "2026-01-31T12:00:00Z" : undefined}
    />
  );
}

function LongText({ field, value, onChange, attributes }: ControlProps) {
  return (
    <textarea
      {...attributes}
      rows={3}
      value={typeof value === "string" ? value : ""}
      onInput={({ currentTarget: { value } }) =>
        onChange(value === "" && !field.isRequired ? undefined : value)}
    />
  );
}

function NumberControl({ value, onChange, attributes }: ControlProps) {
  const [text, setText] = useTyped(
    value,
    (one) => one === undefined ? "" : String(one),
  );
  return (
    <input
      {...attributes}
      type="text"
      inputMode="numeric"
      autocomplete="off"
      value={text}
      onInput={({ currentTarget: { value } }) => {
        const typed = value.trim();
        const number = Number(typed);
        // What is no number stays as text, and the check says so.
        const next = typed === ""
          ? undefined
          : Number.isNaN(number)
          ? typed
          : number;
        setText(value, next);
        onChange(next);
      }}
    />
  );
}

function Choice({ field, value, onChange, attributes }: ControlProps) {
  return (
    <select
      {...attributes}
      value={typeof value === "string" ? value : ""}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === "" ? undefined : value)}
    >
      <option value="">{label("uiNotSet")}</option>
      {field.choices!.map((one) => <option key={one} value={one}>{one}
      </option>)}
    </select>
  );
}

function Yes({ value, onChange, attributes }: ControlProps) {
  return (
    <select
      {...attributes}
      value={typeof value === "boolean" ? String(value) : ""}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === "" ? undefined : value === "true")}
    >
      <option value="">{label("uiNotSet")}</option>
      <option value="true">{label("uiTrue")}</option>
      <option value="false">{label("uiFalse")}</option>
    </select>
  );
}

function Choices({ field, value, onChange, attributes }: ControlProps) {
  const chosen = Array.isArray(value) ? value : [];
  const { id, "aria-describedby": described } = attributes;
  return (
    <div
      id={id}
      class="ui-choices"
      role="group"
      aria-label={field.name}
      aria-describedby={described}
    >
      {field.choices!.map((one) => (
        <label key={one} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={({ currentTarget: { checked } }) => {
              const next = field.choices!.filter((other) =>
                other === one ? checked : chosen.includes(other)
              );
              onChange(next.length === 0 ? undefined : next);
            }}
          />
          {one}
        </label>
      ))}
    </div>
  );
}

function Lines({ value, onChange, attributes }: ControlProps) {
  const [text, setText] = useTyped(
    value,
    (one) => Array.isArray(one) ? one.join("\n") : "",
  );
  return (
    <textarea
      {...attributes}
      rows={2}
      spellcheck={false}
      placeholder={label("uiOnePerLine")}
      value={text}
      onInput={({ currentTarget: { value } }) => {
        const lines = value.split(/[\n,]/).map((line) => line.trim())
          .filter((line) => line !== "");
        const next = lines.length === 0 ? undefined : lines;
        setText(value, next);
        onChange(next);
      }}
    />
  );
}

function Pairs({ field, value, onChange, attributes }: ControlProps) {
  const [pairs, setPairs] = useTyped(
    value,
    (one): [string, string][] =>
      typeof one === "object" && one !== null
        ? Object.entries(one).map(([name, text]) => [name, String(text)])
        : [],
  );
  const set = (next: [string, string][]) => {
    const named = next.filter(([name]) => name !== "");
    const object = named.length === 0 ? undefined : Object.fromEntries(named);
    setPairs(next, object);
    onChange(object);
  };
  const { id, "aria-describedby": described } = attributes;
  return (
    <div
      id={id}
      class="ui-pairs"
      role="group"
      aria-label={field.name}
      aria-describedby={described}
    >
      {pairs.map(([name, text], at) => (
        <div key={at}>
          {[name, text].map((one, part) => (
            <input
              key={part}
              type="text"
              autocomplete="off"
              spellcheck={false}
              aria-label={label(part === 0 ? "uiFieldName" : "uiFieldValue")}
              placeholder={label(part === 0 ? "uiFieldName" : "uiFieldValue")}
              value={one}
              onInput={({ currentTarget: { value } }) =>
                set(pairs.map((pair, index): [string, string] =>
                  index !== at
                    ? pair
                    : part === 0
                    ? [value, text]
                    : [name, value]
                ))}
            />
          ))}
          <button
            type="button"
            class="quiet ui-square"
            aria-label={label("uiRemoveItem", { name })}
            onClick={() =>
              set(pairs.filter((_, index) => index !== at))}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
      <button
        type="button"
        class="small"
        onClick={() => set([...pairs, ["", ""]])}
      >
        <Icon name="add" size={16} />
        {label("uiAdd")}
      </button>
    </div>
  );
}

function Json({ value, onChange, attributes }: ControlProps) {
  const [text, setText] = useTyped(
    value,
    (one) => one === undefined ? "" : JSON.stringify(one, null, 2),
  );
  const [isBroken, setBroken] = useState(false);
  const described = [attributes["aria-describedby"], `${attributes.id}-json`]
    .filter((one) => one !== undefined).join(" ");
  return (
    <>
      <textarea
        {...attributes}
        class="mono"
        rows={4}
        spellcheck={false}
        placeholder={label("uiJson")}
        aria-invalid={isBroken || attributes["aria-invalid"]}
        aria-describedby={isBroken ? described : attributes["aria-describedby"]}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          if (value.trim() === "") {
            setBroken(false);
            setText(value, undefined);
            onChange(undefined);
            return;
          }
          try {
            const next: unknown = JSON.parse(value);
            setBroken(false);
            setText(value, next);
            onChange(next);
          } catch {
            setBroken(true);
            // A text is never valid where JSON is wanted, so the check fails too.
            setText(value, value);
            onChange(value);
          }
        }}
      />
      {isBroken && (
        <p id={`${attributes.id}-json`} class="hint bad">
          {label("uiErrorJson")}
        </p>
      )}
    </>
  );
}

/**
 * What the user types for a value, which may not be formatted as the value
 * would be. A value that changes from outside replaces it.
 */
function useTyped<T>(
  value: unknown,
  format: (value: unknown) => T,
): [T, (typed: T, value: unknown) => void] {
  const [typed, setTyped] = useState(() => format(value));
  const last = useRef(value);
  const isOutside = JSON.stringify(last.current) !== JSON.stringify(value);
  useEffect(() => {
    if (!isOutside) return;
    last.current = value;
    setTyped(format(value));
  });
  return [isOutside ? format(value) : typed, (next, of) => {
    last.current = of;
    setTyped(next);
  }];
}

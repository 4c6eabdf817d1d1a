/** Form of a command: parameters, account, key, transport; and the call as code. @module */

import { isQqNumber } from "../../../../../lib/protocol/qq_number.ts";
import { useEffect, useMemo, useRef, useState } from "../../deps.ts";
import { accountOptions } from "../../store/account_options.ts";
import type { CommandEntry } from "../../app/documents.ts";
import { Action, offlineReason } from "../../app/task.tsx";
import { Code } from "../../ui/code.tsx";
import { Combobox } from "../../ui/combobox/combobox.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";
import {
  fieldsOf,
  findProblems,
  type FormValue,
  type Schemas,
} from "../../ui/form/schema.ts";
import { SchemaForm } from "../../ui/form/schema_form.tsx";
import { Icon } from "../../ui/icon.tsx";
import { label } from "../../ui/labels.ts";
import type { Transport } from "./calls.ts";
import {
  type Call,
  formatSnippet,
  SNIPPET_KINDS,
  type SnippetKind,
} from "./snippets.ts";
import { p } from "./texts.ts";

/** What is typed for a command. */
export interface Draft {
  params: FormValue;
  account: string | undefined;
  /** `new` makes a key for each call, `keep` uses the one that is typed. */
  key: "none" | "new" | "keep";
  keyText: string;
  transport: Transport;
}

/** What stands in a form that nobody has typed in. */
export const FRESH: Draft = {
  params: {},
  account: undefined,
  key: "none",
  keyText: "",
  transport: "ws",
};

/** Commands that end or remove something, which a slip must not do. */
const DESTRUCTIVE = /^(remove|revoke|logout|disconnect)/;

export function CallForm(
  { entry, schemas, scopes, draft, onChange, onParameter, onCall }: {
    entry: CommandEntry;
    schemas: Schemas;
    scopes: readonly string[];
    draft: Draft;
    onChange(change: Partial<Draft>): void;
    /** Called with a parameter's new value, `undefined` if it is cleared. */
    onParameter(name: string, value: unknown): void;
    onCall(call: Call, transport: Transport): Promise<void>;
  },
) {
  const { name, scope, summary } = entry;
  const fields = useMemo(() => fieldsOf(entry.params, schemas), [entry]);
  const [isJson, setJson] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (attempt === 0) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [attempt]);
  const isAllowed = scopes.includes(scope);

  const problems = findProblems(fields, draft.params, schemas);
  const accountProblem = entry.account === "none" ||
      entry.account === "optional" && draft.account === undefined
    ? undefined
    : draft.account === undefined
    ? label("uiErrorMissing")
    : isQqNumber(draft.account)
    ? undefined
    : label("uiErrorQqNumber");
  const toCall = (key: string | undefined): Call => ({
    command: name,
    params: draft.params,
    account: entry.account === "none" ? undefined : draft.account,
    key,
  });
  const keyOfDraft = draft.key === "keep" && draft.keyText !== ""
    ? draft.keyText
    : undefined;

  const run = async () => {
    setAsking(false);
    setBusy(true);
    const key = draft.key === "new" ? crypto.randomUUID() : keyOfDraft;
    await onCall(toCall(key), draft.transport);
    setBusy(false);
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (isBusy || problems.length > 0 || accountProblem !== undefined) {
      setAttempt(attempt + 1);
      return;
    }
    if (DESTRUCTIVE.test(name)) setAsking(true);
    else void run();
  };

  return (
    <form ref={form} class="call" noValidate onSubmit={onSubmit}>
      <header>
        <h2>
          <code>{name}</code>
          <span class="chip">{scope}</span>
        </h2>
        <p lang="en" class="hint">{summary}</p>
      </header>

      {entry.account !== "none" && (
        <AccountField
          isRequired={entry.account === "required"}
          value={draft.account}
          problem={isTried || left.has("account") ? accountProblem : undefined}
          onChange={(account) => onChange({ account })}
        />
      )}

      <div class="call-parameters">
        <div class="call-tools">
          <h3>{p("parameters")}</h3>
          <div class="segments" role="group" aria-label={p("editAs")}>
            {[false, true].map((one) => (
              <button
                key={String(one)}
                type="button"
                aria-pressed={isJson === one}
                onClick={() => setJson(one)}
              >
                {p(one ? "asJson" : "asForm")}
              </button>
            ))}
          </div>
        </div>
        {isJson
          ? (
            <JsonParameters
              value={draft.params}
              onChange={(params) => onChange({ params })}
            />
          )
          : fields.length === 0
          ? <p class="hint">{p("noParameters")}</p>
          : (
            <SchemaForm
              fields={fields}
              value={draft.params}
              onChange={onParameter}
              problems={isTried
                ? problems
                : problems.filter(({ path }) =>
                  left.has(path.split(/[.[]/)[0]!)
                )}
              onLeave={(field) => {
                // An empty form that is only walked through has no problem yet.
                if (draft.params[field] !== undefined) {
                  setLeft(new Set([...left, field]));
                }
              }}
            />
          )}
        {isJson && isTried && problems.length > 0 && (
          <ul class="hint bad" role="alert">
            {problems.map(({ path, label: text, values }) => (
              <li key={path}>
                <code>{path}</code>: {label(text, values)}
              </li>
            ))}
          </ul>
        )}
      </div>

      <div class="call-options">
        <LabelledField
          name={p("key")}
          hint={p("keyHint")}
          render={(attributes) => (
            <div class="call-key">
              <select
                {...attributes}
                value={draft.key}
                onChange={({ currentTarget: { value } }) => {
                  const key = value as Draft["key"];
                  onChange({
                    key,
                    keyText: key === "keep" && draft.keyText === ""
                      ? crypto.randomUUID()
                      : draft.keyText,
                  });
                }}
              >
                <option value="none">{p("keyNone")}</option>
                <option value="new">{p("keyNew")}</option>
                <option value="keep">{p("keyKeep")}</option>
              </select>
              {draft.key === "keep" && (
                <input
                  type="text"
                  class="mono"
                  autocomplete="off"
                  spellcheck={false}
                  maxLength={128}
                  aria-label={p("key")}
                  value={draft.keyText}
                  onInput={({ currentTarget: { value } }) =>
                    onChange({ keyText: value })}
                />
              )}
            </div>
          )}
        />
        <LabelledField
          name={p("transport")}
          render={(attributes) => (
            <select
              {...attributes}
              value={draft.transport}
              onChange={({ currentTarget: { value } }) =>
                onChange({ transport: value as Transport })}
            >
              <option value="ws">WebSocket</option>
              <option value="http">HTTP</option>
            </select>
          )}
        />
      </div>

      <div class="actions">
        <Action type="submit" class="primary" disabled={!isAllowed || isBusy}>
          <Icon name="run" size={16} />
          {p(isBusy ? "calling" : "call")}
        </Action>
        {!isAllowed && <span class="hint">{p("lacksScope", { scope })}</span>}
      </div>

      <Snippets call={toCall(keyOfDraft)} />

      {isAsking && (
        <ConfirmDialog
          title={p("askTitle", { name })}
          action={p("askAction", { name })}
          disabledBecause={offlineReason()}
          onConfirm={() => void run()}
          onClose={() => setAsking(false)}
        >
          <p>{p("askText")}</p>
          <p lang="en" class="hint">{summary}</p>
          <Code
            name={p("parameters")}
            text={formatSnippet("frame", toCall(keyOfDraft), "")}
          />
        </ConfirmDialog>
      )}
    </form>
  );
}

function AccountField(
  { isRequired, value, problem, onChange }: {
    isRequired: boolean;
    value: string | undefined;
    problem: string | undefined;
    onChange(value: string | undefined): void;
  },
) {
  const known = accountOptions.value;
  const options = [
    ...(isRequired ? [] : [{ value: "", text: p("noAccount") }]),
    ...known,
  ];
  return (
    <LabelledField
      name={<code>account</code>}
      note={isRequired ? undefined : label("uiOptional")}
      problem={problem}
      isRequired={isRequired}
      render={(attributes) =>
        // A token that may not read cannot list the accounts.
        known.length === 0
          ? (
            <input
              {...attributes}
              type="text"
              inputMode="numeric"
              autocomplete="off"
              value={value ?? ""}
              onInput={({ currentTarget: { value } }) =>
                onChange(value.trim() === "" ? undefined : value.trim())}
            />
          )
          : (
            <Combobox
              attributes={attributes}
              name="account"
              options={options}
              value={value ?? ""}
              placeholder={p("chooseAccount")}
              onChoose={(uin) => onChange(uin === "" ? undefined : uin)}
            />
          )}
    />
  );
}

function JsonParameters(
  { value, onChange }: { value: FormValue; onChange(value: FormValue): void },
) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState<string>();
  return (
    <LabelledField
      name={p("parametersAsJson")}
      problem={problem}
      render={(attributes) => (
        <textarea
          {...attributes}
          class="mono"
          rows={8}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            try {
              const next: unknown = JSON.parse(currentTarget.value || "{}");
              if (
                typeof next !== "object" || next === null ||
                Array.isArray(next)
              ) {
                setProblem(label("uiErrorType", { type: "object" }));
                return;
              }
              setProblem(undefined);
              onChange(next as FormValue);
            } catch {
              setProblem(label("uiErrorJson"));
            }
          }}
        />
      )}
    />
  );
}

function Snippets({ call }: { call: Call }) {
  const [kind, setKind] = useState<SnippetKind>("curl");
  // Relative to the page, as the bridge may be served below a path.
  const base = new URL(".", location.href).href.replace(/\/$/, "");
  return (
    <section class="snippets" aria-label={p("asCode")}>
      <div class="call-tools">
        <h3>{p("asCode")}</h3>
        <div class="segments" role="group" aria-label={p("asCode")}>
          {SNIPPET_KINDS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind === one}
              onClick={() => setKind(one)}
            >
              {SNIPPET_NAMES[one]}
            </button>
          ))}
        </div>
      </div>
      <Code name={p("asCode")} text={formatSnippet(kind, call, base)} />
      <p class="hint">{p("tokenHint")}</p>
    </section>
  );
}

const SNIPPET_NAMES: Readonly<Record<SnippetKind, string>> = {
  curl: "curl",
  fetch: "fetch",
  client: "BridgeClient",
  frame: "WebSocket",
};

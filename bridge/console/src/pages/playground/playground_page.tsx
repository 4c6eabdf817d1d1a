/** Page that calls any command, and shows it as code. @module */

import {
  batch,
  effect,
  type Signal,
  signal,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import type { PageProps } from "../../app/router.ts";
import { session } from "../../link/session.ts";
import { documents, loadDocuments } from "../../app/documents.ts";
import { Icon } from "../../ui/icon.tsx";
import { Failed, Loading, Nothing } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import { CallForm, type Draft, FRESH } from "./call_form.tsx";
import { CallResult } from "./call_result.tsx";
import { CommandList } from "./command_list.tsx";
import { clearCalls, makeCall, type Outcome, type PastCall } from "./calls.ts";
import css from "./playground.css" with { type: "text" };
import { RawFrame } from "./raw_frame.tsx";
import { PastCalls } from "./past_calls.tsx";
import type { Call } from "./snippets.ts";
import { p } from "./texts.ts";

addStyle(css);

/** What is typed for each command, as long as the page is open. It may have secrets, so the browser does not keep it. */
const drafts: Signal<ReadonlyMap<string, Draft>> = signal(new Map());

/** How the last call of each command ended. */
const outcomes: Signal<ReadonlyMap<string, Outcome>> = signal(new Map());

effect(() => {
  if (session.value !== null) return;
  // Another user must not see what this one called.
  queueMicrotask(() =>
    batch(() => {
      drafts.value = new Map();
      outcomes.value = new Map();
      clearCalls();
    })
  );
});

/** Address of the raw frames; no command has this name. */
export const RAW_FRAME = "raw-frame";

export function PlaygroundPage({ params }: PageProps) {
  const { command } = params;
  const [failure, setFailure] = useState<string>();
  const result = useRef<HTMLElement>(null);
  const load = () => {
    setFailure(undefined);
    loadDocuments().catch((error) => setFailure(String(error)));
  };
  useEffect(load, []);
  const found = documents.value;
  if (found === undefined) {
    return (
      <div class="page">
        <h1>{p("playground")}</h1>
        {failure === undefined
          ? <Loading onRetry={load} />
          : <Failed text={p("noDocuments")} details={failure} onRetry={load} />}
      </div>
    );
  }
  const entry = found.commands.find(({ name }) => name === command);
  const outcome = outcomes.value.get(command ?? "");

  const setDraft = (name: string, draft: Draft) =>
    drafts.value = new Map(drafts.value).set(name, draft);
  // Several changes can come before the form is drawn anew: a password manager fills in fields together.
  const draftOf = (name: string) => drafts.value.get(name) ?? FRESH;
  const changeDraft = (name: string, change: Partial<Draft>) =>
    setDraft(name, { ...draftOf(name), ...change });
  const changeParameter = (name: string, parameter: string, value: unknown) => {
    const params: Record<string, unknown> = {
      ...draftOf(name).params,
      [parameter]: value,
    };
    if (value === undefined) delete params[parameter];
    changeDraft(name, { params });
  };
  const call = async (made: Call, transport: Draft["transport"]) => {
    const ended = await makeCall(made, transport);
    outcomes.value = new Map(outcomes.value).set(made.command, ended);
    // Below the form it may be out of sight.
    requestAnimationFrame(() =>
      result.current?.scrollIntoView({ block: "nearest" })
    );
  };
  const repeat = ({ call, transport }: PastCall) => {
    const { command, params, account, key } = call;
    setDraft(command, {
      params,
      account,
      key: key === undefined ? "none" : "keep",
      keyText: key ?? "",
      transport,
    });
    location.hash = `#/playground/${command}`;
  };

  return (
    <div
      class={command === undefined ? "playground" : "playground has-command"}
    >
      <section class="playground-list" aria-label={p("commands")}>
        <CommandList
          commands={found.commands}
          current={command}
          scopes={session.value?.scopes ?? []}
        />
      </section>
      <section class="playground-form" aria-label={p("call")}>
        {command !== undefined && (
          <a class="playground-back" href="#/playground">
            <Icon name="back" size={16} />
            {p("commands")}
          </a>
        )}
        {command === RAW_FRAME ? <RawFrame /> : entry === undefined
          ? (
            <>
              <Nothing
                title={command === undefined ? p("pickCommand") : p(
                  "noCommand",
                  { name: command },
                )}
                hint={p("pickCommandHint")}
              />
              <PastCalls onRepeat={repeat} />
            </>
          )
          : (
            <CallForm
              key={entry.name}
              entry={entry}
              schemas={found.schemas}
              scopes={session.value?.scopes ?? []}
              draft={draftOf(entry.name)}
              onChange={(change) => changeDraft(entry.name, change)}
              onParameter={(parameter, value) =>
                changeParameter(entry.name, parameter, value)}
              onCall={call}
            />
          )}
      </section>
      {entry !== undefined && (
        <section
          ref={result}
          class="playground-result"
          aria-label={p("result")}
        >
          <CallResult entry={entry} outcome={outcome} />
          <PastCalls command={entry.name} onRepeat={repeat} />
        </section>
      )}
    </div>
  );
}

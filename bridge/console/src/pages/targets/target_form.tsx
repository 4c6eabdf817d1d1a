/** The form that adds or changes a target. It has only the fields of its kind. @module */

import {
  TARGET_KINDS,
  type TargetChange,
  type TargetInfo,
  type TargetKind,
} from "../../../../../lib/frames/targets.ts";
import { QQ_NUMBER_PATTERN } from "../../../../../lib/protocol/qq_number.ts";
import { type ComponentChildren, useState } from "../../deps.ts";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { onSubmit } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";
import { Receivers } from "./target_facts.tsx";
import { tt } from "./texts.ts";

const PROTOCOLS: Readonly<Record<TargetKind, readonly string[]>> = {
  "onebot-reverse": ["ws:", "wss:"],
  "onebot-post": ["http:", "https:"],
  hook: ["http:", "https:"],
};

type Problems = Partial<Record<"url" | "account" | "confirmAfter", string>>;

export function TargetForm(
  { target, onSaved, onClose }: {
    /** The target to change; undefined for a new one. */
    target: TargetInfo | undefined;
    onSaved: () => void;
    onClose: () => void;
  },
) {
  const [kind, setKind] = useState<TargetKind>(
    target?.kind ?? "onebot-reverse",
  );
  // The shown address lacks what may be secret in it, so it is sent only if it was changed.
  const [url, setUrl] = useState(target?.url ?? "");
  const [account, setAccount] = useState(target?.account ?? "");
  const [events, setEvents] = useState(target?.events?.join(" ") ?? "");
  const [segments, setSegments] = useState(target?.segments ?? "text");
  const [self, setSelf] = useState(target?.self ?? false);
  const [seconds, setSeconds] = useState(String(target?.confirmAfter ?? 0));
  const [accessToken, setAccessToken] = useState("");
  const [secret, setSecret] = useState("");
  const [problems, setProblems] = useState<Problems>({});
  const task = useTask();
  const isOneBot = kind !== "hook";
  const isReverse = kind === "onebot-reverse";
  const save = () => {
    const found: Problems = {
      ...(URL.canParse(url) && PROTOCOLS[kind].includes(new URL(url).protocol)
        ? {}
        : { url: tt("problemUrl", { protocols: PROTOCOLS[kind].join(", ") }) }),
      ...(account === "" || QQ_NUMBER_PATTERN.test(account)
        ? {}
        : { account: tt("problemAccount") }),
      ...(/^\d{1,4}$/.test(seconds) && Number(seconds) <= 3600
        ? {}
        : { confirmAfter: tt("problemSeconds") }),
    };
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    const names = events.split(/[\s,]+/).filter((one) => one !== "");
    const params: TargetChange = {
      ...(target === undefined ? { kind } : { id: target.id }),
      ...(url === target?.url ? {} : { url }),
      ...choice("account", account, target !== undefined),
      ...(names.length > 0
        ? { events: names }
        : target === undefined
        ? {}
        : { events: null }),
      ...(isOneBot ? { segments, self } : {}),
      ...(isReverse ? { confirmAfter: Number(seconds) } : {}),
      ...(isReverse && accessToken !== "" ? { accessToken } : {}),
      ...(!isReverse && secret !== "" ? { secret } : {}),
    };
    void task.run(async () => {
      await command("setTarget", params);
      onSaved();
    }, "setTarget");
  };
  const secretHint = tt(target === undefined ? "newSecret" : "keptSecret");
  return (
    <Dialog
      title={tt(target === undefined ? "addTarget" : "editTarget")}
      onClose={onClose}
    >
      <form class="ui-form" noValidate onSubmit={onSubmit(save)}>
        {target === undefined && (
          <LabelledField
            name={tt("kind")}
            render={(attributes) => (
              <select
                {...attributes}
                value={kind}
                onChange={(event) =>
                  setKind(event.currentTarget.value as TargetKind)}
              >
                {TARGET_KINDS.map((one) => (
                  <option key={one} value={one}>{tt(one)}</option>
                ))}
              </select>
            )}
          />
        )}
        <Text
          name={tt("address")}
          value={url}
          problem={problems.url}
          isRequired
          onInput={setUrl}
        />
        <Text
          name={tt("account")}
          hint={tt("accountHint")}
          value={account}
          problem={problems.account}
          onInput={setAccount}
        />
        <Text
          name={tt("events")}
          hint={tt("eventsHint")}
          value={events}
          onInput={setEvents}
        />
        {isOneBot && (
          <>
            <LabelledField
              name={tt("segments")}
              render={(attributes) => (
                <select
                  {...attributes}
                  value={segments}
                  onChange={(event) =>
                    setSegments(
                      event.currentTarget.value === "strict"
                        ? "strict"
                        : "text",
                    )}
                >
                  <option value="text">{tt("segmentsText")}</option>
                  <option value="strict">{tt("segmentsStrict")}</option>
                </select>
              )}
            />
            <label class="check">
              <input
                type="checkbox"
                checked={self}
                onChange={(event) => setSelf(event.currentTarget.checked)}
              />
              {tt("self")}
            </label>
          </>
        )}
        {isReverse
          ? (
            <>
              <Text
                name={tt("confirmAfter")}
                value={seconds}
                problem={problems.confirmAfter}
                onInput={setSeconds}
              />
              <Text
                name={tt("accessToken")}
                hint={secretHint}
                value={accessToken}
                isSecret
                onInput={setAccessToken}
              />
            </>
          )
          : (
            <Text
              name={tt("secret")}
              hint={secretHint}
              value={secret}
              isSecret
              onInput={setSecret}
            />
          )}
        <details>
          <summary>{tt("otherSide")}</summary>
          <Receivers
            of={{ kind, url, ...(account === "" ? {} : { account }) }}
          />
        </details>
        <Failure task={task} />
        <div class="actions">
          <button type="button" onClick={onClose}>{tt("cancel")}</button>
          <Action type="submit" class="primary" disabled={task.busy}>
            {tt("save")}
          </Action>
        </div>
      </form>
    </Dialog>
  );
}

/** A field of a change: its value; null if it is empty and was there before. */
function choice(
  name: "account",
  value: string,
  isChange: boolean,
): Pick<TargetChange, "account"> {
  if (value !== "") return { [name]: value };
  return isChange ? { [name]: null } : {};
}

function Text(
  { name, hint, value, problem, isRequired, isSecret, onInput }: {
    name: string;
    hint?: ComponentChildren;
    value: string;
    problem?: string | undefined;
    isRequired?: boolean;
    isSecret?: boolean;
    onInput: (value: string) => void;
  },
) {
  return (
    <LabelledField
      name={name}
      hint={hint}
      problem={problem}
      isRequired={isRequired === true}
      render={(attributes) => {
        const all = {
          ...attributes,
          value,
          onInput: (event: { currentTarget: HTMLInputElement }) =>
            onInput(event.currentTarget.value.trim()),
        };
        return isSecret === true
          ? <input {...all} type="password" autocomplete="new-password" />
          : <input {...all} type="text" autocomplete="off" />;
      }}
    />
  );
}

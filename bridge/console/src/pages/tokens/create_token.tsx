/** The form of a new token, and its secret, which is shown once. @module */

import {
  type BridgeCommands,
  type Scope,
  SCOPES,
} from "../../../../../lib/frames/commands.ts";
import { NAME_PATTERN } from "../../../../../lib/frames/names.ts";
import { useState } from "../../deps.ts";
import { o } from "../../app/operate/texts.ts";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { session } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { onSubmit } from "../../ui/controls.tsx";
import { Code } from "../../ui/code.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { addStyle } from "../../ui/style.ts";
import { AccountPicker } from "./account_picker.tsx";
import css from "./tokens.css" with { type: "text" };

addStyle(css);

/** Choices of the expiry, in days; 0 is never. */
const EXPIRIES = [7, 30, 90, 365, 0];

const DAY_MS = 86_400_000;

const SCOPE_TEXTS = {
  read: "scopeRead",
  send: "scopeSend",
  manage: "scopeManage",
} as const;

interface Secret {
  name: string;
  token: string;
}

export function CreateToken(
  { onCreated, onClose }: { onCreated: () => void; onClose: () => void },
) {
  const [secret, setSecret] = useState<Secret>();
  if (secret !== undefined) {
    return <ShowSecret secret={secret} onClose={onClose} />;
  }
  return (
    <TokenForm
      onClose={onClose}
      onCreated={(made) => {
        setSecret(made);
        onCreated();
      }}
    />
  );
}

type Problems = Partial<Record<"name" | "scopes" | "uins", string>>;

function TokenForm(
  { onCreated, onClose }: {
    onCreated: (secret: Secret) => void;
    onClose: () => void;
  },
) {
  const { scopes: own = [], accounts: reach } = session.value ?? {};
  const allowed = SCOPES.filter((scope) => own.includes(scope));
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(
    allowed.filter((scope) => scope !== "manage"),
  );
  const [isLimited, setLimited] = useState(reach !== "all");
  const [uins, setUins] = useState<readonly string[]>(
    reach === "all" || reach === undefined ? [] : reach,
  );
  const [days, setDays] = useState(90);
  const [problems, setProblems] = useState<Problems>({});
  const task = useTask();
  const create = () => {
    const found: Problems = {
      ...(NAME_PATTERN.test(name) ? {} : { name: o("problemName") }),
      ...(scopes.length > 0 ? {} : { scopes: o("problemScopes") }),
      ...(isLimited && uins.length === 0 ? { uins: o("problemUins") } : {}),
    };
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    const params: BridgeCommands["createToken"]["params"] = {
      name,
      scopes: [...scopes],
      ...(isLimited ? { accounts: [...uins] } : {}),
      ...(days === 0
        ? {}
        : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() }),
    };
    void task.run(async () => {
      const { token } = await command("createToken", params);
      onCreated({ name, token });
    }, "createToken");
  };
  return (
    <Dialog title={o("createToken")} onClose={onClose}>
      <form class="ui-form" noValidate onSubmit={onSubmit(create)}>
        <LabelledField
          name={o("name")}
          problem={problems.name}
          isRequired
          render={(attributes) => (
            <input
              {...attributes}
              autofocus
              autocomplete="off"
              value={name}
              onInput={(event) => setName(event.currentTarget.value.trim())}
            />
          )}
        />
        <fieldset aria-describedby="scopes-problem">
          <legend>{o("scopes")}</legend>
          {allowed.map((scope) => (
            <label key={scope} class="check token-scope">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(
                    event.currentTarget.checked
                      ? [...scopes, scope]
                      : scopes.filter((one) => one !== scope),
                  )}
              />
              {o(SCOPE_TEXTS[scope])}
            </label>
          ))}
          <p id="scopes-problem" class="hint bad" role="alert">
            {problems.scopes}
          </p>
        </fieldset>
        <LabelledField
          name={o("accountsOf")}
          render={(attributes) => (
            <select
              {...attributes}
              value={isLimited ? "some" : "all"}
              onChange={(event) =>
                setLimited(event.currentTarget.value === "some")}
            >
              {reach === "all" && <option value="all">{o("reachAll")}</option>}
              <option value="some">{o("reachSome")}</option>
            </select>
          )}
        />
        {isLimited && (
          <LabelledField
            name={o("uins")}
            problem={problems.uins}
            isRequired
            render={(attributes) => (
              <AccountPicker
                attributes={attributes}
                chosen={uins}
                onChange={setUins}
              />
            )}
          />
        )}
        <LabelledField
          name={o("expires")}
          render={(attributes) => (
            <select
              {...attributes}
              value={String(days)}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
            >
              {EXPIRIES.map((one) => (
                <option key={one} value={String(one)}>
                  {one === 0 ? o("neverExpires") : o("days", { n: one })}
                </option>
              ))}
            </select>
          )}
        />
        <Failure task={task} />
        <div class="actions">
          <button type="button" onClick={onClose}>{t("cancel")}</button>
          <Action type="submit" class="primary" disabled={task.busy}>
            {o(task.busy ? "creating" : "create")}
          </Action>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks before it closes if the secret was not copied. */
function ShowSecret(
  { secret: { name, token }, onClose }: {
    secret: Secret;
    onClose: () => void;
  },
) {
  const [isShown, setShown] = useState(false);
  const [isCopied, setCopied] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const url = new URL("api/ping", location.href.split("#")[0]).href;
  if (isAsking) {
    return (
      <ConfirmDialog
        title={o("closeUncopied")}
        action={o("closeAnyway")}
        onConfirm={onClose}
        onClose={() => setAsking(false)}
      >
        <p>{o("closeUncopiedAsk")}</p>
      </ConfirmDialog>
    );
  }
  const shown = {
    class: "mono",
    readOnly: true,
    autocomplete: "off",
    onCopy: () => setCopied(true),
  };
  const copy = () =>
    void navigator.clipboard.writeText(token)
      .then(() => setCopied(true), () => setShown(true));
  return (
    <Dialog
      title={o("secretTitle", { name })}
      onClose={() => isCopied ? onClose() : setAsking(true)}
      actions={
        <>
          <button type="button" class="primary" autofocus onClick={copy}>
            <Icon name={isCopied ? "check" : "copy"} />
            {o("copyToken")}
          </button>
          <button
            type="button"
            onClick={() => isCopied ? onClose() : setAsking(true)}
          >
            {o("done")}
          </button>
        </>
      }
    >
      <p class="note warn">{o("secretLead")}</p>
      <LabelledField
        name={o("secretText")}
        render={(attributes) => (
          <div class="joined">
            {isShown
              ? (
                <input
                  {...attributes}
                  {...shown}
                  type="text"
                  value={token}
                />
              )
              : (
                <input
                  {...attributes}
                  {...shown}
                  type="password"
                  value={token}
                />
              )}
            <button type="button" onClick={() => setShown(!isShown)}>
              <Icon name={isShown ? "hide" : "show"} />
              {o(isShown ? "conceal" : "reveal")}
            </button>
          </div>
        )}
      />
      <h3>{o("snippet")}</h3>
      <Code
        name={o("snippet")}
        text={`curl -X POST ${url} -H "Authorization: Bearer $TQQ_TOKEN"`}
      />
    </Dialog>
  );
}

/** Forms that add and change an account, with messages of our own. @module */

import { BridgeError } from "../../../../../lib/bridge_client/bridge_error.ts";
import type { BridgeCommands } from "../../../../../lib/frames/commands.ts";
import { isQqNumber } from "../../../../../lib/protocol/qq_number.ts";
import { formatLink, go } from "../../app/router.ts";
import { Action, Failure, Outcome, useTask } from "../../app/task.tsx";
import { useState } from "../../deps.ts";
import { command } from "../../link/link.ts";
import { loadAccounts } from "../../store/accounts.ts";
import { t } from "../../texts/strings.ts";
import { onSubmit, textOf } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LabelledField } from "../../ui/form/field.tsx";
import { a } from "./texts.ts";

type Policy = NonNullable<BridgeCommands["addAccount"]["params"]["policy"]>;

/** A password may begin or end with blanks, so it is not trimmed. */
function passwordOf(form: HTMLFormElement): string {
  return String(new FormData(form).get("password") ?? "");
}

function optional(form: HTMLFormElement) {
  const nickname = textOf(form, "nickname");
  const policy = textOf(form, "policy");
  return {
    ...(nickname === "" ? {} : { nickname }),
    ...(policy === "" ? {} : { policy: policy as Policy }),
  };
}

export function AddAccount({ onClose }: { onClose: () => void }) {
  const [problems, setProblems] = useState<
    { uin?: string; password?: string; existing?: string }
  >({});
  const task = useTask();
  return (
    <Dialog title={t("addAccount")} onClose={onClose}>
      <form
        noValidate
        onSubmit={onSubmit((form) => {
          const uin = textOf(form, "uin");
          const password = passwordOf(form);
          const found = {
            ...(isQqNumber(uin) ? {} : { uin: a("numberWrong") }),
            ...(password === "" ? { password: a("passwordMissing") } : {}),
          };
          setProblems(found);
          if (Object.keys(found).length > 0) {
            const first = "uin" in found ? "uin" : "password";
            (form.elements.namedItem(first) as HTMLElement).focus();
            return;
          }
          void task.run(async () => {
            try {
              await command("addAccount", { uin, password, ...optional(form) });
            } catch (error) {
              if (!isExisting(error)) throw error;
              return setProblems({
                uin: a("addedAlready", { uin }),
                existing: uin,
              });
            }
            await loadAccounts();
            onClose();
          }, "addAccount");
        })}
      >
        <p class="hint">{a("addAccountHint")}</p>
        <LabelledField
          name={t("uin")}
          problem={problems.uin}
          isRequired
          render={(attributes) => (
            <input
              {...attributes}
              name="uin"
              inputMode="numeric"
              autocomplete="off"
            />
          )}
        />
        {problems.existing !== undefined && (
          <button
            type="button"
            class="small"
            onClick={() => {
              onClose();
              go(formatLink("accounts", [problems.existing]));
            }}
          >
            {a("changePassword")}
          </button>
        )}
        <LabelledField
          name={t("password")}
          problem={problems.password}
          isRequired
          render={(attributes) => (
            <input
              {...attributes}
              name="password"
              type="password"
              autocomplete="new-password"
              maxLength={256}
            />
          )}
        />
        <Optional noPolicy={a("policyDefault")} note={t("optional")} />
        <Failure task={task} />
        <div class="actions form-end">
          <button type="button" onClick={onClose}>{t("cancel")}</button>
          <Action type="submit" class="primary" disabled={task.busy}>
            {task.busy ? a("adding") : t("add")}
          </Action>
        </div>
      </form>
    </Dialog>
  );
}

/** Changes what is filled in. */
export function ChangeAccount({ uin }: { uin: string }) {
  const task = useTask();
  return (
    <form
      noValidate
      onSubmit={onSubmit((form) => {
        const password = passwordOf(form);
        const change = {
          ...(password === "" ? {} : { password }),
          ...optional(form),
        };
        if (Object.keys(change).length === 0) {
          return task.fail(a("nothingChanged"));
        }
        void task.run(async () => {
          await command("changeAccount", { uin, ...change });
          form.reset();
          await loadAccounts();
          return a("changed");
        }, "changeAccount");
      })}
    >
      <LabelledField
        name={a("newPassword")}
        note={a("unchanged")}
        render={(attributes) => (
          <input
            {...attributes}
            name="password"
            type="password"
            autocomplete="new-password"
            maxLength={256}
          />
        )}
      />
      <Optional noPolicy={a("keepPolicy")} note={a("unchanged")} />
      <Outcome task={task} />
      <div class="actions">
        <Action type="submit" disabled={task.busy}>{a("change")}</Action>
      </div>
    </form>
  );
}

function Optional({ noPolicy, note }: { noPolicy: string; note: string }) {
  return (
    <>
      <LabelledField
        name={a("nickname")}
        note={note}
        render={(attributes) => (
          <input
            {...attributes}
            name="nickname"
            autocomplete="off"
            maxLength={256}
          />
        )}
      />
      <LabelledField
        name={a("policy")}
        render={(attributes) => (
          <select {...attributes} name="policy">
            <option value="">{noPolicy}</option>
            <option value="verify">{a("policyVerify")}</option>
            <option value="anybody">{a("policyAnybody")}</option>
            <option value="nobody">{a("policyNobody")}</option>
          </select>
        )}
      />
    </>
  );
}

function isExisting(error: unknown): boolean {
  return error instanceof BridgeError && error.code === "already_exists";
}
